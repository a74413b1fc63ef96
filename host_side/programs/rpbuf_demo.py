# SPDX-License-Identifier: Apache-2.0
"""rpbuf_demo: sends a text through a buffer, or shows what the remote puts into it.

After the vendor's program, but receiving waits in the driver, where theirs waits for SIGIO.
"""

from __future__ import annotations

import errno

from host_side.kernel.errors import LinuxError
from host_side.programs.librpbuf import RpbufBuffer, alloc_buffer
from host_side.programs.options import Options, UsageError, getopt, refuse
from host_side.programs.process import Process, encode

USAGE = "[-s MESSAGE] [-d MS] [-r] [-t MS] [-a] [-I ID] [-N NAME] [-L LENGTH] [-O OFFSET]"
NAME = "rpbuf_demo"
LENGTH = 32
DELAY_MS = 100
NS_PER_MS = 1_000_000


async def main(argv: list[str], process: Process) -> int:
    """``-s`` send, ``-r`` receive for ``-t`` ms or for ever; free the buffer ``-d`` ms later."""
    try:
        options = getopt(argv[1:], "s:d:rt:aI:N:L:O:")
        if options.operands or not argv[1:]:
            raise UsageError("")
        ctrl, length = options.integer("I", 0), options.integer("L", LENGTH)
        offset, delay = options.integer("O", 0), options.integer("d", DELAY_MS)
        time_ms = options.integer("t", -1)
    except UsageError as error:
        return await refuse(process, "rpbuf_demo", error, USAGE)
    name = options.values.get("N", NAME)
    buffer = await alloc_buffer(process, ctrl, name, length)
    if buffer is None:
        await process.print(f"rpbuf_alloc_buffer for buffer {name} (len: {length}) failed\n")
        return 1
    try:
        good = await _work(process, buffer, options, offset, time_ms)
        if good:
            await process.sleep_ns(delay * NS_PER_MS)
    finally:
        await buffer.free()
    return 0 if good else 1


async def _work(
    process: Process, buffer: RpbufBuffer, options: Options, offset: int, time_ms: int
) -> bool:
    if "a" in options.flags:
        await buffer.set_sync(True)
    if "s" in options.values:
        data = encode(options.values["s"])
        await buffer.memory.write(offset, data)
        try:
            await buffer.transmit(offset, len(data))
        except LinuxError:
            await process.print(f"transmit buffer {buffer.info.name} error\n")
            return False
    if "r" in options.flags:
        return await _receive(process, buffer, time_ms)
    return True


async def _receive(process: Process, buffer: RpbufBuffer, time_ms: int) -> bool:
    name, left = buffer.info.name, time_ms
    if left >= 0:
        await process.print(f"will wait data {left} msecond.\n")
    while True:
        try:
            found = await buffer.receive(left)
        except LinuxError as error:
            await process.print(f"receive buffer {name} error, ret={-error.errno}\n")
            return False
        if found.timeout_ms == -errno.ETIMEDOUT or found.data_len == 0xFFFFFFFF:
            return True
        left = found.timeout_ms
        data = await buffer.memory.read(found.offset, found.data_len)
        head = f"Data received (offset: {found.offset}, len: {found.data_len}):\n"
        await process.print(head + "".join(f" 0x{byte:x}" for byte in data) + "\n")
