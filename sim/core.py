# SPDX-License-Identifier: Apache-2.0
"""The harts as their software sees them: requests out, replies in, interrupt lines, time.

Runs inside the simulator. The software of a hart is one generator. It yields request tuples

====================================  =================================================  =========
``(LOAD, address, size)``             1, 2, 4 or 8 bytes, naturally aligned              int
``(STORE, address, size, value)``     the same                                           None
``(READ, address, length)``           any alignment and length, as AXI bursts            bytes
``(WRITE, address, data)``            bytes, bytearray or memoryview                     None
``(WAIT, cycles, mask)``              clocks, -1 for ever; ends early when a line in     clocks
                                      ``mask`` is high                                   left
``(SERIES, requests)``                a tuple of those above, performed in a row         list of
                                                                                         replies
``(POLL, requests, bits)``            performs them in a row, again and again, until     that
                                      the reply of the first has one of the bits         reply
``(RUN, coroutine, how, value)``      performs what the coroutine asks for               (how,
                                                                                         value)
====================================  =================================================  =========

and is resumed with the reply by the core port (sim/native) when the RTL has finished. A refused
access is thrown into it as the exception type it attached, also out of a SERIES, of which nothing
more is performed then. ``(SERIES, requests, mask)`` ends early, after the request at which a line
in ``mask`` is high: the list says how many are done. So does ``(POLL, requests, bits, mask, done)``
with those of the turn that it is in; ``done`` of the first turn are done already.

RUN is how a kernel runs a thread or a handler: its requests go straight to the port and their
replies straight back, until the kernel has to know. ``how`` and ``value`` of the request: ``SEND``
the value into the coroutine, or ``THROW`` it, an exception. Those of the reply:

==========  ======================================================================================
``SEND``    a line in the hart's ``mask`` is high after a request (also after one of a SERIES): the
``THROW``   kernel takes its interrupt, and then has the coroutine run on with the same ``how`` and
``GO_ON``   ``value``. Bit 7 of the mask counts as a line that is always high.
``ASKS``    the coroutine has yielded ``value``, which is none of the requests from LOAD to POLL
``ENDED``   it has returned ``value``
==========  ======================================================================================

What the coroutine raises is raised in the kernel. sim/plain_software.py says all of this in Python.

Software may return a generator: that is
the hart's software from then on, as after a jump (nothing is left above it to be resumed through).
"""

from __future__ import annotations

import functools
import importlib
import sys
from collections.abc import Callable, Generator
from typing import Any

from sim.ports import PORT_CLASSES, port_from_environment

LOAD, STORE, READ, WRITE, WAIT, SERIES, POLL, RUN = range(8)
SEND, THROW, GO_ON, ASKS, ENDED = range(5)
SOFT, TIMER, EXTERNAL = 1, 2, 4

Software = Generator[Any, Any, Any]


@functools.cache
def core_port() -> Any:
    """Return the core port, the way in that the environment names (see :mod:`sim.ports`).

    All of them have the functions of the extension, sim/native/core_port_module.c.
    """
    name, folder = port_from_environment()
    if name in PORT_CLASSES:
        module, _, kind = PORT_CLASSES[name].partition(":")
        return getattr(importlib.import_module(module), kind)(folder)
    sys.path.insert(0, folder)
    return importlib.import_module("_coreport")


class BusFault(Exception):
    """An access that the bus refused: ``response`` 2 is SLVERR, 3 is DECERR."""

    def __init__(self, address: int, response: int) -> None:
        name = {2: "SLVERR", 3: "DECERR"}.get(response, str(response))
        super().__init__(f"bus fault at 0x{address:08x}: {name}")
        self.address = address
        self.response = response


class Hart:
    """One hart: handed to its software, which needs nothing else of the bench.

    ``lines`` is a bytearray of one byte with the live interrupt lines (SOFT, TIMER, EXTERNAL);
    ``mask``, another one, is software's own: the lines that end a RUN.
    ``thread(name)`` shows a name (ASCII, 16 characters) as the running thread in waveform and
    records. ``event(name, a=0, b=0)`` puts a software event into the record stream; its watcher, if
    there is one of that name in ``watchers``, gets (clock, a, b) before. Both are the port's own.
    ``snapshot``, which the RTOS sets, says what its threads wait for (rtos_side/snapshot.py).
    """

    __slots__ = (
        "event",
        "hart_id",
        "index",
        "lines",
        "mask",
        "now",
        "snapshot",
        "thread",
        "watchers",
    )

    def __init__(self, index: int, hart_id: int) -> None:
        port = core_port()
        self.index = index
        self.hart_id = hart_id
        self.lines = bytearray(1)
        self.mask = bytearray(1)
        self.now: Callable[[], int] = port.now
        self.watchers: dict[str, Callable[[int, int, int], None]] = {}
        self.snapshot: Callable[[], dict[str, Any]] | None = None
        self.event: Callable[..., None] = functools.partial(port.event, index)
        self.thread: Callable[[str], None] = functools.partial(port.thread, index)
        self.faults(BusFault)

    def faults(self, kind: type[BaseException]) -> None:
        """Set the exception type, called with (address, response), for refused accesses."""
        core_port().attach(self.index, self.lines, self.mask, kind, self.watchers)
