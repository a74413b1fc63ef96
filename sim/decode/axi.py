# SPDX-License-Identifier: Apache-2.0
"""Puts the handshakes of an AXI4 or AXI4-Lite bus together to accesses.

Rules used (AMBA AXI4, IHI 0022): a transfer happens where valid and ready are high when the clock
rises (A3.2.1); write data come in the order of the write addresses (A5.3.3); the responses of one
id, and the data of one id, come in the order of its addresses (A5.3.1). Bursts are INCR, of any
size, with byte strobes.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import NamedTuple

from sim.decode.bus_access import BusAccess
from sim.decode.trace import Times, Trace

CHANNELS = {
    "aw": ("awid", "awaddr", "awlen", "awsize"),
    "w": ("wdata", "wstrb", "wlast"),
    "b": ("bid", "bresp"),
    "ar": ("arid", "araddr", "arlen", "arsize"),
    "r": ("rid", "rdata", "rresp", "rlast"),
}
REQUIRED = frozenset(
    f"{channel}{name}" for channel in CHANNELS for name in ("valid", "ready")
) | frozenset(("awaddr", "wdata", "araddr", "rdata"))
"""What every bus has; AXI4-Lite has none of the others but the responses and strobes."""

HartOf = Callable[[int], int | None]


class AxiSignals(NamedTuple):
    """The traces of a bus by signal name (``awvalid``), and its two clocks' rising edges.

    ``lanes`` are the bytes of its data.
    """

    traces: Mapping[str, Trace]
    write_edges: Times
    read_edges: Times
    lanes: int


class _Address(NamedTuple):
    time: int
    id: int
    address: int
    beats: int
    size: int


class _Beat(NamedTuple):
    time: int
    id: int
    data: int
    known: bool
    strobe: int
    last: bool
    response: int


def axi_accesses(bus: AxiSignals, hart_of: HartOf) -> list[BusAccess]:
    """Return the accesses of a bus in the order in which they ended."""
    found = [*_writes(bus, hart_of), *_reads(bus, hart_of)]
    found.sort(key=lambda access: (access.time_ns, access.hart))
    return found


def _transfers(bus: AxiSignals, channel: str, edges: Times) -> tuple[Times, dict[str, list[int]]]:
    """Return when a channel's transfers happened, and what its signals were then."""
    traces = bus.traces
    both = traces[f"{channel}valid"].before(edges) & traces[f"{channel}ready"].before(edges)
    times = edges[both == 1]
    columns = {
        name: traces[name].before(times).tolist() for name in CHANNELS[channel] if name in traces
    }
    return times, columns


def _addresses(bus: AxiSignals, channel: str, edges: Times) -> deque[_Address]:
    times, found = _transfers(bus, channel, edges)
    whole = [bus.lanes.bit_length() - 1] * len(times)
    none = [0] * len(times)
    columns = zip(
        times.tolist(),
        found.get(f"{channel}id", none),
        found[f"{channel}addr"],
        found.get(f"{channel}len", none),
        found.get(f"{channel}size", whole),
        strict=True,
    )
    return deque(
        _Address(time, number, address, beats + 1, size)
        for time, number, address, beats, size in columns
    )


def _beats(bus: AxiSignals, channel: str, edges: Times) -> Iterator[_Beat]:
    """Yield the transfers of a data or response channel."""
    times, found = _transfers(bus, channel, edges)
    count = len(times)
    data = bus.traces.get(f"{channel}data")
    known = data.known_before(times).tolist() if data is not None else [True] * count
    columns = zip(
        times.tolist(),
        found.get(f"{channel}id", [0] * count),
        found.get(f"{channel}data", [0] * count),
        known,
        found.get(f"{channel}strb", [(1 << bus.lanes) - 1] * count),
        found.get(f"{channel}last", [1] * count),
        found.get(f"{channel}resp", [0] * count),
        strict=True,
    )
    for time, number, word, sure, strobe, last, response in columns:
        yield _Beat(time, number, word, sure, strobe, bool(last), response)


def _writes(bus: AxiSignals, hart_of: HartOf) -> Iterator[BusAccess]:
    """Yield the writes. What began before the waveform has no address and is left out."""
    addresses = _addresses(bus, "aw", bus.write_edges)
    answers: defaultdict[int, deque[_Beat]] = defaultdict(deque)
    for answer in _beats(bus, "b", bus.write_edges):
        answers[answer.id].append(answer)
    bursts = deque(_bursts(_beats(bus, "w", bus.write_edges)))
    if addresses and bursts:
        _drop_orphans(addresses, bursts, answers)
    for address in addresses:
        burst = bursts.popleft() if bursts else None
        waiting = answers[address.id]
        while waiting and waiting[0].time <= address.time:
            waiting.popleft()  # of an address before the waveform's beginning
        hart = hart_of(address.id)
        if burst is None or not waiting or hart is None:
            continue
        answer = waiting.popleft()
        for at, data, length in _written(address, burst, bus.lanes):
            yield BusAccess(
                answer.time, address.time, hart, True, at, data, length, answer.response
            )


def _drop_orphans(
    addresses: deque[_Address], bursts: deque[list[_Beat]], answers: Mapping[int, deque[_Beat]]
) -> None:
    """Drop a burst whose address came before the waveform: its answer comes before any other's.

    Write data may go ahead of their address, but never their response (A3.3.1).
    """
    first = addresses[0]
    early = sum(answer.time <= first.time for queue in answers.values() for answer in queue)
    for _ in range(early):
        if bursts and bursts[0][-1].time <= first.time:
            bursts.popleft()
    while bursts and bursts[0][-1].time < first.time and len(bursts[0]) != first.beats:
        bursts.popleft()


def _bursts(beats: Iterable[_Beat]) -> Iterator[list[_Beat]]:
    burst: list[_Beat] = []
    for beat in beats:
        burst.append(beat)
        if beat.last:
            yield burst
            burst = []


def _written(
    request: _Address, burst: list[_Beat], lanes: int
) -> Iterator[tuple[int, bytes | None, int]]:
    """Yield (address, bytes, length) of the contiguous pieces that a burst's strobes leave."""
    step, full = 1 << request.size, (1 << lanes) - 1
    at = request.address & -step
    start, piece, known = 0, bytearray(), True
    for beat in burst:
        base = at & -lanes
        content = beat.data.to_bytes(lanes, "little")
        if beat.strobe == full and piece and start + len(piece) == base:
            piece += content
            known &= beat.known
        else:
            for lane in range(lanes):
                if not beat.strobe >> lane & 1:
                    continue
                if piece and start + len(piece) != base + lane:
                    yield start, bytes(piece) if known else None, len(piece)
                    piece, known = bytearray(), True
                if not piece:
                    start = base + lane
                piece.append(content[lane])
                known &= beat.known
        at += step
    if piece:
        yield start, bytes(piece) if known else None, len(piece)


def _reads(bus: AxiSignals, hart_of: HartOf) -> Iterator[BusAccess]:
    """Yield the reads, with all bytes that a burst brings."""
    addresses: defaultdict[int, deque[_Address]] = defaultdict(deque)
    for address in _addresses(bus, "ar", bus.read_edges):
        addresses[address.id].append(address)
    bursts: defaultdict[int, list[_Beat]] = defaultdict(list)
    for beat in _beats(bus, "r", bus.read_edges):
        burst = bursts[beat.id]
        burst.append(beat)
        if not beat.last:
            continue
        bursts[beat.id] = []
        waiting = addresses[beat.id]
        if not waiting or waiting[0].time >= burst[0].time:
            continue  # its address came before the waveform's beginning
        request = waiting.popleft()
        hart = hart_of(request.id)
        if hart is None:
            continue
        data, length = _taken(request, burst, bus.lanes)
        response = max(beat.response for beat in burst)
        yield BusAccess(
            beat.time, request.time, hart, False, request.address, data, length, response
        )


def _taken(request: _Address, burst: list[_Beat], lanes: int) -> tuple[bytes | None, int]:
    """Return the bytes of a read burst, from its address to the end of its last beat."""
    step, at = 1 << request.size, request.address
    content = bytearray()
    for beat in burst:
        end = (at & -step) + step
        word = beat.data.to_bytes(lanes, "little")
        base = at & -lanes
        content += word[at - base : end - base]
        at = end
    known = all(beat.known for beat in burst)
    return bytes(content) if known else None, len(content)
