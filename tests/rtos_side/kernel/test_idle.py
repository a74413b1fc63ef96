# SPDX-License-Identifier: Apache-2.0
# The idle thread: hooks in four slots, waiting for interrupts.

from kernel_bench import TICK, Bench

from rtos_side.kernel.errors import EFULL, ENOSYS, EOK, KernelPanic


def _hook(bench, name):
    async def hook():
        bench.note(name)

    return hook


def test_hooks_run_in_the_order_of_their_slots():
    bench = Bench()
    idle = bench.kernel.idle
    hooks = [_hook(bench, name) for name in "abcde"]
    assert [idle.set_hook(hook) for hook in hooks] == [EOK, EOK, EOK, EOK, -EFULL]
    assert idle.delete_hook(hooks[1]) == EOK
    assert idle.delete_hook(hooks[1]) == -ENOSYS
    assert idle.set_hook(hooks[4]) == EOK
    bench.run_cycles(TICK // 2)
    assert bench.log == ["a", "e", "c", "d"]


def test_hooks_run_once_after_each_interrupt():
    bench = Bench()
    bench.kernel.idle.set_hook(_hook(bench, "idle"))
    bench.run(4)
    assert len(bench.log) == bench.kernel.clock.tick + 1


def test_a_busy_thread_keeps_idle_from_running():
    bench = Bench()
    bench.kernel.idle.set_hook(_hook(bench, "idle"))

    async def busy():
        await bench.kernel.spend(3 * TICK)
        bench.note("done")

    bench.thread("busy", busy, 30)
    bench.run_cycles(3 * TICK + TICK // 2)
    assert bench.log == ["done", "idle"]


def test_a_hook_that_fails_is_a_panic_of_idle():
    bench = Bench()

    async def hook():
        raise ValueError("bad hook")

    bench.kernel.idle.set_hook(hook)
    try:
        bench.run(1)
    except KernelPanic as panic:
        assert str(panic) == "thread tidle0: ValueError: bad hook"
    else:
        raise AssertionError("the run went on")
