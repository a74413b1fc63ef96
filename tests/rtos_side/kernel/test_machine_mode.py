# SPDX-License-Identifier: Apache-2.0
# The kernel in M-mode: timer and IPIs taken directly, nothing charged for a firmware below.

from bare_machine import COSTS, PlainMachine, board
from kernel_bench import Bench

from rtos_side.hal import EXT, SOFT, STORE, wait
from rtos_side.kernel.kernel import Kernel
from rtos_side.sbi import send_ipi

CLINT = 0x02000000
TIMER_LOW = CLINT + 0x4000 + 8 * 4
OWN_MSIP = CLINT + 4 * 4

KERNEL_COSTS = ("trap_entry", "trap_exit", "context_switch", "tick", "ipc_call")


def machine_board(cost=10):
    return {"costs": dict.fromkeys(KERNEL_COSTS, cost), "privilege": "machine"}


class Watched(PlainMachine):
    def __init__(self, properties):
        PlainMachine.__init__(self, properties)
        self.stores = []

    def serve(self, request):
        if request[0] == STORE:
            self.stores.append(request[1:])
        return PlainMachine.serve(self, request)


def make_bench(cost=10):
    bench = Bench(cost, **machine_board(cost))
    bench.machine = Watched(bench.machine.board)
    bench.kernel = Kernel(bench.machine.hart, bench.machine.board)
    return bench


def test_the_costs_of_sbi_and_m_trap_are_not_needed():
    make_bench()
    supervisor = board()
    for name in ("m_trap", "sbi_call"):
        costs = dict.fromkeys(COSTS, 10)
        del costs[name]
        try:
            Kernel(PlainMachine(supervisor).hart, board(costs=costs))
            raise AssertionError("no error")
        except ValueError as error:
            assert str(error) == f"the timing profile has no cost {name!r} for the RTOS"


def test_an_unknown_privilege_is_refused():
    machine = PlainMachine(board())
    try:
        Kernel(machine.hart, board(privilege="user"))
        raise AssertionError("no error")
    except ValueError as error:
        assert str(error) == "privilege: expected supervisor or machine, found 'user'"


# 32-bit stores in the order that never lets a half-written value fire.
def test_the_timer_is_set_with_three_words():
    bench = make_bench()
    bench.run(1)
    period = bench.machine.board["timebase_hz"] // 1000
    assert bench.machine.stores[:3] == [
        (TIMER_LOW, 4, 0xFFFFFFFF),
        (TIMER_LOW + 4, 4, 0),
        (TIMER_LOW, 4, period),
    ]


# Each tick costs the trap and the handler, and no more: no M-mode, no call.
def test_ticks_come_and_cost_only_what_the_kernel_does():
    bench = make_bench(7)
    waits = []

    def serve(request, serve=bench.machine.serve):
        if request[0] == 4 and request[1] > 0:
            waits.append(request[1])
        return serve(request)

    bench.machine.serve = serve
    bench.run(10)
    assert 9 <= bench.kernel.clock.tick <= 10
    # Entry, tick and exit of each; besides that only the switches of the start.
    assert set(waits) == {7}
    assert 3 * 9 <= len(waits) <= 3 * 10 + 4


def test_the_own_ipi_is_cleared_by_a_store():
    bench = make_bench()
    taken = []

    async def isr():
        taken.append(bench.kernel.interrupt_nest)

    async def body():
        bench.kernel.install_isr(SOFT, isr)
        bench.machine.stores = []
        bench.machine.raise_line(SOFT)
        await bench.kernel.spend(1)
        assert taken == [1]
        assert (OWN_MSIP, 4, 0) in bench.machine.stores
        assert not bench.machine.hart.lines[0] & SOFT

    bench.thread("body", body)
    bench.run(1)
    assert taken == [1]


def test_an_ipi_is_a_store_into_msip():
    bench = make_bench()

    async def body():
        bench.machine.stores = []
        assert await send_ipi(0x6) == 0
        bench.note(bench.machine.stores)

    bench.thread("body", body)
    bench.run(1)
    assert bench.log == [[(CLINT + 4, 4, 1), (CLINT + 8, 4, 1)]]


# The order of the privileged architecture: external, software, timer.
def test_an_external_interrupt_goes_before_an_ipi():
    bench = make_bench()
    order = []

    async def external():
        order.append("ext")
        bench.machine.lower_line(EXT)

    async def software():
        order.append("soft")

    async def body():
        bench.kernel.install_isr(SOFT, software)
        bench.kernel.install_isr(EXT, external)
        bench.machine.raise_line(SOFT)
        bench.machine.raise_line(EXT)
        await bench.kernel.spend(1)

    bench.thread("body", body)
    bench.run(1)
    assert order == ["ext", "soft"]


# What follows a masked interrupt is never interrupted again, not even by the tick.
def test_masked_interrupts_stay_masked():
    bench = make_bench()

    async def body():
        bench.kernel.mask_interrupts()
        bench.machine.raise_line(EXT)
        while True:
            await wait(100000, 0)
            bench.note(bench.kernel.clock.tick)

    bench.thread("body", body)
    bench.run(8)
    assert len(bench.log) >= 7 and set(bench.log) == {0}
