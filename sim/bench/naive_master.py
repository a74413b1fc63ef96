# SPDX-License-Identifier: Apache-2.0
"""The driver everybody writes first: AXI handshakes, clock edge by clock edge, in Python."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from cocotb.triggers import RisingEdge

BEAT = 8
MAX_BEATS = 256
PAGE = 4096  # a burst never crosses such a line (AXI4)
INCR = 1

_ADDRESS = ("id", "addr", "len", "size", "burst", "valid")
_INPUTS = (
    *(f"{channel}{field}" for channel in ("aw", "ar") for field in _ADDRESS),
    *("wdata", "wstrb", "wlast", "wvalid", "bready", "rready"),
)
_OUTPUTS = ("awready", "wready", "bresp", "bvalid")
_READ_OUTPUTS = ("arready", "rdata", "rresp", "rlast", "rvalid")


class NaiveMaster:
    """One master port, driven with ``await RisingEdge`` and ``.value`` alone."""

    def __init__(self, dut: Any, number: int) -> None:
        self._edge = RisingEdge(dut.clk_i)
        self._pins: dict[str, Any] = {
            name: getattr(dut, f"s{number}_axi_{name}")
            for name in (*_INPUTS, *_OUTPUTS, *_READ_OUTPUTS)
        }
        for name in _INPUTS:
            self._pins[name].value = 0

    async def load(self, address: int, size: int) -> int:
        """Read one naturally aligned value of ``size`` bytes."""
        (beat,) = await self._read_burst(address, 1, size.bit_length() - 1)
        return beat >> 8 * (address % BEAT) & ((1 << 8 * size) - 1)

    async def store(self, address: int, size: int, value: int) -> None:
        """Write one naturally aligned value of ``size`` bytes."""
        lane = address % BEAT
        strobe = ((1 << size) - 1) << lane
        await self._write_burst(address, [(value << 8 * lane, strobe)], size.bit_length() - 1)

    async def read(self, address: int, length: int) -> bytes:
        """Read ``length`` bytes in bursts."""
        data = bytearray()
        for start, count in bursts(address, length):
            skew = start % BEAT
            beats = -(-(skew + count) // BEAT)
            words = await self._read_burst(start - skew, beats, 3)
            raw = b"".join(word.to_bytes(BEAT, "little") for word in words)
            data += raw[skew : skew + count]
        return bytes(data)

    async def write(self, address: int, data: bytes) -> None:
        """Write ``data`` in bursts."""
        done = 0
        for start, count in bursts(address, len(data)):
            skew = start % BEAT
            beats = beats_of(skew, data[done : done + count])
            await self._write_burst(start - skew, beats, 3)
            done += count

    async def _until(self, name: str) -> None:
        """Wait for the clock edge at which the signal is high."""
        pin = self._pins[name]
        await self._edge
        while pin.value != 1:
            await self._edge

    async def _read_burst(self, address: int, beats: int, size: int) -> list[int]:
        pins = self._pins
        self._address("ar", address, beats, size)
        await self._until("arready")
        pins["arvalid"].value = 0
        pins["rready"].value = 1
        words: list[int] = []
        response = 0
        while len(words) < beats:
            await self._until("rvalid")
            words.append(int(pins["rdata"].value))
            response |= int(pins["rresp"].value)
        pins["rready"].value = 0
        _accept(address, response)
        return words

    async def _write_burst(self, address: int, beats: Sequence[tuple[int, int]], size: int) -> None:
        pins = self._pins
        self._address("aw", address, len(beats), size)
        await self._until("awready")
        pins["awvalid"].value = 0
        for number, (data, strobe) in enumerate(beats, 1):
            pins["wdata"].value = data
            pins["wstrb"].value = strobe
            pins["wlast"].value = int(number == len(beats))
            pins["wvalid"].value = 1
            await self._until("wready")
        pins["wvalid"].value = 0
        pins["bready"].value = 1
        await self._until("bvalid")
        response = int(pins["bresp"].value)
        pins["bready"].value = 0
        _accept(address, response)

    def _address(self, channel: str, address: int, beats: int, size: int) -> None:
        pins = self._pins
        pins[f"{channel}addr"].value = address
        pins[f"{channel}len"].value = beats - 1
        pins[f"{channel}size"].value = size
        pins[f"{channel}burst"].value = INCR
        pins[f"{channel}valid"].value = 1


def bursts(address: int, length: int) -> Iterator[tuple[int, int]]:
    """Cut a block into bursts: yield start and bytes of each."""
    end = address + length
    while address < end:
        limit = address - address % BEAT + MAX_BEATS * BEAT
        stop = min(end, limit, address - address % PAGE + PAGE)
        yield address, stop - address
        address = stop


def beats_of(skew: int, data: bytes) -> list[tuple[int, int]]:
    """Return word and byte strobe of every beat for ``data`` that begins ``skew`` bytes in."""
    beats = []
    for begin in range(-skew, len(data), BEAT):
        lane = max(0, -begin)
        part = data[max(0, begin) : begin + BEAT]
        word = int.from_bytes(part, "little") << 8 * lane
        beats.append((word, ((1 << len(part)) - 1) << lane))
    return beats


def _accept(address: int, response: int) -> None:
    if response:
        raise OSError(f"bus fault at 0x{address:08x}: response {response}")
