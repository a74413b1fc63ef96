# SPDX-License-Identifier: Apache-2.0
"""What a run with a real kernel needs, built once: ``python -m sim.linux_peer.build``."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

from sim.build.toolchain import ToolError
from sim.cache import cached_build, content_key
from sim.errors import AmpsimError
from sim.linux_peer.initramfs import archive, file, folder, link
from sim.linux_peer.kernel_build import (
    KERNEL,
    KERNEL_FILES,
    SAMPLE,
    Say,
    build_kernel,
    built_kernel,
)
from sim.linux_peer.requirements import BUSYBOX_PACKAGE, find_busybox

TOOL_SOURCE = KERNEL_FILES / "rpmsg_tool.c"
INIT = KERNEL_FILES / "init"
_BASE = "base.cpio"
_PROGRAM_MODE = 0o755
_FOLDERS = ("bin", "dev", "proc", "sys", "tmp")


class PeerFiles(NamedTuple):
    """The built files."""

    kernel: Path
    initramfs: Path


def build_peer(say: Say) -> PeerFiles:
    """Return the kernel and its initramfs; builds what is stale and tells ``say`` of it."""
    kernel = build_kernel(say)
    return PeerFiles(kernel / KERNEL, _build_initramfs(kernel / SAMPLE) / _BASE)


def built_peer() -> PeerFiles | None:
    """Return the kernel and its initramfs if the kernel has been built, else None."""
    kernel = built_kernel()
    if kernel is None or find_busybox() is None:
        return None
    return PeerFiles(kernel / KERNEL, _build_initramfs(kernel / SAMPLE) / _BASE)


def _build_initramfs(module: Path) -> Path:
    busybox = find_busybox()
    if busybox is None:
        raise ToolError(f"no static busybox: apt-get install {BUSYBOX_PACKAGE}")
    sources = [TOOL_SOURCE, INIT, busybox, module, Path(__file__)]

    def build(output: Path) -> None:
        tool = output / "rpmsg_tool"
        _compile(TOOL_SOURCE, tool)
        entries = [
            *(folder(name) for name in _FOLDERS),
            file("bin/busybox", busybox.read_bytes(), _PROGRAM_MODE),
            link("bin/sh", "busybox"),
            file("bin/rpmsg_tool", tool.read_bytes(), _PROGRAM_MODE),
            file("init", INIT.read_bytes(), _PROGRAM_MODE),
            file(SAMPLE, module.read_bytes()),
        ]
        (output / _BASE).write_bytes(archive(entries))

    return cached_build("linux-peer-initramfs", content_key(sources), build)


def _compile(source: Path, output: Path) -> None:
    command = ["gcc", "-O2", "-Wall", "-Wextra", "-static", "-s", "-o", str(output), str(source)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        lines = [line for line in done.stderr.splitlines() if "error" in line] or [done.stderr]
        raise AmpsimError(f"{source.name} does not compile: {lines[0].strip()}")


def main() -> int:
    """Build, say where the files are; 2 with a line about what is missing, 1 if interrupted."""
    try:
        files = build_peer(lambda text: print(f"linux-peer: {text}", flush=True))
    except AmpsimError as error:
        print(f"linux-peer: {error}", file=sys.stderr)
        return error.exit_code
    except KeyboardInterrupt:
        print("linux-peer: interrupted", file=sys.stderr)
        return 1
    print(f"linux-peer: {files.kernel}")
    print(f"linux-peer: {files.initramfs}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
