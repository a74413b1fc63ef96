# SPDX-License-Identifier: Apache-2.0
"""What can go wrong with a call, wherever the service runs."""

from __future__ import annotations

import errno

from host_side.kernel.errors import LinuxError

EREMOTEIO = 121


class ServiceError(LinuxError):
    """Base of the errors of a call; ``service`` and ``function`` say which call."""

    number = errno.EIO
    what = "failed"

    def __init__(self, service: str, function: int, number: int | None = None) -> None:
        super().__init__(self.number if number is None else number)
        self.service = service
        self.function = function

    def __str__(self) -> str:
        return f"{self.service}.{self.function}: {self.what}"


class NoService(ServiceError):
    """Nobody has registered the service (ENOENT)."""

    number = errno.ENOENT
    what = "no such service"


class NoFunction(ServiceError):
    """The service has no such function (ENOSYS)."""

    number = errno.ENOSYS
    what = "no such function"


class ServiceFailed(ServiceError):
    """The function itself failed, or cannot be carried out now (EREMOTEIO)."""

    number = EREMOTEIO
    what = "the service failed"


class CallTimedOut(ServiceError):
    """No answer in time; whether the function was carried out is unknown (ETIMEDOUT)."""

    number = errno.ETIMEDOUT
    what = "timed out"


class ServerDead(ServiceError):
    """The service's core is not there (EPIPE), or left during the call (ECONNRESET)."""

    number = errno.EPIPE
    what = "the server is dead"
