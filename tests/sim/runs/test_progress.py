# SPDX-License-Identifier: Apache-2.0
"""Progress comes seldom, but the first of the work and the last of the run always come."""

from __future__ import annotations

import os

from sim.runs.progress import PROGRESS_FD, Progress, ProgressPipe


def test_first_and_last_are_sent_however_soon(monkeypatch):
    reader, writer = os.pipe()
    monkeypatch.setenv(PROGRESS_FD, str(writer))
    pipe = ProgressPipe()
    for done in (0, 0, 7, 8, 9):
        pipe.send(Progress(done, 10, 100 * done, "running"))
    pipe.send(Progress(10, 10, 1000, "running"), last=True)
    os.close(writer)
    with os.fdopen(reader, "rb") as lines:
        assert [Progress.parse(line).done for line in lines] == [0, 7, 10]
