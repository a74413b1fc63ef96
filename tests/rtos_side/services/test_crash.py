# SPDX-License-Identifier: Apache-2.0
# Failing on purpose: what is seen from outside of each way.

from v821_bench import Bench

from rtos_side.hal import DECERR, WAIT
from rtos_side.services.crash import FAULT, LOOP, SILENT, crash

SRC = 1024


# Runs until the hart does nothing any more but turn in its endless loop, so many times.
def run_until_it_hangs(bench, body, turns=5):
    seen = []

    def serve(request, serve=bench.machine.serve):
        if request == (WAIT, 1000000, 0):
            seen.append(bench.kernel.clock.tick)
            bench.finished = len(seen) == turns
        else:
            assert not seen, f"the hart goes on after its crash: {request}"
        return serve(request)

    bench.machine.serve = serve
    bench.run(body)
    # 10 ms a turn, and no tick among them.
    assert seen == [seen[0]] * turns
    assert not bench.kernel.watched
    return bench.machine.hart.events


def test_a_fault_ends_in_the_exception_handler():
    bench = Bench()

    async def body():
        await bench.connect()
        await crash(bench.kernel, FAULT)
        raise AssertionError("the thread goes on")

    events = run_until_it_hangs(bench, body)
    assert events[-1][1:] == ("fault", 0xFFFFFFF0, DECERR)
    assert bench.trace().endswith("CPU exception in thread test: bus fault at 0xfffffff0: DECERR\n")


def test_a_fault_in_an_interrupt_does_too():
    bench = Bench()

    async def faulty(word):
        await crash(bench.kernel, FAULT)

    async def body():
        await bench.kernel.msgbox.listen(2, faulty)
        bench.local.push(2, 1)
        await bench.ms(5)

    run_until_it_hangs(bench, body)
    assert bench.trace().startswith("CPU exception in interrupt: ")


def test_a_loop_with_interrupts_off_answers_nothing():
    bench = Bench()

    async def body():
        await bench.connect()
        bench.linux.kick(1)
        await crash(bench.kernel, LOOP)

    run_until_it_hangs(bench, body)
    assert bench.local.fifos[0] == [1]


def test_a_mistake_of_the_software_still_ends_the_run():
    bench = Bench()

    async def body():
        raise KeyError("bug")

    try:
        bench.run(body)
        raise AssertionError("no panic")
    except Exception as panic:
        assert str(panic).startswith("thread test: KeyError: ")


# Silent: everything works, only no heartbeat comes.
def test_silence_is_a_missing_heartbeat_and_nothing_else():
    bench = Bench(heartbeat_ticks=10)

    async def body():
        await bench.connect()
        bench.linux.announce("sunxi,rpmsg_heartbeat", SRC)
        await bench.ms(35)
        await crash(bench.kernel, SILENT)
        bench.linux.receive()
        assert len(bench.linux.inbox.pop(SRC)) >= 3
        await bench.ms(100)
        assert bench.linux.take(SRC) is None
        bench.linux.send_to("sunxi,rpmsg_test", 1050, b"alive?")
        await bench.ms(2)
        assert bench.linux.take(1050) == b"alive?"

    bench.run(body)


# From Linux, by a service call: there is no answer, the core is gone.
def test_linux_can_crash_the_core_by_a_call():
    import struct

    bench = Bench()

    async def body():
        await bench.connect()
        call = struct.pack("<BBHHH16s", 1, 0, 1, LOOP, 0, b"crash")
        bench.linux.send_to("sunxi,service", 1100, call)
        await bench.ms(50)

    run_until_it_hangs(bench, body)
    assert bench.linux.take(1100) is None
