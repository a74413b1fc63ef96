# SPDX-License-Identifier: Apache-2.0
"""Builds the kernel of ``--host linux`` from Debian's source package: about two minutes, once."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

from sim.cache import cached_build, content_key
from sim.errors import AmpsimError
from sim.linux_peer.requirements import SOURCE, check_packages

KERNEL_FILES = Path(__file__).parent / "kernel"
CONFIG = KERNEL_FILES / "uml.config"
PATCHES = sorted((KERNEL_FILES / "patches").glob("*.patch"))
KERNEL, SAMPLE = "linux", "rpmsg_client_sample.ko"
_SAMPLE_AT = Path("samples/rpmsg") / SAMPLE
# Parts of the source that no build of this architecture reads.
_LEFT_OUT = ("Documentation", "drivers/gpu", "drivers/net", "sound", "tools/testing", "fs/xfs")
# The kernel's own stamps: the same from build to build.
_STAMPS = {
    "KBUILD_BUILD_USER": "ampsim",
    "KBUILD_BUILD_HOST": "ampsim",
    "KBUILD_BUILD_TIMESTAMP": "2024-01-01 00:00:00 UTC",
    "KBUILD_BUILD_VERSION": "1",
}

Say = Callable[[str], None]


def build_kernel(say: Say) -> Path:
    """Return the folder with the kernel and the sample's module; builds them unless they are there.

    ``say`` is told of the steps of a build. Raises :class:`~sim.toolchain.ToolError` that names the
    missing packages, AmpsimError with the compiler's first error.
    """
    check_packages()

    def build(folder: Path) -> None:
        work = folder / "work"
        work.mkdir()
        say(f"unpacking {SOURCE}")
        source = _unpack(work)
        for patch in PATCHES:
            _do(["patch", "-s", "-p1", "-i", str(patch)], source)
        say("building the kernel (about two minutes)")
        output = work / "build"
        output.mkdir()
        _make(source, output)
        shutil.copy2(output / "vmlinux", folder / KERNEL)
        _do(["strip", "-g", str(output / _SAMPLE_AT)], work)
        shutil.copy2(output / _SAMPLE_AT, folder / SAMPLE)
        shutil.rmtree(work)

    return cached_build("linux-peer-kernel", _key(), build)


def _key() -> str:
    source = SOURCE.stat()
    compiler = subprocess.run(
        ["gcc", "-dumpfullversion", "-dumpmachine"], capture_output=True, text=True, check=False
    )
    settings = source.st_size, compiler.stdout, _LEFT_OUT, sorted(_STAMPS.items())
    return content_key([CONFIG, *PATCHES], *settings)


def _unpack(work: Path) -> Path:
    """Unpack what is needed; return the folder of the source."""
    name = SOURCE.name.removesuffix(".tar.xz")
    leave = [word for part in _LEFT_OUT for word in ("--exclude", f"{name}/{part}/*.[ch]")]
    _do(["tar", "-xf", str(SOURCE), *leave], work)
    return work / name


def _make(source: Path, output: Path) -> None:
    """Configure and build; a line of the configuration that a dependency took away is an error."""
    command = ["make", "-s", "ARCH=um", f"O={output}"]
    _do([*command, f"KCONFIG_ALLCONFIG={CONFIG}", "allnoconfig"], source)
    taken = (output / ".config").read_text().splitlines()
    for line in CONFIG.read_text().splitlines():
        if line.startswith("CONFIG_") and line not in taken:
            raise AmpsimError(
                f"{CONFIG.name}: expected the kernel to take {line}, found it dropped"
            )
    _do([*command, f"-j{os.cpu_count() or 1}", "all"], source)


def _do(command: list[str], folder: Path) -> None:
    """Run a step of the build; AmpsimError with the first error that it prints."""
    environment = {**os.environ, **_STAMPS, "LC_ALL": "C"}
    done = subprocess.run(
        ["nice", *command],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
    )
    if done.returncode:
        lines = (done.stderr or done.stdout).strip().splitlines() or ["it said nothing"]
        first = next((line for line in lines if "error" in line.lower()), lines[-1])
        raise AmpsimError(f"the Linux kernel does not build: {command[0]}: {first.strip()}")
