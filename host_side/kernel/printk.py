# SPDX-License-Identifier: Apache-2.0
"""The kernel log: lines with timestamps, as dmesg shows them, and printk's rate limit."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import NamedTuple

EMERG, ALERT, CRIT, ERR, WARNING, NOTICE, INFO, DEBUG = range(8)


class Record(NamedTuple):
    """One message of the log. Each line of its text gets the timestamp (record_print_text)."""

    time_ns: int
    level: int
    text: str

    def __str__(self) -> str:
        seconds, rest = divmod(self.time_ns, 1_000_000_000)
        stamp = f"[{seconds:5d}.{rest // 1000:06d}] "
        return stamp + self.text.replace("\n", f"\n{stamp}")


class PrintkBuffer:
    """Ring of the latest records; ``listeners`` are called with each new one (the console).

    Consoles show records whose level is below ``console_loglevel`` (CONSOLE_LOGLEVEL_DEFAULT).
    """

    def __init__(self, now_ns: Callable[[], int], capacity: int = 4096) -> None:
        self.records: deque[Record] = deque(maxlen=capacity)
        self.listeners: list[Callable[[Record], None]] = []
        self.console_loglevel = DEBUG
        self._now_ns = now_ns

    def write(self, prefix: str, text: str, level: int = INFO) -> None:
        """Append a message; a device's ``prefix`` is "driver device" as dev_printk makes it."""
        line = f"{prefix}: {text}" if prefix else text
        record = Record(self._now_ns(), level, line)
        self.records.append(record)
        for listener in self.listeners:
            listener(record)

    def dmesg(self) -> str:
        """The whole log."""
        return "".join(f"{record}\n" for record in self.records)


class RateLimit:
    """DEFINE_RATELIMIT_STATE: at most ``burst`` messages in each ``interval_ns``.

    Defaults of include/linux/ratelimit_types.h: 10 in 5 s. Suppressed ones are only counted.
    """

    def __init__(self, interval_ns: int = 5_000_000_000, burst: int = 10) -> None:
        self._interval_ns = interval_ns
        self._burst = burst
        self._begin: int | None = None
        self._printed = 0
        self.missed = 0

    def allow(self, now_ns: int) -> bool:
        """A message may be printed now."""
        if self._begin is None or now_ns > self._begin + self._interval_ns:
            self._begin = now_ns
            self._printed = 0
            self.missed = 0
        if self._printed < self._burst:
            self._printed += 1
            return True
        self.missed += 1
        return False
