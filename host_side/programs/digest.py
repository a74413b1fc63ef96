# SPDX-License-Identifier: Apache-2.0
"""Test data with its MD5 in the last 16 bytes, as the vendor's test programs make and check it."""

from __future__ import annotations

from hashlib import md5
from random import Random

from host_side.programs.process import Process

DIGEST_SIZE = 16
_BLOCK = 64
_SHOWN = 16
COST = "md5_block"
"""Cost of 64 bytes in the timing profile; a profile that lacks it charges nothing."""


async def make_data(process: Process, size: int, key: str) -> bytes:
    """``size`` bytes that ``key`` decides; up to 16 bytes have no room for a digest."""
    if size <= DIGEST_SIZE:
        return Random(key).randbytes(size)
    body = Random(key).randbytes(size - DIGEST_SIZE)
    await _charge(process, len(body))
    return body + md5(body, usedforsecurity=False).digest()


async def is_good(process: Process, data: bytes) -> bool:
    """The digest is that of the bytes before it; without one there is nothing to be wrong."""
    if len(data) <= DIGEST_SIZE:
        return True
    body = data[:-DIGEST_SIZE]
    await _charge(process, len(body))
    return md5(body, usedforsecurity=False).digest() == data[-DIGEST_SIZE:]


def made_text(data: bytes) -> str:
    """How the programs show data they made: its first bytes and the digest."""
    body, digest = _parts(data)
    return f"data:{body.hex()}... [md5:{digest.hex()}]\n\n"


def checked_text(data: bytes, good: bool) -> str:
    """How they show data they checked."""
    body, digest = _parts(data)
    if good:
        return f"data:{body.hex()}... check:{digest.hex()} success\n\n"
    found = md5(data[:-DIGEST_SIZE], usedforsecurity=False).hexdigest()
    return f"data:{body.hex()}... check: failed\n\n{digest.hex()} <-> cur:{found}"


def _parts(data: bytes) -> tuple[bytes, bytes]:
    if len(data) <= DIGEST_SIZE:
        return data, b""
    return data[:-DIGEST_SIZE][:_SHOWN], data[-DIGEST_SIZE:]


async def _charge(process: Process, length: int) -> None:
    cpu = process.kernel.cpu
    await cpu.spend_cycles(-(-length // _BLOCK) * cpu.costs.get(COST, 0))
