# SPDX-License-Identifier: Apache-2.0
"""The text of /proc/interrupts and its neighbours."""

from __future__ import annotations

from host_side.kernel.interrupts import Interrupts, Ipi
from host_side.proc import interrupts_text, uptime_text, version_text
from tests.host_side.shell.user_rig import REMOTE, UserRig


def test_rows_are_formatted_as_the_kernel_prints_them() -> None:
    interrupts = Interrupts(3)
    interrupts.add("RISC-V INTC", 5, "Edge", "riscv-timer").counts[:] = [1234, 56, 7]
    interrupts.add("SiFive PLIC", 32, "Edge", "ttyS0").counts[0] = 42
    interrupts.ipis[Ipi.RESCHEDULE][:] = [401, 388, 1]
    interrupts.ipis[Ipi.AMP][0] = 12
    assert interrupts_text(interrupts) == (
        "           CPU0       CPU1       CPU2       \n"
        "  5:       1234         56          7  RISC-V INTC   5 Edge      riscv-timer\n"
        "  6:         42          0          0  SiFive PLIC  32 Edge      ttyS0\n"
        "IPI0:       401        388          1  Rescheduling interrupts\n"
        "IPI1:         0          0          0  Function call interrupts\n"
        "IPI2:         0          0          0  CPU stop interrupts\n"
        "IPI3:         0          0          0  IRQ work interrupts\n"
        "IPI4:         0          0          0  Timer broadcast interrupts\n"
        "IPI5:        12          0          0  AMP rpmsg interrupts\n"
    )


def test_amp_row_counts_the_messages_of_the_remote() -> None:
    rig = UserRig()

    def amp() -> list[str]:
        return rig.sh("cat /proc/interrupts | grep AMP")[1].split()

    before = int(amp()[1])
    rig.announce(b"rpmsg-raw", REMOTE)
    after = amp()
    # Each command of the bench and each message is one interrupt.
    assert int(after[1]) == before + 2
    assert after[0] == "IPI5:" and after[2:] == ["0", "0", "AMP", "rpmsg", "interrupts"]


def test_uptime_and_version() -> None:
    assert uptime_text(83_456_789_012, 160_000_000_000) == "83.45 160.00\n"
    assert version_text("5.15.0-x") == "Linux version 5.15.0-x (ampsim@buildroot) (Python) #1 SMP\n"
