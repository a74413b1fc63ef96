# SPDX-License-Identifier: Apache-2.0
"""A waveform of a bench that is not ours, written by pyvcd and described by a map."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from vcd import VCDWriter

from sim.boards import load_board
from sim.decode.bus_access import BusAccess
from sim.decode.signal_map import read_map
from sim.decode.traffic import read_traffic
from sim.decode.waveform import WaveFile

MAP = """
root = "dut"
[[bus]]
clock = "clk"
prefix = "axi_"
signals = { awaddr = "write_address" }
harts = { 5 = 0, 9 = 1 }
[[bus]]
kind = "apb"
hart = 1
clock = "clk"
prefix = "apb_"
"""
WIDTHS = {
    **{f"axi_{c}{part}": 1 for c in ("aw", "w", "b", "ar", "r") for part in ("valid", "ready")},
    **{"write_address": 32, "axi_araddr": 32, "axi_awid": 4, "axi_arid": 4, "axi_bid": 4},
    **{"axi_rid": 4, "axi_awlen": 8, "axi_arlen": 8, "axi_awsize": 3, "axi_arsize": 3},
    **{"axi_wdata": 32, "axi_rdata": 32, "axi_wstrb": 4, "axi_wlast": 1, "axi_rlast": 1},
    **{"axi_bresp": 2, "axi_rresp": 2},
    **{"apb_psel": 1, "apb_penable": 1, "apb_pwrite": 1, "apb_paddr": 16, "apb_pready": 1},
    **{"apb_pwdata": 32, "apb_prdata": 32},
}


class Bench:
    """Drives the signals clock by clock: what is set holds at the next rising edge only."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("w")
        self._vcd = VCDWriter(self._file, timescale="100 ps")
        self._clock = self._vcd.register_var("tb.dut", "clk", "wire", 1, init=0)
        self._signals = {
            name: self._vcd.register_var("tb.dut", name, "wire", width, init=0)
            for name, width in WIDTHS.items()
        }
        self.now = 0

    def clock(self, **values: int) -> int:
        """One clock with these values; returns the ns of its rising edge."""
        for name, signal in self._signals.items():
            self._vcd.change(signal, self.now * 10 + 1, values.get(name, 0))
        self._vcd.change(self._clock, (self.now + 5) * 10, 1)
        self._vcd.change(self._clock, (self.now + 10) * 10, 0)
        self.now += 10
        return self.now - 5

    def close(self) -> None:
        self._vcd.close()
        self._file.close()


def address(channel: str, at: int, **more: int) -> dict[str, int]:
    name = "write_address" if channel == "aw" else "axi_araddr"
    values = {"valid": 1, "ready": 1, "id": 5, "len": 0, "size": 2, **more}
    return {name: at, **{f"axi_{channel}{key}": value for key, value in values.items()}}


def beat(channel: str, **more: int) -> dict[str, int]:
    return {f"axi_{channel}{key}": value for key, value in {"valid": 1, "ready": 1, **more}.items()}


def decoded(path: Path, tmp_path: Path) -> list[BusAccess]:
    names = tmp_path / "map.toml"
    names.write_text(MAP)
    wave = WaveFile(path)
    return read_traffic(wave, read_map(names, wave, load_board("v821"))).accesses


@pytest.fixture
def wave(tmp_path: Path) -> Path:
    return tmp_path / "other.vcd"


def test_bursts_strobes_ids_and_waits(wave: Path, tmp_path: Path):
    bench = Bench(wave)
    bench.clock()
    first = bench.clock(**address("aw", 0x1002, len=1))
    bench.clock(**beat("w", data=0xBBAA0000, strb=0b1100))  # not ready is not taken:
    bench.clock(**{**beat("w", data=0xFFFFFFFF, strb=15), "axi_wready": 0})
    bench.clock(**beat("w", data=0x0000DDCC, strb=0b0011, last=1))
    end = bench.clock(**beat("b", id=5))
    begin = bench.clock(**address("ar", 0x2000, id=9, len=1), **address("aw", 0x3000))
    bench.clock(**beat("r", id=9, data=0x03020100), **beat("w", data=7, strb=0b0001, last=1))
    done = bench.clock(**beat("r", id=9, data=0x07060504, last=1, resp=2), **beat("b", id=5))
    bench.close()
    assert decoded(wave, tmp_path) == [
        BusAccess(end, first, 0, True, 0x1002, b"\xaa\xbb\xcc\xdd", 4),
        BusAccess(done, begin, 0, True, 0x3000, b"\x07", 1),
        BusAccess(done, begin, 1, False, 0x2000, bytes(range(8)), 8, 2),
    ]


def test_what_began_before_the_waveform_is_left_out(wave: Path, tmp_path: Path):
    bench = Bench(wave)
    bench.clock()
    bench.clock(**beat("r", id=9, data=1, last=1), **beat("w", data=1, strb=15, last=1))
    bench.clock(**beat("b", id=5))
    begin = bench.clock(**address("aw", 0x3000))
    bench.clock(**beat("w", data=0x44332211, strb=15, last=1))
    end = bench.clock(**beat("b", id=5))
    bench.close()
    assert decoded(wave, tmp_path) == [
        BusAccess(end, begin, 0, True, 0x3000, b"\x11\x22\x33\x44", 4)
    ]


def test_apb_transfers_end_when_they_are_ready(wave: Path, tmp_path: Path):
    bench = Bench(wave)
    bench.clock()
    setup = {"apb_psel": 1, "apb_pwrite": 1, "apb_paddr": 0x70, "apb_pwdata": 0x1234}
    bench.clock(**setup)
    bench.clock(**setup, apb_penable=1)
    end = bench.clock(**setup, apb_penable=1, apb_pready=1)
    read = {"apb_psel": 1, "apb_paddr": 0x60, "apb_prdata": 5}
    bench.clock(**read)
    later = bench.clock(**read, apb_penable=1, apb_pready=1)
    bench.close()
    assert decoded(wave, tmp_path) == [
        BusAccess(end, end, 1, True, 0x70, b"\x34\x12\0\0", 4),
        BusAccess(later, later, 1, False, 0x60, b"\x05\0\0\0", 4),
    ]


@settings(max_examples=30)
@given(
    st.lists(
        st.tuples(st.integers(0, 0xFFF), st.binary(min_size=1, max_size=40), st.integers(0, 3)),
        max_size=6,
    )
)
def test_any_writes_come_back(tmp_path_factory, writes: list[tuple[int, bytes, int]]):
    """Unaligned, of any length, with idle clocks between the beats."""
    folder = tmp_path_factory.mktemp("writes")
    bench = Bench(folder / "other.vcd")
    bench.clock()
    for at, data, idle in writes:
        lanes = {at + n: byte for n, byte in enumerate(data)}
        words = range(at & -4, at + len(data), 4)
        bench.clock(**address("aw", at, len=len(words) - 1))
        for word in words:
            for _ in range(idle):
                bench.clock()
            here = [lanes.get(word + lane) for lane in range(4)]
            strobes = sum(1 << lane for lane in range(4) if here[lane] is not None)
            value = int.from_bytes(bytes(byte or 0 for byte in here), "little")
            last = word == words[-1]
            bench.clock(**beat("w", data=value, strb=strobes, last=last))
        bench.clock(**beat("b", id=5))
    bench.close()
    found = decoded(folder / "other.vcd", folder)
    assert [(access.address, access.data) for access in found] == [(a, d) for a, d, _ in writes]
