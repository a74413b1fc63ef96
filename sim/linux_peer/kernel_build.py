# SPDX-License-Identifier: Apache-2.0
"""Builds the kernel of ``--host linux`` from Debian's source package: about two minutes, once."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

from sim.cache import cached_build, content_key, find_cached
from sim.errors import AmpsimError
from sim.linux_peer.requirements import SOURCE, check_packages

KERNEL_FILES = Path(__file__).parent / "kernel"
CONFIG = KERNEL_FILES / "uml.config"
PATCHES = sorted((KERNEL_FILES / "patches").glob("*.patch"))
KERNEL, SAMPLE = "linux", "rpmsg_client_sample.ko"
_KIND = "linux-peer-kernel"
_SAMPLE_AT = Path("samples/rpmsg") / SAMPLE
# The kernel's own stamps: the same from build to build.
_STAMPS = {
    "KBUILD_BUILD_USER": "ampsim",
    "KBUILD_BUILD_HOST": "ampsim",
    "KBUILD_BUILD_TIMESTAMP": "2024-01-01 00:00:00 UTC",
    "KBUILD_BUILD_VERSION": "1",
}

# Half of the source, which this configuration reads nothing of: neither written nor removed.
_LEFT_OUT = (
    "drivers/gpu/drm/amd/*.[ch]",
    "drivers/net/ethernet/*.[ch]",
    "drivers/net/wireless/*.[ch]",
    "drivers/media/*.[ch]",
    "sound/*.[ch]",
    "tools/testing/*",
    "arch/arm*/*.dts*",
)

Say = Callable[[str], None]


def build_kernel(say: Say) -> Path:
    """Return the folder with the kernel and the sample's module; builds them unless they are there.

    ``say`` is told of the steps of a build. Raises :class:`.ToolError` that names the
    missing packages, AmpsimError with the compiler's first error.
    """
    check_packages()
    return cached_build(_KIND, _key(), lambda folder: _build(folder, say))


def built_kernel() -> Path | None:
    """Return the folder of a kernel that has been built, None without one."""
    return find_cached(_KIND, _key()) if SOURCE.exists() and shutil.which("gcc") else None


def _key() -> str:
    command = ["gcc", "-dumpfullversion", "-dumpmachine"]
    compiler = subprocess.run(command, capture_output=True, text=True, check=False).stdout
    settings = SOURCE.stat().st_size, compiler, sorted(_STAMPS.items())
    return content_key([CONFIG, *PATCHES], *settings)


def _build(folder: Path, say: Say) -> None:
    work = folder / "work"
    output = work / "build"
    output.mkdir(parents=True)
    say(f"unpacking {SOURCE}")
    source = work / SOURCE.name.removesuffix(".tar.xz")
    left_out = [f"--exclude={source.name}/{pattern}" for pattern in _LEFT_OUT]
    _do(["tar", "-xf", str(SOURCE), *left_out], work)
    for patch in PATCHES:
        _do(["patch", "-s", "-p1", "-i", str(patch)], source)
    say("building the kernel (about two minutes)")
    _make(source, output)
    shutil.copy2(output / "vmlinux", folder / KERNEL)
    _do(["strip", "-g", str(output / _SAMPLE_AT)], work)
    shutil.copy2(output / _SAMPLE_AT, folder / SAMPLE)
    shutil.rmtree(work)


def _make(source: Path, output: Path) -> None:
    """Configure and build; a line of the configuration that a dependency took away is an error."""
    command = ["make", "-s", "ARCH=um", f"O={output}"]
    _do([*command, f"KCONFIG_ALLCONFIG={CONFIG}", "allnoconfig"], source)
    taken = (output / ".config").read_text().splitlines()
    for line in CONFIG.read_text().splitlines():
        if line.startswith("CONFIG_") and line not in taken:
            raise AmpsimError(f"{CONFIG.name}: expected {line} to be taken, found it dropped")
    _do([*command, f"-j{os.cpu_count() or 1}", "all"], source)


def _do(command: list[str], folder: Path) -> None:
    """Run a step of the build; AmpsimError with the first error that it prints."""
    done = subprocess.run(
        command,
        cwd=folder,
        env={**os.environ, **_STAMPS, "LC_ALL": "C"},
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
    )
    if done.returncode:
        lines = (done.stderr or done.stdout).strip().splitlines() or ["it said nothing"]
        first = next((line for line in lines if "error:" in line.lower()), lines[-1])
        raise AmpsimError(f"the Linux kernel does not build: {command[0]}: {first.strip()}")
