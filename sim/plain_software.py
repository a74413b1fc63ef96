# SPDX-License-Identifier: Apache-2.0
"""What SERIES, POLL and RUN mean, in plain requests: for whatever performs only those.

The core port's extension does the same in C (sim/native/hart_software.c). Runs on MicroPython, too,
where test machines of the RTOS need it.
"""

try:
    from typing import Any
except ImportError:  # in MicroPython, where annotations are never evaluated
    Any = None  # type: ignore[misc, assignment]

LOAD, SERIES, POLL, RUN = 0, 5, 6, 7
SEND, THROW, GO_ON, ASKS, ENDED = range(5)
ALWAYS_HIGH = 0x80


def plain_software(software: "Any", lines: bytearray, mask: bytearray) -> "Any":
    """Return software that does the same as ``software``, and asks for loads to waits only.

    ``lines`` and ``mask`` are those of the hart.
    """
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
                    reply = yield from _run(request, lines, mask)
                elif _is_row(request):
                    mine = request[2:] if kind == SERIES else request[3:]
                    row = _row_of(request)
                    row[1].extend([None] * (mine[1] if len(mine) > 1 else 0))
                    reply = yield from _perform(row, lines, mine[0] & 7 if mine else 0)
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


def _is_row(request: "Any") -> bool:
    """Tell whether it is a SERIES or a POLL: else it is refused by who performs requests."""
    kind = _kind(request)
    if kind == SERIES:
        return type(request[1]) is tuple
    if kind != POLL or len(request) < 3 or type(request[1]) is not tuple:
        return False
    done = request[4] if len(request) > 4 else 0
    return bool(done < len(request[1]) and request[2] and _kind(request[1][0]) == LOAD)


def _row_of(request: "Any") -> "tuple[Any, list[Any], int]":
    """Return its requests, the replies to those that are done, and the bits of a POLL or 0."""
    return request[1], [], request[2] if request[0] == POLL else 0


def _perform(row: "Any", lines: bytearray, ends: int) -> "Any":
    """Perform what is left of a row, up to a reply at which a line in ``ends`` is high."""
    requests, replies, bits = row
    while len(replies) < len(requests):
        replies.append((yield requests[len(replies)]))
        if bits and len(replies) == 1 and replies[0] & bits:
            return replies[0]
        if bits and len(replies) == len(requests):
            del replies[:]
        if (lines[0] | ALWAYS_HIGH) & ends:
            break
    return replies


def _run(request: "Any", lines: bytearray, mask: bytearray) -> "Any":
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
            if not 0 <= _kind(request) <= POLL:
                return ASKS, request
            if _is_row(request):
                row = _row_of(request)
                if not row[0]:
                    value, how = row[1], SEND
                    continue
        how = SEND
        try:
            if row is None:
                value = yield request
            else:
                value = yield from _perform(row, lines, mask[0])
                if value is row[1] and (row[2] or len(value) < len(row[0])):
                    how, value = GO_ON, row
        except Exception as refused:
            how, value = THROW, refused
        if (lines[0] | ALWAYS_HIGH) & mask[0]:
            return how, value
