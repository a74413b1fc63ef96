# SPDX-License-Identifier: Apache-2.0
"""service_call: calls a function of a service, on whichever core it runs."""

from __future__ import annotations

from host_side.programs.options import UsageError, getopt, refuse
from host_side.programs.process import Process, encode
from host_side.services.errors import ServiceError
from host_side.services.registry import TIMEOUT_MS, Services

USAGE = "[-x] [-t MS] SERVICE FUNCTION [DATA]"


async def main(argv: list[str], process: Process) -> int:
    """Print the answer; ``-x`` takes and prints hexadecimal digits, ``-t`` is the time-out."""
    services = process.services["services"]
    assert isinstance(services, Services)
    try:
        options = getopt(argv[1:], "xt:")
        timeout = options.number("t", TIMEOUT_MS)
        if len(options.operands) not in (2, 3):
            raise UsageError("")
        name, function, text = (*options.operands, "")[:3]
        if not function.isascii() or not function.isdigit() or int(function) > 0xFFFF:
            raise UsageError(f"invalid number '{function}'")
        data = _data(text, "x" in options.flags)
    except UsageError as error:
        return await refuse(process, "service_call", error, USAGE)
    try:
        answer = await services.call(name, int(function), data, timeout)
    except (ServiceError, ValueError) as error:
        await process.complain(f"service_call: {error}\n")
        return 1
    await process.print(answer.hex() if "x" in options.flags else answer.decode("latin-1"))
    await process.print("\n")
    return 0


def _data(text: str, hexadecimal: bool) -> bytes:
    if not hexadecimal:
        return encode(text)
    try:
        return bytes.fromhex(text)
    except ValueError:
        raise UsageError(f"invalid hexadecimal '{text}'") from None
