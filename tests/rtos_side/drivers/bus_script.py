# SPDX-License-Identifier: Apache-2.0
# Runs one driver coroutine against registers kept in a dict and records every access in order.

from sim.plain_software import plain_software

LOAD = 0
STORE = 1


# reads: address -> list of values to give, in order; the last one is repeated. Other reads give 0.
class BusScript:
    def __init__(self, reads=None):
        self.reads = reads or {}
        self.log = []

    def _load(self, address):
        values = self.reads.get(address)
        if not values:
            return 0
        return values.pop(0) if len(values) > 1 else values[0]

    def _access(self, request):
        kind, address, size = request[0], request[1], request[2]
        assert size == 4, f"expected 32-bit accesses, found {request}"
        if kind == LOAD:
            value = self._load(address)
            self.log.append(("R", address, value))
            return value
        assert kind == STORE, f"expected a load or a store, found {request}"
        self.log.append(("W", address, request[3]))
        return None

    # Drive a coroutine to its end. -> its result
    def run(self, coroutine):
        reply = None
        coroutine = plain_software(coroutine, bytearray(1), bytearray(1))
        while True:
            try:
                request = coroutine.send(reply)
            except StopIteration as stop:
                return stop.value
            reply = self._access(request)
