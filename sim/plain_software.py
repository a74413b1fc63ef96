# SPDX-License-Identifier: Apache-2.0
"""What SERIES and RUN mean, in plain requests: for whatever performs only those.

The core port's extension does the same in C (sim/native/hart_software.c). Runs on MicroPython, too,
where test machines of the RTOS need it.
"""

try:
    from typing import Any
except ImportError:  # in MicroPython, where annotations are never evaluated
    Any = None  # type: ignore[misc, assignment]

SERIES, RUN = 5, 6
SEND, THROW, GO_ON, ASKS, ENDED = range(5)
ALWAYS_HIGH = 0x80


def plain_software(software: "Any", lines: bytearray, mask: bytearray, rows: bool = False) -> "Any":
    """Return software that does the same as ``software``, and asks for loads to waits only.

    ``lines`` and ``mask`` are those of the hart. With ``rows`` it asks for what is performed in a
    row at once, too, by (SERIES, requests, mask).
    """
    perform = _at_once if rows else _perform
    reply: Any = None
    error: Any = None
    try:
        while True:
            try:
                request = software.send(reply) if error is None else software.throw(error)
            except StopIteration as stop:
                if not hasattr(stop.value, "send"):
                    return stop.value
                software, reply, error = stop.value, None, None
                continue
            reply = error = None
            kind = _kind(request)
            try:
                if kind == RUN and len(request) == 4:
                    reply = yield from _run(request, perform, lines, mask)
                elif kind == SERIES and type(request[1]) is tuple:
                    ends = request[2] & 7 if len(request) > 2 else 0
                    reply = yield from perform(request[1], [], lines, ends)
                else:
                    reply = yield request
            except Exception as raised:
                error = raised
    finally:
        software.close()


def _kind(request: "Any") -> int:
    """Return the kind of a request, -1 for what is none."""
    if type(request) is not tuple or len(request) < 2 or type(request[0]) is not int:
        return -1
    kind: int = request[0]
    return kind


def _perform(requests: "Any", replies: "Any", lines: bytearray, ends: int) -> "Any":
    """Perform what is left of a row, up to a reply at which a line in ``ends`` is high."""
    while len(replies) < len(requests):
        replies.append((yield requests[len(replies)]))
        if (lines[0] | ALWAYS_HIGH) & ends:
            break
    return replies


def _at_once(requests: "Any", replies: "Any", _lines: bytearray, ends: int) -> "Any":
    """Do the same by one request."""
    replies.extend((yield (SERIES, requests[len(replies) :], ends)))
    return replies


def _run(request: "Any", perform: "Any", lines: bytearray, mask: bytearray) -> "Any":
    """Run a frame until it ends, asks for what is no request of a hart, or a line calls."""
    _, frame, how, value = request
    while True:
        row: Any = None
        if how == GO_ON:
            row = value
        else:
            try:
                request = frame.throw(value) if how == THROW else frame.send(value)
            except StopIteration as stop:
                return ENDED, stop.value
            if not 0 <= _kind(request) <= SERIES:
                return ASKS, request
            how = SEND
            if request[0] == SERIES and type(request[1]) is tuple:
                row = (request[1], [])
                if not row[0]:
                    value = row[1]
                    continue
        how = SEND
        try:
            if row is None:
                value = yield request
            else:
                value = yield from perform(row[0], row[1], lines, mask[0])
                if len(value) < len(row[0]):
                    how, value = GO_ON, row
        except Exception as refused:
            how, value = THROW, refused
        if (lines[0] | ALWAYS_HIGH) & mask[0]:
            return how, value
