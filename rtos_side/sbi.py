# SPDX-License-Identifier: Apache-2.0
# OpenSBI of one hart, as RT-Thread in S-mode sees it: environment calls and forwarded interrupts.
#
# IPIs and the timer belong to M-mode. It clears their cause and sets the pending bit of the
# supervisor, which is why both arrive later than an interrupt of the PLIC. Nothing interrupts
# M-mode here: its spans of time wait with mask 0, and what it does to its state is done when its
# requests have been performed.

from rtos_side.hal import EXT, SERIES, SOFT, STORE, TIMER, WAIT, const, coroutine

# The request kind of an environment call; the trampoline performs what ecall() below makes of it.
ECALL = const(9)

SEND_IPI = const(0)
SET_TIMER = const(1)

SBI_SUCCESS = const(0)

# CLINT: msip words from 0, mtimecmp double words from 0x4000, both by hart id.
CLINT_MTIMECMP = const(0x4000)


# sbi_send_ipi: interrupt the harts of a mask (bit n: hart n).
@coroutine
def send_ipi(hart_mask):
    return (yield (ECALL, SEND_IPI, hart_mask))


# sbi_set_timer: ask for the timer interrupt at a value of mtime, and drop a pending one.
@coroutine
def set_timer(deadline):
    return (yield (ECALL, SET_TIMER, deadline))


# A store of 1 to msip of each hart of a mask, in a row.
def raise_msip(clint, hart_mask):
    stores = ()
    while hart_mask:
        if hart_mask & 1:
            stores += ((STORE, clint, 4, 1),)
        hart_mask >>= 1
        clint += 4
    return stores


class Firmware:
    # Names in the timing profile that only this privilege needs.
    COSTS = ("m_trap", "sbi_call")
    # Lines that the kernel takes by itself; the others come through M-mode.
    LINES = EXT

    def __init__(self, hart, board):
        self._clint = board["clint"]
        self._mtimecmp = self._clint + CLINT_MTIMECMP + 8 * hart.hart_id
        self._call = (WAIT, board["costs"]["sbi_call"], 0)
        self._trap = (WAIT, board["costs"]["m_trap"], 0)
        clear_msip = (STORE, self._clint + 4 * hart.hart_id, 4, 0)
        self._trap_of_ipi = (SERIES, (self._trap, clear_msip))
        # What has been made for calls of send_ipi, by mask.
        self._send_ipi = {}
        # Lines that M-mode takes (mie), and interrupts pending for the supervisor (SSIP, STIP).
        self.enabled = SOFT
        self.pending = 0

    # One environment call, what one of the functions above has yielded. -> the request to perform
    # for it
    def ecall(self, call):
        if call[1] == SEND_IPI:
            return self._send_ipi.get(call[2]) or self._make_send_ipi(call[2])
        # Order of sbi_timer_event_start(): compare value, STIP off, MTIE on.
        self.pending &= ~TIMER
        self.enabled |= TIMER
        return (SERIES, (self._call, (STORE, self._mtimecmp, 8, call[2])))

    # sbi_clear_ipi (legacy extension), the kernel's own call: drop the pending software interrupt.
    # -> the request to perform for it
    def clear_ipi(self):
        self.pending &= ~SOFT
        return self._call

    def _make_send_ipi(self, hart_mask):
        request = (SERIES, (self._call,) + raise_msip(self._clint, hart_mask))
        self._send_ipi[hart_mask] = request
        return request

    # One M-mode trap; lines: what is high and enabled. -> the request to perform for it. An IPI
    # goes before the timer, as the privileged architecture orders MSI and MTI.
    def trap(self, lines):
        if lines & SOFT:
            self.pending |= SOFT
            return self._trap_of_ipi
        self.enabled &= ~TIMER
        self.pending |= TIMER
        return self._trap
