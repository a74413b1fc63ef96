# SPDX-License-Identifier: Apache-2.0
"""Puts a request tuple of a hart's software into the core port, as core_port_module.c does."""

from __future__ import annotations

import ctypes
from typing import Any

from sim.ports.library import CoreHart

LOAD, STORE, READ, WRITE, WAIT = range(5)
_MAX_U32 = 0xFFFF_FFFF
_SIZES = frozenset((1, 2, 4, 8))


def post_request(library: Any, index: int, hart: CoreHart, request: Any) -> bool:
    """Start the request of hart ``index``; False when it is over at once (a wait of 0 clocks).

    Raises TypeError or ValueError for what is no request, with the texts of the C extension.
    """
    if type(request) is not tuple or len(request) < 3 or request[0] not in range(5):
        raise _no_request(request)
    kind = request[0]
    if kind == WAIT:
        return _post_wait(library, index, hart, request)
    address = request[1]
    if not 0 <= address <= _MAX_U32:
        raise ValueError(f"address {address:#x} is outside the 32-bit address space")
    hart.address = address
    if kind == READ:
        _reserve(library, index, hart, request[2])
    elif kind == WRITE:
        data = request[2] if type(request[2]) is bytes else bytes(memoryview(request[2]))
        _reserve(library, index, hart, len(data))
        ctypes.memmove(hart.data, data, len(data))
    else:
        _describe_access(hart, request)
    library.core_port_post(index, kind)
    return True


def _no_request(request: Any) -> TypeError:
    return TypeError(
        f"not a request of a hart: {request!r} (expected (0, address, size), "
        "(1, address, size, value), (2, address, length), (3, address, data), "
        "(4, cycles, mask), (5, requests), (6, requests, bits) or (7, coroutine, how, value))"
    )


def _describe_access(hart: CoreHart, request: Any) -> None:
    """Fill in a load or store; its value is cut to its size."""
    size = request[2]
    if request[0] == STORE and len(request) != 4:
        raise _no_request(request)
    if size not in _SIZES or request[1] % size:
        raise ValueError(f"misaligned access: {request!r} (size 1, 2, 4 or 8, address a multiple)")
    if request[0] == STORE:
        hart.value = request[3] & ((1 << 8 * size) - 1)
    hart.length = size


def _reserve(library: Any, index: int, hart: CoreHart, length: int) -> None:
    """Fill in the length of a block and make room for its data."""
    if not 0 < length <= _MAX_U32:
        raise ValueError(f"a block has 1 byte to 4 GiB, not {length}")
    if library.core_port_reserve(index, length):
        raise MemoryError
    hart.length = length


def _post_wait(library: Any, index: int, hart: CoreHart, request: Any) -> bool:
    _, cycles, mask = request[:3]
    if cycles == 0:
        return False
    if cycles > _MAX_U32:
        raise ValueError(f"a wait has at most 2^32-1 clocks, not {cycles}")
    hart.forever = cycles < 0
    hart.length = max(cycles, 0)
    hart.mask = mask & 7
    library.core_port_post(index, WAIT)
    return True
