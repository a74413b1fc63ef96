# SPDX-License-Identifier: Apache-2.0
"""``ampsim console`` in a process of its own, for tests that type into its ptys."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import serial

from sim.inside.parent import end_with_parent

PATIENCE_S = 180


@contextmanager
def running_console(out: Path, *options: str) -> Iterator[dict[str, str]]:
    """Yields the path of each side's pty; Ctrl-C ends the console then, cleanly."""
    command = [sys.executable, "-m", "sim.cli", "console", "--out", str(out), *options]
    process = subprocess.Popen(
        command,
        stdout=subprocess.DEVNULL,
        preexec_fn=end_with_parent,  # noqa: PLW1509 - of this test, should it be killed
    )
    announced = out / "console.json"
    deadline = time.monotonic() + PATIENCE_S
    try:
        while not announced.exists():
            assert time.monotonic() < deadline and process.poll() is None
            time.sleep(0.05)
        yield json.loads(announced.read_text())
        process.send_signal(signal.SIGINT)
        assert process.wait(30) == 0
    finally:
        process.kill()
        process.wait()


def read_until(port: serial.Serial, pattern: str) -> str:
    """What comes over the line until the pattern does."""
    text, deadline = "", time.monotonic() + PATIENCE_S
    while not re.search(pattern, text):
        assert time.monotonic() < deadline, f"waited for {pattern!r}, read {text!r}"
        text += port.read(max(1, port.in_waiting)).decode()
    return text
