# SPDX-License-Identifier: Apache-2.0
"""The process of a User-Mode Linux kernel: started the same way each time, ended for sure."""

from __future__ import annotations

import contextlib
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

from sim.errors import RunError

MEMORY_MIB = 64
# Of util-linux: it ends with the process that started it, and its addresses are not random.
_FIXED_AND_BOUND = ("setpriv", "--pdeathsig", "KILL", "setarch", "-R")
_TMPFS = "/dev/shm"
_TAIL_BYTES = 65536

# What the kernel says before it gives up, and what to do about it.
_HINTS = (
    ("set personality", "allow it fixed addresses (in a container: another seccomp profile)"),
    (
        "ptrace set fp regs failed",
        "this CPU has more registers than the kernel has room for: a larger HOST_FP_SIZE in "
        "sim/linux_peer/kernel/patches/0001 makes it",
    ),
    ("ptrace", "let it trace its processes (in a container: --cap-add SYS_PTRACE)"),
    ("PROT_EXEC", f"mount {_TMPFS} without noexec"),
    ("No space left", f"make room in {_TMPFS}"),
)


class KernelProcess:
    """The kernel in ``directory``, whose console goes to ``console``.

    All paths it is given are relative and its environment is fixed: what it has in memory does not
    depend on where the run's folder is. The process ends with this one. It leads a group in the
    session of this one: so it cannot make a session of its own, as it would
    (arch/um/os-Linux/main.c), and who ends the session ends all that it has made.
    """

    def __init__(self, kernel: Path, directory: Path, console: Path, words: Sequence[str]) -> None:
        self._console = console
        self._directory = directory
        command = [*_FIXED_AND_BOUND, str(kernel), f"mem={MEMORY_MIB}M", *words]
        try:
            self._process = self._start(command)
        except OSError as error:
            raise RunError(
                f"the Linux kernel cannot be started: {command[0]}: {error.strerror} "
                f"({_FIXED_AND_BOUND[0]} and setarch are of util-linux)"
            ) from None

    def _start(self, command: Sequence[str]) -> subprocess.Popen[bytes]:
        with self._console.open("wb") as output:
            return subprocess.Popen(
                command,
                cwd=self._directory,
                # glibc's rseq area is unmapped by the kernel's own processes: without it they run.
                env={"GLIBC_TUNABLES": "glibc.pthread.rseq=0", "HOME": ".", "TMPDIR": _TMPFS},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                process_group=0,
            )

    def alive(self) -> bool:
        """Tell whether the kernel is there."""
        return self._process.poll() is None

    def wait(self) -> int:
        """Return the exit code of a kernel that has let go of its clock."""
        return self._process.wait()

    def end(self) -> None:
        """Leave nothing of it behind."""
        with contextlib.suppress(ProcessLookupError):
            self._process.kill()
        self._process.wait()
        shutil.rmtree(self._directory / ".uml", ignore_errors=True)

    def last_words(self) -> str:
        """Return the console's line that says why it ended: a panic's, or the last one."""
        data = self._console.read_bytes()[-_TAIL_BYTES:].decode("utf-8", "replace")
        lines = [line.strip() for line in data.splitlines() if line.strip()]
        panics = [line for line in lines if "Kernel panic" in line]
        return (panics or lines or ["it said nothing"])[-1]

    def failure(self) -> RunError:
        """Return the error of a kernel that has ended by itself before its work was done."""
        code = self.wait()
        words = self.last_words()
        hint = next((f"; {advice}" for sign, advice in _HINTS if sign in words), "")
        how = f"signal {-code}" if code < 0 else f"exit code {code}"
        return RunError(f"the Linux kernel ended ({how}): {words}{hint}")
