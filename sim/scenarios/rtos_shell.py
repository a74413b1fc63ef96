# SPDX-License-Identifier: Apache-2.0
"""The RTOS's shell, as a scenario types at it from Linux's script."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.errors import RunError

if TYPE_CHECKING:
    from sim.inside.session import Session

PROMPT = "msh >"
POLL_MS, POLLS = 4, 100


async def type_at_rtos(session: Session, line: str) -> str:
    """Type a line and return what it prints; RunError when the prompt does not come back.

    What other threads print before the next line is typed belongs to nobody.
    """
    console, linux = session.rtos_console, session.linux
    assert linux is not None
    before = len(console.text())
    console.send(f"{line}\r".encode())
    shown = ""
    for _ in range(POLLS):
        shown = console.text()[before:]
        output, prompt, _ = shown.removeprefix(line).partition("\n" + PROMPT)
        if prompt:
            return output.strip()
        await linux.kernel.msleep(POLL_MS)
    raise RunError(f"{session.scenario.name}: {line}: expected {PROMPT!r} again, found {shown!r}")
