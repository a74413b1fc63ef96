# SPDX-License-Identifier: Apache-2.0
# What can go wrong with a call, wherever the service runs.


class ServiceError(Exception):
    def __init__(self, name, function, what):
        super().__init__("%s.%d: %s" % (name, function, what))
        self.name = name
        self.function = function


class NoService(ServiceError):
    def __init__(self, name, function):
        ServiceError.__init__(self, name, function, "no such service")


class NoFunction(ServiceError):
    def __init__(self, name, function):
        ServiceError.__init__(self, name, function, "no such function")


class ServiceFailed(ServiceError):
    def __init__(self, name, function):
        ServiceError.__init__(self, name, function, "the service failed")


# No answer in time. Whether the function was carried out is unknown.
class CallTimedOut(ServiceError):
    def __init__(self, name, function):
        ServiceError.__init__(self, name, function, "timed out")


# The core where the service runs has left, or was not there.
class ServerDead(ServiceError):
    def __init__(self, name, function):
        ServiceError.__init__(self, name, function, "the server is dead")
