# SPDX-License-Identifier: Apache-2.0
"""The board of the model's run: the project's, with rings of the size that the kernel is given.

The profile of both runs has Linux's work above the drivers cost nothing, as the kernel's own does
not: what is left of time is that of the bus and the interrupts. Nor does a visit to M-mode cost
anything: on V821 a kick with two of them would last as long as the RTOS takes to answer, and which
of both comes first would be up to the RTOS's tick.
"""

from __future__ import annotations

import re
import shutil
from pathlib import Path

from sim.boards import load_board
from sim.boards.profile import PROFILE_FILE
from sim.conformance.ring_map import BUFFER_BYTES, RINGS

BOARDS = ("visionfive2", "v821")
_ABOVE = ("context_switch", "syscall", "wake_to_run", "copy", "rpmsg_call", "app_loop")
_TICK = ("tick", "tick_softirq_min", "tick_softirq_max")
_M_MODE = ("m_trap", "sbi_call")
_FREE = {
    "visionfive2": (*_ABOVE, *_TICK, *_M_MODE),
    # Nor a timer interrupt: the mailbox framework has one for each kick.
    "v821": (*_ABOVE, *_TICK, *_M_MODE, "irq_entry", "irq_exit"),
}
_RING_SIZE = re.compile(r"(ampsim,vring-num = )<\d+>")
_PAGE = 4096
_VRINGS_AT, _VRING_BYTES = 0x81700000, 0x4000
"""V821: room for rings of 256 entries, which its own carveouts have not; nothing else is there."""


def write_board(folder: Path, name: str, ring: int) -> tuple[Path, Path]:
    """Write the devicetree and the profile into ``folder``; return both files."""
    folder.mkdir(parents=True, exist_ok=True)
    source = Path(load_board(name).source)
    board = folder / f"{name}.dts"
    board.write_text(_with_rings(source.read_text(), ring))
    shutil.copyfile(source.with_name(PROFILE_FILE), folder / PROFILE_FILE)
    profile = folder / "no-time.toml"
    profile.write_text("".join(f"[linux.{cost}]\nns = 0\n" for cost in _FREE[name]))
    return board, profile


def _with_rings(text: str, ring: int) -> str:
    """Return a devicetree with rings of that size, and with room for them and their buffers."""
    text = _RING_SIZE.sub(rf"\g<1><{ring}>", text)
    text = _moved(text, "vdev-buffers", None, max(len(RINGS) * BUFFER_BYTES * ring, _PAGE))
    for number in range(len(RINGS)):
        at = _VRINGS_AT + _VRING_BYTES * number
        text = _moved(text, f"vdev0vring{number}", at, _VRING_BYTES)
    return text


def _moved(text: str, name: str, at: int | None, size: int) -> str:
    """Give a node of that name, if there is one, another size and address."""
    node = re.compile(rf"({name})@([0-9a-f]+)( {{[^}}]*?reg = <0x0) 0x[0-9a-f]+ 0x0 0x[0-9a-f]+>")

    def write(found: re.Match[str]) -> str:
        base = int(found[2], 16) if at is None else at
        return f"{found[1]}@{base:x}{found[3]} {base:#x} 0x0 {size:#x}>"

    return node.sub(write, text)
