# SPDX-License-Identifier: Apache-2.0
# Mailboxes: order, urgent mail, full and empty boxes with waiting senders and readers.

from kernel_bench import Bench

from rtos_side.kernel.errors import EFULL, EOK, ERROR, ETIMEOUT
from rtos_side.kernel.ipc import FIFO, PRIO, Mailbox


def test_mails_keep_their_order_and_urgent_ones_go_first():
    bench = Bench()
    mailbox = Mailbox(bench.kernel, "mb", 4)

    async def body():
        for value in (1, 2):
            assert await mailbox.send(value) == EOK
        assert await mailbox.urgent(9) == EOK
        assert await mailbox.urgent(10) == EOK
        assert mailbox.entry == 4
        for _ in range(4):
            bench.note(await mailbox.recv(0))

    bench.thread("t", body)
    bench.run(1)
    assert bench.log == [(EOK, 10), (EOK, 9), (EOK, 1), (EOK, 2)]


def test_full_and_empty_are_errors_at_once_without_a_timeout():
    bench = Bench()
    mailbox = Mailbox(bench.kernel, "mb", 1)

    async def body():
        bench.note(await mailbox.recv(0))
        bench.note(await mailbox.send(1), await mailbox.send(2), await mailbox.urgent(3))
        bench.note(await mailbox.recv(0), bench.kernel.clock.tick)

    bench.thread("t", body)
    bench.run(1)
    assert bench.log == [(-ETIMEOUT, None), (EOK, -EFULL, -EFULL), ((EOK, 1), 0)]


def test_a_sender_waits_for_room():
    bench = Bench()
    mailbox = Mailbox(bench.kernel, "mb", 1)

    async def sender():
        for value in (1, 2, 3):
            bench.note("sent", await mailbox.send(value, -1), bench.kernel.clock.tick)

    async def reader():
        for _ in range(3):
            await bench.kernel.delay(2)
            bench.note("got", (await mailbox.recv())[1])

    bench.thread("sender", sender, 10)
    bench.thread("reader", reader, 20)
    bench.run(10)
    assert bench.log == [
        ("sent", EOK, 0),
        ("sent", EOK, 2),
        ("got", 1),
        ("sent", EOK, 4),
        ("got", 2),
        ("got", 3),
    ]


def test_waiting_senders_stand_in_order_of_the_flag():
    for flag, order in ((FIFO, [0, 1, 2, 3]), (PRIO, [0, 2, 3, 1])):
        bench = Bench()
        mailbox = Mailbox(bench.kernel, "mb", 1, flag)

        def sender(value, bench=bench, mailbox=mailbox):
            async def entry():
                await bench.kernel.delay(1 + value)
                assert await mailbox.send(value, -1) == EOK

            return entry

        for value, priority in ((0, 10), (1, 12), (2, 8), (3, 9)):
            bench.thread(f"s{value}", sender(value), priority)

        async def reader(bench=bench, mailbox=mailbox):
            await bench.kernel.delay(6)
            for _ in range(4):
                bench.note((await mailbox.recv())[1])

        bench.thread("reader", reader, 20)
        bench.run(10)
        assert bench.log == order


def test_waits_on_both_sides_give_up():
    bench = Bench()
    mailbox = Mailbox(bench.kernel, "mb", 1)

    async def body():
        bench.note(await mailbox.recv(3), bench.kernel.clock.tick)
        await mailbox.send(1)
        bench.note(await mailbox.send(2, 4), bench.kernel.clock.tick)

    bench.thread("t", body)
    bench.run(10)
    assert bench.log == [((-ETIMEOUT, None), 3), (-ETIMEOUT, 7)]
    assert mailbox.waiters == [] and mailbox.senders == []


# A woken reader looks again. Was somebody faster, it waits on for what is left of its time.
def test_a_robbed_reader_waits_only_for_the_rest_of_its_timeout():
    bench = Bench()
    mailbox = Mailbox(bench.kernel, "mb", 2)
    kernel = bench.kernel

    async def reader():
        bench.note("reader", await mailbox.recv(5), kernel.clock.tick)

    async def robber():
        await kernel.delay(3)
        await mailbox.send(1)
        bench.note("robber", await mailbox.recv(0))

    bench.thread("reader", reader, 20)
    bench.thread("robber", robber, 10)
    bench.run(10)
    assert bench.log == [("robber", (EOK, 1)), ("reader", (-ETIMEOUT, None), 5)]


# The room that a woken sender was promised may be gone when it runs.
def test_a_robbed_sender_waits_again():
    bench = Bench()
    mailbox = Mailbox(bench.kernel, "mb", 1)

    async def sender():
        await mailbox.send(1)
        bench.note("sender", await mailbox.send(2, 6), bench.kernel.clock.tick)

    async def robber():
        await bench.kernel.delay(2)
        bench.note(await mailbox.recv())
        bench.note(await mailbox.send(3), mailbox.entry)

    bench.thread("sender", sender, 20)
    bench.thread("robber", robber, 10)
    bench.run(10)
    assert bench.log == [(EOK, 1), (EOK, 1), ("sender", -ETIMEOUT, 6)]
    assert mailbox.entry == 1


def test_reset_and_delete_fail_both_sides():
    for call in ("reset", "delete"):
        bench = Bench()
        full, empty = Mailbox(bench.kernel, "full", 1), Mailbox(bench.kernel, "empty", 1)

        async def sender(full=full, bench=bench):
            await full.send(1)
            bench.note("sender", await full.send(2, -1))

        async def reader(empty=empty, bench=bench):
            bench.note("reader", await empty.recv())

        async def body(call=call, bench=bench, boxes=(full, empty)):
            await bench.kernel.delay(1)
            for box in boxes:
                assert await getattr(box, call)() == EOK

        bench.thread("sender", sender)
        bench.thread("reader", reader)
        bench.thread("body", body, 20)
        bench.run(3)
        assert bench.log == [("sender", -ERROR), ("reader", (-ERROR, None))]
        assert full.entry == (0 if call == "reset" else 1)
        kept = bench.kernel.objects.list("mailbox")
        assert kept == ([full, empty] if call == "reset" else [])


def test_size_is_checked():
    bench = Bench()
    try:
        Mailbox(bench.kernel, "mb", 0)
    except ValueError as error:
        assert str(error) == "mailbox mb: size 0 is not positive"
    else:
        raise AssertionError("accepted")


# Who still has a deleted mailbox in hand does not wait for it: nobody would end the wait.
def test_a_deleted_mailbox_is_not_waited_for():
    bench = Bench()
    mailbox = Mailbox(bench.kernel, "mb", 1)

    async def user():
        await mailbox.send(1)
        await mailbox.delete()
        bench.note(await mailbox.send(2, 10))
        bench.note(*await mailbox.recv())
        bench.note(*await mailbox.recv())

    bench.thread("user", user)
    bench.run(20)
    assert bench.log == [-ERROR, (0, 1), (-ERROR, None)]
