# SPDX-License-Identifier: Apache-2.0
"""Memory of another process behind an RTL memory: words, strobes, and where it ends."""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.build.native import LIBRARY, build_core_port

FIRST, BYTES = 0x1000, 64


class Window:
    """The C functions over a buffer of 64 bytes from 0x1000 on."""

    def __init__(self) -> None:
        self.library: Any = ctypes.CDLL(str(build_core_port() / LIBRARY))
        self.buffer = (ctypes.c_uint8 * BYTES)()
        self.library.host_memory_map(self.buffer, ctypes.c_size_t(BYTES), FIRST)

    def read(self, offset: int) -> tuple[int, int]:
        data = ctypes.c_ulonglong(0xFFFF)
        missing = self.library.host_memory_read(ctypes.c_uint(offset), ctypes.byref(data))
        return missing, data.value

    def write(self, offset: int, data: int, strobe: int) -> int:
        word = ctypes.c_ulonglong(data)
        return int(self.library.host_memory_write(ctypes.c_uint(offset), word, strobe))


@pytest.fixture(scope="module")
def window() -> Iterator[Window]:
    made = Window()
    yield made
    made.library.host_memory_map(None, ctypes.c_size_t(0), 0)


@given(
    st.integers(0, BYTES // 8 - 1),
    st.binary(min_size=8, max_size=8),
    st.integers(0, (1 << 64) - 1),
    st.integers(0, 255),
)
def test_only_the_bytes_with_a_strobe_change(
    window: Window, word: int, before: bytes, data: int, strobe: int
):
    at = 8 * word
    window.buffer[at : at + 8] = list(before)
    assert window.write(FIRST + at, data, strobe) == 0
    written = data.to_bytes(8, "little")
    expected = bytes(written[n] if strobe >> n & 1 else before[n] for n in range(8))
    assert bytes(window.buffer[at : at + 8]) == expected
    assert window.read(FIRST + at) == (0, int.from_bytes(expected, "little"))


@pytest.mark.parametrize("offset", [0, FIRST - 8, FIRST + BYTES, FIRST + BYTES - 4, 0xFFFFFFF8])
def test_what_is_not_backed_reads_as_zero_and_says_so(window: Window, offset: int):
    assert window.read(offset) == (1, 0)
    assert window.write(offset, 1, 255) == 1
