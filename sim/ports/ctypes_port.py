# SPDX-License-Identifier: Apache-2.0
"""The core port's Python side without a C extension: its hooks are ctypes callbacks.

Has the functions of the extension (sim/native/core_port_module.c), to the letter: the two are
exchangeable, and a run has the same event log with either. Runs inside the simulator.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Generator
from typing import Any

from sim.plain_software import plain_software
from sim.ports import library as native
from sim.ports.requests import LOAD, READ, WAIT, post_request

_BUFFER_READ = 0x100  # PyBUF_READ

# A view of memory that is not ours, valid during a call only: as the extension makes it.
_view = ctypes.pythonapi.PyMemoryView_FromMemory
_view.argtypes = (ctypes.c_void_p, ctypes.c_ssize_t, ctypes.c_int)
_view.restype = ctypes.py_object

Callback = Callable[..., Any]


class CtypesPort:
    """The core port on the library in ``folder``: one a process, for its state is the library's.

    SERIES and RUN are made of the requests that the library knows by ``plain_software``.

    An exception in a callback other than a hart's software has nobody to go to: it is printed.
    """

    def __init__(self, folder: str) -> None:
        self.library: Any = native.load_library(folder)
        self.now: Callable[[], int] = self.library.core_port_now
        self.flush: Callable[[], None] = self.library.core_port_flush
        self._harts = [self.library.core_port_hart(n).contents for n in range(native.HARTS)]
        self._software: list[Generator[Any, Any, Any] | None] = [None] * native.HARTS
        self._lines = [bytearray(1) for _ in range(native.HARTS)]
        self._mask = [bytearray(1) for _ in range(native.HARTS)]
        self._fault: list[Callable[[int, int], BaseException]] = [_unattached] * native.HARTS
        self._watchers: list[dict[str, Callback]] = [{} for _ in range(native.HARTS)]
        self._events: dict[str, int] = {}
        self._hooks = native.CoreHooks()

    def configure(
        self,
        *,
        start: Callback | None,
        stop: Callback | None,
        exit: Callback | None,
        records: Callback | None,
        received: Callback | None,
        sent: Callback | None,
    ) -> None:
        """Set the callbacks; None for none.

        ``start(hart, boot_address)`` returns a generator or None, and what that returns goes on in
        its place if it is a generator; ``stop(hart)``;
        ``exit(hart, exception or None)``; ``records(memoryview)``; ``received(terminal, byte)``;
        ``sent(terminal, byte)``.
        """
        self._start_callback = start or _nothing
        self._stop_callback = stop or _nothing
        self._exit_callback = exit or _nothing
        hooks = native.CoreHooks(
            native.ResumeHook(self._resume),
            native.StartHook(self._start),
            native.StopHook(self._stop),
            native.LinesHook(self._set_lines),
        )
        if received is not None:
            hooks.received = native.TerminalHook(received)
        if sent is not None:
            hooks.sent = native.TerminalHook(sent)
        if records is not None:
            hooks.records = native.RecordsHook(
                lambda data, length: records(_view(data, length, _BUFFER_READ))
            )
        self.library.core_port_set_hooks(hooks)
        self._hooks = hooks  # keeps the callbacks that C holds alive

    def attach(
        self,
        hart: int,
        lines: bytearray,
        mask: bytearray,
        fault: Callable[[int, int], BaseException],
        watchers: dict[str, Callback],
    ) -> None:
        """Set the bytearray(1) to keep up to date, and the exception type of a refused access.

        ``mask`` is the bytearray(1) of the lines that end the run of a frame; ``watchers`` has
        what is called with (clock, a, b) before an event is recorded.
        """
        if len(lines) != 1 or len(mask) != 1:
            found = f"{len(lines)} and {len(mask)}"
            raise ValueError(f"lines and mask have {found} bytes, expected 1 each")
        self._lines[hart] = lines
        self._mask[hart] = mask
        self._fault[hart] = fault
        self._watchers[hart] = watchers
        lines[0] = self._harts[hart].lines

    def statistics(self) -> tuple[int, int, int, int, int]:
        """Return (clocks, bus transactions, bus clocks, cpu clocks, idle clocks)."""
        account = self.library.core_port_account()
        transactions = self.library.core_port_transactions()
        return self.now(), transactions, account.bus, account.cpu, account.idle

    def thread(self, hart: int, name: str) -> None:
        """Show ``name`` as the running thread in the waveform."""
        text = name.encode()
        self.library.core_port_set_thread(hart, text, len(text))

    def event(self, hart: int, name: str, a: int = 0, b: int = 0) -> None:
        """Put a software event into the record stream."""
        watcher = self._watchers[hart].get(name)
        if watcher is not None:
            watcher(self.now(), a, b)
        number = self._events.get(name)
        if number is None:
            number = self._events[name] = len(self._events)
            text = name.encode()
            self.library.core_port_record(native.RECORD_NAME, 0, number, len(text), 0, text)
        self.library.core_port_record(native.RECORD_EVENT, hart, number, b, a, None)

    def request(self, hart: int) -> tuple[int, int, int, int, bool, int] | None:
        """Return what a hart waits for at this moment, None when it is off.

        Kind, address, length (bytes, or clocks of a wait), clock of its start, whether a wait has
        no end, mask of the lines that end it.
        """
        state = self._harts[hart]
        if state.kind < 0:
            return None
        waits = state.kind == WAIT
        return (
            state.kind,
            state.address,
            state.length,
            state.issued,
            waits and bool(state.forever),
            state.mask if waits else 0,
        )

    def event_names(self) -> dict[str, int]:
        """Return the number of each event used so far."""
        return dict(self._events)

    def terminal_send(self, number: int, data: bytes) -> int:
        """Return how many of the bytes were taken; they go out on the serial line."""
        if not 0 <= number < native.TERMINALS:
            raise ValueError(f"terminal {number}, expected 0..{native.TERMINALS - 1}")
        return int(self.library.core_port_terminal_put(number, bytes(data), len(data)))

    def seen(self, hart: int, address: int, data: bytes, loaded: bool) -> None:
        """Put bytes that software outside the RTL has stored, or loaded, into the record stream."""
        kind = native.RECORD_SEEN
        self.library.core_port_record(kind, hart, address, len(data), int(loaded), bytes(data))

    def map_memory(self, buffer: Any, first: int) -> None:
        """Back the RTL's host memory from byte ``first`` on with a writable buffer, for good."""
        self._mapped = (ctypes.c_char * len(buffer)).from_buffer(buffer)
        self.library.host_memory_map(ctypes.addressof(self._mapped), len(buffer), first)

    def set_skipping(self, on: bool) -> None:
        """Choose whether clocks in which nothing can change are left out."""
        self.library.core_port_set_skipping(bool(on))

    def halt(self) -> None:
        """End the record stream; no hart gets another command."""
        self.library.core_port_halt()

    def _start(self, index: int, address: int) -> None:
        try:
            software = self._start_callback(index, address)
        except BaseException as error:
            self._ended(index, error)
            return
        if software is not None:
            software = plain_software(software, self._lines[index], self._mask[index])
            self._software[index] = software
            self._run(index, software, None)

    def _stop(self, index: int) -> None:
        self._software[index] = None
        self._stop_callback(index)

    def _set_lines(self, index: int, level: int) -> None:
        if self._lines[index]:
            self._lines[index][0] = level

    def _resume(self, index: int, kind: int) -> None:
        software = self._software[index]
        if software is None:
            return
        hart = self._harts[index]
        if hart.response:
            self._refuse(index, software, hart)
        elif kind == LOAD:
            self._run(index, software, hart.value)
        elif kind == READ:
            self._run(index, software, ctypes.string_at(hart.data, hart.length))
        else:
            self._run(index, software, hart.left if kind == WAIT else None)

    def _refuse(
        self, index: int, software: Generator[Any, Any, Any], hart: native.CoreHart
    ) -> None:
        try:
            error = self._fault[index](hart.address, hart.response)
        except BaseException as raised:
            self._ended(index, raised)
            return
        self._run(index, software, None, error)

    def _run(
        self,
        index: int,
        software: Generator[Any, Any, Any],
        reply: Any,
        error: BaseException | None = None,
    ) -> None:
        """Send the reply, or throw the error, into the software until it waits for the RTL."""
        while True:
            try:
                request = software.send(reply) if error is None else software.throw(error)
            except StopIteration:
                self._ended(index, None)
                return
            except BaseException as raised:
                self._ended(index, raised)
                return
            try:
                if post_request(self.library, index, self._harts[index], request):
                    return
                reply, error = 0, None
            except Exception as raised:  # raised where the request was made
                error = raised

    def _ended(self, index: int, error: BaseException | None) -> None:
        self._software[index] = None
        self._exit_callback(index, error)


def _nothing(*_arguments: Any) -> None:
    """Stand in for a callback that was not given."""


def _unattached(address: int, response: int) -> BaseException:
    return RuntimeError(f"access to 0x{address:08x} refused ({response}) before attach()")
