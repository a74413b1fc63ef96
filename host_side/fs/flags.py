# SPDX-License-Identifier: Apache-2.0
"""Open flags and poll events with the numbers of asm-generic (what RISC-V Linux uses)."""

from __future__ import annotations

from enum import IntFlag

O_RDONLY = 0
O_WRONLY = 1
O_RDWR = 2
O_ACCMODE = 3
O_CREAT = 0o100
O_TRUNC = 0o1000
O_APPEND = 0o2000
O_NONBLOCK = 0o4000


class Poll(IntFlag):
    """Event bits of poll(2) and epoll(7)."""

    IN = 0x001
    PRI = 0x002
    OUT = 0x004
    ERR = 0x008
    HUP = 0x010
    RDNORM = 0x040
    WRNORM = 0x100


POLL_ALWAYS = Poll.IN | Poll.OUT | Poll.RDNORM | Poll.WRNORM
"""What a file without a poll operation reports (DEFAULT_POLLMASK)."""
