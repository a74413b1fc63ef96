# SPDX-License-Identifier: Apache-2.0
# A hart that runs the RTOS in M-mode, with no firmware below: it takes its timer and IPIs itself.
#
# The counterpart of sbi.py: the same calls, carried out by the kernel's own accesses to the CLINT.
# There is no environment call and no forwarding trap, and nothing is charged for them.

from rtos_side.hal import EXT, SERIES, SOFT, STORE, TIMER
from rtos_side.sbi import CLINT_MTIMECMP, SEND_IPI, raise_msip

_HIGHEST = 0xFFFFFFFF


class Machine:
    # Names in the timing profile that only this privilege needs.
    COSTS = ()
    # Lines that the kernel takes by itself.
    LINES = SOFT | TIMER | EXT

    def __init__(self, hart, board):
        self._clint = board["clint"]
        msip = self._clint + 4 * hart.hart_id
        timer = self._clint + CLINT_MTIMECMP + 8 * hart.hart_id
        self._timer_low = timer
        self._timer_high = timer + 4
        self._clear_msip = (STORE, msip, 4, 0)
        # As in sbi.Firmware: nobody else takes a line, and what is pending shows on the lines.
        self.enabled = 0
        self.pending = 0

    # -> the request to perform for a call
    def ecall(self, call):
        if call[1] == SEND_IPI:
            return (SERIES, raise_msip(self._clint, call[2]))
        return self._set_timer(call[2])

    def clear_ipi(self):
        return self._clear_msip

    # A 64-bit compare value from a 32-bit hart, without an interrupt in between (RISC-V privileged
    # architecture, machine timer registers: low word to its maximum, high word, low word).
    def _set_timer(self, deadline):
        return (
            SERIES,
            (
                (STORE, self._timer_low, 4, _HIGHEST),
                (STORE, self._timer_high, 4, deadline >> 32),
                (STORE, self._timer_low, 4, deadline & _HIGHEST),
            ),
        )
