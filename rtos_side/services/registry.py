# SPDX-License-Identifier: Apache-2.0
# Calls of services by name: the caller does not know on which core a service runs.
#
# A service is a tuple of functions, each async function(data) -> bytes, called by their number. A
# function that raises ValueError has failed. Services that are registered here run here; any other
# name is looked for on the other core.

from rtos_side.services.errors import NoFunction, NoService, ServerDead, ServiceFailed
from rtos_side.services.service_layout import DATA_MAX, NAME_SIZE

# How long a call may take unless the caller says otherwise, in ms.
TIMEOUT = 1000


# Whether a message has room for a name.
def _is_name(name):
    return 0 < len(name.encode()) <= NAME_SIZE


class Services:
    def __init__(self, kernel):
        self._kernel = kernel
        self._local = {}
        # The calls to the other core while there is a link to it: has async call() as below.
        self.remote = None

    # Raises ValueError for a name that is too long or taken.
    def register(self, name, functions):
        if not _is_name(name):
            raise ValueError("service name: expected 1 to 16 characters, found %r" % name)
        if name in self._local:
            raise ValueError("service %r is registered already" % name)
        self._local[name] = functions

    def unregister(self, name):
        del self._local[name]

    # Names of the services of this core.
    def names(self):
        return sorted(self._local)

    # Call a function of a service. -> bytes. Raises one of the ServiceErrors; ValueError for data
    # that no message holds.
    async def call(self, name, function, data, timeout=TIMEOUT):
        if len(data) > DATA_MAX:
            raise ValueError("call of %s: at most %d bytes, found %d" % (name, DATA_MAX, len(data)))
        if name in self._local:
            return await self.call_local(name, function, data)
        if not _is_name(name):
            raise NoService(name, function)
        if self.remote is None:
            raise ServerDead(name, function)
        return await self.remote.call(name, function, data, timeout)

    # The part of a server: the function of a service of this core.
    async def call_local(self, name, function, data):
        functions = self._local.get(name)
        if functions is None:
            raise NoService(name, function)
        if function >= len(functions):
            raise NoFunction(name, function)
        await self._kernel.spend(self._kernel.costs["app_loop"])
        try:
            result = await functions[function](data)
        except ValueError:
            raise ServiceFailed(name, function)
        if len(result) > DATA_MAX:
            raise ServiceFailed(name, function)
        return result
