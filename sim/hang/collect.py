# SPDX-License-Identifier: Apache-2.0
"""Collects the facts of a run that stands still: from both sides, the RTL and the last records.

Looks only: reads Python objects of the two sides and signals of the RTL. No access passes on the
bus, no clock goes by, nothing is recorded.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from sim.boards.model import MailboxLink, RemoteprocLink
from sim.core import EXTERNAL, SOFT
from sim.hang.facts import Doorbell, Facts, Hart, Ring, Thread
from sim.hang.history import History
from sim.hang.places import Msgbox, boot_hart, device_at, doorbell_address
from sim.hang.ring_views import Place, RingViews, kernel_counts, model_counts, ring_places
from sim.hang.rtl import Rtl
from sim.hang.threads import in_run, kernel_thread, linux_threads, rtos_threads
from sim.ports.requests import LOAD, READ, STORE, WAIT
from sim.ports.requests import WRITE as BLOCK_WRITE

if TYPE_CHECKING:
    from host_side.kernel.snapshot import LinuxSnapshot
    from sim.hang.watch import Progress
    from sim.inside.session import Session
    from sim.linux_peer.state import PeerState
    from sim.records import Record

_LINES = ("soft", "timer", "external")
_KINDS = {LOAD: "load", STORE: "store", READ: "read", BLOCK_WRITE: "write", WAIT: "wait"}
_RINGING = ("READY", "BUSY", "DONE")
# Software events that a message makes on its way (docs/messages.md).
_STEPS = ("msg_begin", "msg_alloc", "msg_send", "msg_take", "msg_callback", "msg_recv", "msg_free")
_RECEIVED = ("msg_take", "msg_callback", "msg_free")
_STATUS_OFFSET = 24  # in a vdev entry of the resource table (remoteproc.h)


class Collector:
    """Collects once, at the present clock of ``session``."""

    def __init__(self, session: Session, history: History) -> None:
        self._session = session
        self._board = session.board
        self._history = history
        self._rtl = Rtl(session.board)
        self._rtos: dict[str, Any] | None = None
        self._linux: LinuxSnapshot | None = None
        self._kernel: PeerState | None = None
        self._places: tuple[Place, ...] = ()

    def facts(self, now_ns: int, progress: Progress, patience_ns: int) -> Facts:
        """Return all of it."""
        session = self._session
        hart = session.rtos_hart
        snapshot = hart.snapshot
        up = self._rtl.running(hart.index) and snapshot is not None
        self._rtos = snapshot() if up and snapshot is not None else None
        if session.linux is not None:
            from host_side.kernel.snapshot import snapshot as linux_snapshot

            self._linux = linux_snapshot(session.linux.kernel)
        if session.peer is not None:
            self._kernel = session.peer.state()
        self._places = ring_places(self._board, self._kernel)
        self._views = RingViews(
            self._places, self._load, self._history, self._when, self._rtos_rings()
        )
        rtos, linux, kernel = self._rtos, self._linux, self._kernel
        last = self._last_progress(progress)
        status_address = self._status_address()
        return Facts(
            now_ns=now_ns,
            progress_ns=last.at_ns,
            progress=last.what,
            patience_ns=patience_ns,
            threads=tuple(self._threads(now_ns)),
            harts=tuple(self._hart(index) for index in self._order()),
            rings=tuple(self._ring(number) for number in range(2)),
            doorbells={side: self._doorbell(side) for side in ("linux", "rtos")},
            rtos_kernel=rtos is not None,
            rtos_link=bool(rtos and rtos["link"]),
            rtos_ready=bool(rtos and rtos["link"] and rtos["link"]["ready"]),
            rtos_handler=rtos["handler"] if rtos else "",
            rtos_current=rtos["current"] if rtos else "",
            linux_booted=linux.booted if linux else kernel is not None,
            linux_driver=linux.driver_ok if linux else bool(kernel and kernel.bound),
            linux_panic=linux.panicked if linux else "",
            status=None if status_address is None else self._rtl.load(status_address, 1),
            status_address=status_address,
            replier=self._replier(),
            dropped_ns={side: self._dropped(side) for side in ("linux", "rtos")},
        )

    def _threads(self, now_ns: int) -> Iterator[Thread]:
        """Yield who runs and who waits, as far as either side says."""
        clock_ns = self._session.clock_ns
        limit_ns = self._session.limit_ns
        if self._linux is not None:
            yield from in_run(linux_threads(self._linux, clock_ns), limit_ns)
        if self._kernel is not None:
            yield kernel_thread(self._kernel, now_ns)
        if self._rtos is not None:
            yield from in_run(rtos_threads(self._rtos, clock_ns), limit_ns)

    def _load(self, address: int, size: int) -> int:
        """Return a little-endian integer in a memory, a real kernel's RAM among them."""
        peer = self._session.peer
        data = b"" if peer is None else peer.ram(address, size)
        return int.from_bytes(data, "little") if data else self._rtl.load(address, size)

    def _last_progress(self, seen: Progress) -> Progress:
        """Return the last step of a message, where that is what was seen: it has an exact time."""
        found = self._history.last_of(_STEPS, seen.at_ns // self._session.clock_ns)
        if found is None:
            return seen
        name, record = found
        at_ns = record.cycle * self._session.clock_ns
        if seen.at_ns - at_ns > 2000 * self._session.scenario.look_every_us:
            return seen
        hart = self._session.harts[record.hart].hart_id
        return seen._replace(at_ns=at_ns, what=f"{name} on hart {hart}")

    def _ns(self, cycle: int | None) -> int | None:
        return None if cycle is None else cycle * self._session.clock_ns

    def _when(self, record: Record | None) -> int | None:
        return None if record is None else record.cycle * self._session.clock_ns

    # Harts.

    def _order(self) -> list[int]:
        """Return the harts, those first that take the doorbells."""
        session = self._session
        first = [session.linux_boot_hart.index, session.rtos_hart.index]
        return [*first, *(h.index for h in session.harts if h.index not in first)]

    def _hart(self, index: int) -> Hart:
        session = self._session
        hart = session.harts[index]
        running = self._rtl.running(index)
        starts = session.starts[index]
        request = session.port.request(index) if starts else None
        thread, since = self._history.last_thread(index)
        kind = _KINDS[request[0]] if request else ""
        on_bus = kind not in ("", "wait")
        return Hart(
            hart.hart_id,
            "rtos" if hart is session.rtos_hart else "linux",
            running,
            starts,
            tuple(name for bit, name in enumerate(_LINES) if hart.lines[0] >> bit & 1),
            thread,
            kind,
            request[1] if request and on_bus else 0,
            request[3] * session.clock_ns if request and on_bus else self._ns(since) or 0,
            self._rtl.handshake(index) if on_bus else {},
            device_at(self._board, request[1]) if request and on_bus else "",
            self._end_of_wait(index) if kind == "wait" else None,
        )

    def _end_of_wait(self, index: int) -> int | None:
        """Return when the wait of a hart ends by itself, None: never."""
        _, _, clocks, begin, for_ever, _ = self._session.port.request(index)
        return None if for_ever else (begin + clocks) * self._session.clock_ns

    def _replier(self) -> str:
        """Return the RTOS thread that has received a message last."""
        index = self._session.rtos_hart.index
        record = self._history.last_event(index, "msg_recv")
        return "" if record is None else self._history.thread_at(index, record.cycle)

    def _dropped(self, side: str) -> int | None:
        """Return when a side freed its last message, of which it has called nobody."""
        rtos = self._session.rtos_hart
        harts = [h.index for h in self._session.harts if (h is rtos) == (side == "rtos")]
        take, called, freed = (self._last_cycle(harts, name) for name in _RECEIVED)
        return self._ns(freed) if called < take < freed else None

    def _last_cycle(self, harts: list[int], name: str) -> int:
        """Return the clock of the last event of that name on any of these harts, -1 for none."""
        found = (self._history.last_event(index, name) for index in harts)
        return max((record.cycle for record in found if record is not None), default=-1)

    # Rings.

    def _rtos_rings(self) -> list[Mapping[str, Any]]:
        """Return the rings as the RTOS has set them up."""
        return self._rtos["link"]["rings"] if self._rtos and self._rtos["link"] else []

    def _ring(self, number: int) -> Ring:
        counts = model_counts(self._linux, number)
        if self._kernel is not None and self._places[number].entries:
            counts = kernel_counts(self._places[number], self._views.index(number), number)
        return self._views.ring(number, counts, self._taken_ns(number))

    def _taken_ns(self, number: int) -> int | None:
        """Return when the RTOS took something out of a ring last."""
        index = self._session.rtos_hart.index
        name = "msg_take" if number == 1 else "msg_alloc"
        return self._when(self._history.last_event(index, name))

    def _status_address(self) -> int | None:
        """Return where the vdev's status byte is, as the RTOS looks for it."""
        link = self._board.rpmsg
        if not isinstance(link, RemoteprocLink) or self._rtos is None:
            return None
        for thread in self._rtos["threads"]:
            if thread["looks_for"] and thread["looks_for"][0] == "driver":
                return int(thread["looks_for"][1]) + _STATUS_OFFSET
        return None

    # Doorbells.

    def _doorbell(self, side: str) -> Doorbell:
        link = self._board.rpmsg
        if isinstance(link, MailboxLink):
            return self._ipi(side, link)
        return self._box(side, link)

    def _index(self, side: str) -> int:
        session = self._session
        return (session.rtos_hart if side == "rtos" else session.linux_boot_hart).index

    def _accepts(self, side: str, line: int, firmware: int) -> bool:
        """Tell whether a side's software takes a line; ``firmware`` are those M-mode takes."""
        if side == "linux":
            return bool(self._linux is None or self._linux.enabled & line)
        if self._rtos is None:
            return False
        return bool((self._rtos["enabled"] | firmware) & line)

    def _ipi(self, side: str, link: MailboxLink) -> Doorbell:
        """A software interrupt of the CLINT, and the words in memory that go with it."""
        board, history, index = self._board, self._history, self._index(side)
        hart_id, address = boot_hart(board, side), doorbell_address(board, side)
        rung = history.last_store(address, 1)
        cleared = history.last_store(address, 0)
        pending = self._rtl.msip(hart_id)
        return Doorbell(
            side,
            f"MSIP of hart {hart_id}",
            address,
            hart_id,
            "software",
            self._when(rung),
            rung.value if rung else None,
            pending,
            True,
            bool(self._session.harts[index].lines[0] & SOFT),
            self._accepts(side, SOFT, 0),
            self._ns(history.last_rise(index, SOFT)),
            self._when(cleared),
            self._session.harts[cleared.hart].hart_id if cleared else None,
            self._heard(side, index, link),
            refused=bool(rung and rung.response),
            mail=self._mail(side, link),
        )

    def _heard(self, side: str, index: int, link: MailboxLink) -> int | None:
        """Return when the side's handler of the doorbell looked at the mailbox last."""
        offset = 0x40  # either side looks at the word of the messages it gets, in its own view
        address = link.mailbox.base + (offset if side == "rtos" else 0)
        return self._when(self._history.last_load(address))

    def _mail(self, side: str, link: MailboxLink) -> str:
        """Return the state of the word that says that a side has mail, "" when it says so or did.

        Linux reads 0x00 and writes 0x40, the RTOS the other way round (facts of the seed, 4.4).
        """
        address = link.mailbox.base + (0x40 if side == "rtos" else 0)
        rung = self._history.last_store(doorbell_address(self._board, side), 1)
        busy = self._history.last_store(address, 1)
        if rung is None or busy is not None:
            return ""
        state = self._rtl.load(address, 4)
        return _RINGING[state] if state < len(_RINGING) else str(state)

    def _box(self, side: str, link: RemoteprocLink) -> Doorbell:
        """A word in a message box, whose interrupt goes through the PLIC."""
        board, history, index = self._board, self._history, self._index(side)
        places, hart_id = Msgbox(link, side), boot_hart(board, side)
        blocked = self._blocked_channel() if side == "linux" else None
        channel = link.channel if blocked is None else blocked
        state = self._rtl.box(side, channel)
        fifo = places.fifo + 4 * (channel - link.channel)
        rung, read = history.last_store(fifo), history.last_load(fifo)
        claim = history.last_load(places.claim(board))
        name = f"msgbox of {'the E907' if side == 'rtos' else 'the A27'}, channel {channel}"
        ring = 1 if side == "rtos" else 0
        return Doorbell(
            side,
            name,
            fifo,
            hart_id,
            "external",
            self._when(rung),
            rung.value if rung else None,
            state["pending"],
            state["enabled"],
            bool(self._session.harts[index].lines[0] & EXTERNAL),
            self._accepts(side, EXTERNAL, 0),
            self._ns(history.last_rise(index, EXTERNAL)),
            None,
            None,
            self._when(claim) if claim is not None and claim.value == places.irq else None,
            tuple(state["words"]),
            8,
            self._when(read),
            read.value if read else None,
            self._notify_id(ring),
            self._rtl.source(places.irq, hart_id),
            places.irq,
            bool(rung and rung.response),
            queued=self._queued() if side == "rtos" else 0,
        )

    def _blocked_channel(self) -> int | None:
        """Return the channel in which the RTOS looks for room, None when it does not."""
        box = self._rtos["msgbox"] if self._rtos else None
        return box["no_room"] if box and box["no_room"] >= 0 else None

    def _queued(self) -> int:
        return sum(box.queued for box in self._linux.mailboxes) if self._linux else 0

    def _notify_id(self, ring: int) -> int | None:
        """Return the notify id of a ring as the RTOS has registered it."""
        place = self._places[ring]
        rings = (r for r in self._rtos_rings() if r["descriptors"] == place.desc)
        return next((int(r["vector"]) for r in rings), None)
