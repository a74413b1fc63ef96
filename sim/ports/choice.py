# SPDX-License-Identifier: Apache-2.0
"""Which way into the core port a run takes on this machine; builds what it needs."""

from __future__ import annotations

from sim.build.native import build_core_port, build_extension, has_extension, no_headers_text
from sim.ports import FOLDER_VARIABLE, PORT_VARIABLE


def usable_port(wanted: str) -> str:
    """Return ``wanted``, or ``"ctypes"`` where the extension cannot be built."""
    return "ctypes" if wanted == "extension" and not has_extension() else wanted


def port_hint(wanted: str) -> str | None:
    """Return one line on what a run lacks that cannot have the port it wants, else None."""
    if usable_port(wanted) == wanted:
        return None
    return f"{no_headers_text()} (the slower port {usable_port(wanted)} is used)"


def port_environment(port: str) -> dict[str, str]:
    """Return the variables that tell :func:`sim.core.core_port` what to load; builds it.

    Raises :class:`~sim.build.toolchain.ToolError` without a C compiler.
    """
    port = usable_port(port)
    folder = build_extension() if port == "extension" else build_core_port()
    return {PORT_VARIABLE: port, FOLDER_VARIABLE: str(folder)}
