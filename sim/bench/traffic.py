# SPDX-License-Identifier: Apache-2.0
"""The traffic that all ways of measuring move: an RPMsg-like echo between two masters.

A round trip is two messages. Sending one: 12 reads (ring state), a header of 16 bytes, the payload,
8 writes (ring entries), the doorbell. Receiving one: the doorbell is taken back, 13 reads, header,
payload, 8 writes. So each side makes 47 accesses a round trip: 25 reads, 18 writes, 2 bursts of 16
bytes and 2 of the payload. Every access waits for the one before it, and whatever is read is
compared with what must be there.

The two sides are generators of request tuples, as the software of a hart is (sim/core.py): each way
of driving the bus takes the same ones. sim/bench/harness/traffic.h is the same traffic in C++.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

LOAD, STORE, READ, WRITE, WAIT = range(5)
SOFT = 1

MEMORY = 0x8000_0000
CLINT = 0x0200_0000
RING_WORDS = 16  # a ring: 8 words of its sender, 8 of its receiver
SENDER_WORDS = 8
SLOT = 0x1000  # buffer of direction 0: header, payload
SLOT_STRIDE = 0x1_1000
HEADER = struct.Struct("<IIIHH")  # as rpmsg: source, destination, reserved, length, flags
MAX_PAYLOAD = 0x1_0000
ACCESSES = 94  # of a round trip, both sides

WARM_UP = 4  # round trips a payload before time is taken
MIN_ROUNDS = 4

Request = tuple[Any, ...]
Software = Generator[Request, Any, None]
Clock = Callable[[], int]


class WrongData(Exception):
    """A read that did not find what was written."""

    def __init__(self, what: str, round_trip: int, expected: object, found: object) -> None:
        super().__init__(f"round trip {round_trip}: {what}: expected {expected}, found {found}")


@dataclass(frozen=True)
class Timing:
    """What ``rounds`` round trips took: wall and CPU ns, simulated clocks, bus transactions.

    ``name`` is ``"echo"``, or that of an idle span, which has no rounds and no payload.
    """

    name: str
    payload: int
    rounds: int
    wall_ns: int
    cpu_ns: int
    clocks: int
    transactions: int

    def plain(self) -> dict[str, int]:
        """Return the timing as a JSON object."""
        return asdict(self)


@dataclass(frozen=True)
class IdleSpan:
    """Clocks in which no hart does anything; ``prepare`` is called before they begin."""

    name: str
    clocks: int
    prepare: Callable[[], None]


def ring(direction: int) -> int:
    """Return the address of the ring that master ``direction`` sends on."""
    return MEMORY + 4 * RING_WORDS * direction


def slot(direction: int) -> int:
    """Return the address of the buffer that master ``direction`` sends from."""
    return MEMORY + SLOT + SLOT_STRIDE * direction


def tag(round_trip: int) -> int:
    """Return what the ring words of this round trip have above their index."""
    return (round_trip << 4) & 0xFFFF_FFFF


def pattern(payload: int) -> bytes:
    """Return bytes from which the payload of round trip n is cut at offset n % 251."""
    return bytes((i * 7 + i // 251) & 0xFF for i in range(payload + 251))


def fingerprint(data: bytes, value: int = 0xCBF2_9CE4_8422_2325) -> int:
    """Return the 64-bit FNV-1a hash of ``data``, going on from ``value``."""
    for byte in data:
        value = ((value ^ byte) * 0x100_0000_01B3) & 0xFFFF_FFFF_FFFF_FFFF
    return value


def _send(side: int, round_trip: int, payload: bytes) -> Software:
    words, buffer = ring(side), slot(side)
    before, now = tag(round_trip - 1), tag(round_trip)
    for word in (8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3):
        value = yield (LOAD, words + 4 * word, 4)
        if value != before | word:
            raise WrongData(f"ring {side}, word {word}", round_trip, before | word, value)
    header = HEADER.pack(0x400 + side, 0x401 - side, 0, len(payload) & 0xFFFF, round_trip & 0xFFFF)
    yield (WRITE, buffer, header)
    yield (WRITE, buffer + 16, payload)
    for word in range(SENDER_WORDS):
        yield (STORE, words + 4 * word, 4, now | word)
    yield (STORE, CLINT + 4 * (1 - side), 4, 1)


def _receive(side: int, round_trip: int, size: int) -> Generator[Request, Any, bytes]:
    """Wait for a message of ``size`` bytes (0: any) and take it."""
    peer = 1 - side
    words, buffer = ring(peer), slot(peer)
    before, now = tag(round_trip - 1), tag(round_trip)
    yield (WAIT, -1, SOFT)
    yield (STORE, CLINT + 4 * side, 4, 0)
    for word in (0, 1, 2, 3, 4, 5, 6, 7):
        value = yield (LOAD, words + 4 * word, 4)
        if value != now | word:
            raise WrongData(f"ring {peer}, word {word}", round_trip, now | word, value)
    for word in (8, 9, 10, 11, 12):
        value = yield (LOAD, words + 4 * word, 4)
        if value != before | word:
            raise WrongData(f"ring {peer}, word {word}", round_trip, before | word, value)
    source, _, _, length, flags = HEADER.unpack((yield (READ, buffer, 16)))
    if source != 0x400 + peer or flags != round_trip & 0xFFFF:
        raise WrongData("header", round_trip, (0x400 + peer, round_trip), (source, flags))
    payload: bytes = yield (READ, buffer + 16, size or length or MAX_PAYLOAD)
    for word in range(SENDER_WORDS, RING_WORDS):
        yield (STORE, words + 4 * word, 4, now | word)
    return payload


def responder() -> Software:
    """Send back every message, for ever (the side of master 1)."""
    round_trip = 1
    while True:
        payload = yield from _receive(1, round_trip, 0)
        yield from _send(1, round_trip, payload)
        round_trip += 1


class Initiator:
    """The side of master 0: runs the whole measurement and times it.

    ``payloads`` are bytes a message (1 to 65536; none: no messages, idle spans only), ``budget_ns``
    is the wall time to spend on each, ``clock_ns`` and ``cpu_ns`` are the wall clock and the CPU
    time of the process in ns, ``clocks`` and ``transactions`` the simulated clocks and the bus
    transactions so far. The ``idle`` spans are waited out at
    the end. What it finds: ``timings``, ``fingerprint`` (of the memory after the same round trips
    in every way) and ``first_transaction_ns`` (by ``clock_ns``).
    """

    def __init__(
        self,
        payloads: Sequence[int],
        budget_ns: int,
        *,
        clock_ns: Clock,
        cpu_ns: Clock,
        clocks: Clock,
        transactions: Clock,
        idle: Sequence[IdleSpan] = (),
    ) -> None:
        self.timings: list[Timing] = []
        self.fingerprint = 0
        self.first_transaction_ns = 0
        self._payloads = payloads
        self._budget_ns = budget_ns
        self._clocks = clocks
        self._clock_ns = clock_ns
        self._cpu_ns = cpu_ns
        self._transactions = transactions
        self._idle = idle
        self._round_trip = 0

    def software(self) -> Software:
        """Run all of it."""
        self.first_transaction_ns = self._clock_ns()
        yield (STORE, CLINT, 4, 0)
        if self._payloads:
            yield from self._echo(max(self._payloads))
        for span in self._idle:
            span.prepare()
            stop = self._start(span.name)
            yield (WAIT, span.clocks, 0)
            self.timings.append(stop(0, 0))

    def _echo(self, largest: int) -> Software:
        """Initialise the memory, warm up, take the fingerprint, then take the times."""
        for side in range(2):
            yield (WRITE, ring(side), struct.pack("<16I", *range(RING_WORDS)))
            # Whole beats: a master may not look at bytes that were never written.
            yield (WRITE, slot(side), bytes(16 + largest + -largest % 8))
        warm = []
        for payload in self._payloads:
            yield from self._rounds(payload, WARM_UP // 2)
            warm.append((yield from self._timed(payload, WARM_UP - WARM_UP // 2)))
        yield from self._take_fingerprint(largest)
        for timing in warm:
            rounds = self._budget_ns * timing.rounds // max(1, timing.wall_ns)
            self.timings.append((yield from self._timed(timing.payload, max(rounds, MIN_ROUNDS))))

    def _rounds(self, payload: int, count: int) -> Software:
        source = pattern(payload)
        for round_trip in range(self._round_trip + 1, self._round_trip + count + 1):
            offset = round_trip % 251
            message = source[offset : offset + payload]
            yield from _send(0, round_trip, message)
            answer = yield from _receive(0, round_trip, payload)
            if answer != message:
                at = _first_difference(message, answer)
                raise WrongData(f"payload, byte {at}", round_trip, message[at], answer[at])
        self._round_trip += count

    def _timed(self, payload: int, count: int) -> Generator[Request, Any, Timing]:
        stop = self._start("echo")
        yield from self._rounds(payload, count)
        return stop(payload, count)

    def _start(self, name: str) -> Callable[[int, int], Timing]:
        transactions, clocks = self._transactions(), self._clocks()
        wall, cpu = self._clock_ns(), self._cpu_ns()

        def stop(payload: int, rounds: int) -> Timing:
            return Timing(
                name,
                payload,
                rounds,
                self._clock_ns() - wall,
                self._cpu_ns() - cpu,
                self._clocks() - clocks,
                self._transactions() - transactions,
            )

        return stop

    def _take_fingerprint(self, largest: int) -> Software:
        value = fingerprint(b"")
        for address, length in memory_areas(largest):
            value = fingerprint((yield (READ, address, length)), value)
        self.fingerprint = value


def _first_difference(expected: bytes, found: bytes) -> int:
    return next(i for i in range(len(expected)) if expected[i] != found[i])


def memory_areas(largest: int) -> Iterator[tuple[int, int]]:
    """Yield address and length of the memory that payloads of up to ``largest`` bytes touch."""
    yield ring(0), 8 * RING_WORDS
    yield slot(0), 16 + largest
    yield slot(1), 16 + largest
