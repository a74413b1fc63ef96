# SPDX-License-Identifier: Apache-2.0
# Commands of the AMP system's services, under the vendor's names where it has them.

from rtos_side.finsh.commands import Command
from rtos_side.kernel.errors import EOK
from rtos_side.services.crash import KINDS, crash


async def _crash(shell, arguments):
    if len(arguments) != 1 or arguments[0] not in KINDS:
        await shell.console.write("Usage: crash %s\n" % "|".join(KINDS))
        return
    await crash(shell.kernel, KINDS.index(arguments[0]))


async def _list_listen(shell, arguments):
    await shell.console.write("name \t\t listen  alive\n")
    for listener in shell.kernel.amp.listeners.all():
        line = "%s \t\t %d  %d\n" % (listener.name.decode(), listener.count, listener.alive)
        await shell.console.write(line)


async def _list_epts(shell, arguments):
    await shell.console.write("name \t\t major \t\t src - dst\n")
    ctrl = shell.kernel.amp.ctrl
    for client in ctrl.clients if ctrl is not None else ():
        channel = client.channel
        await shell.console.write(
            "rpmsg%d \t\t %d \t\t 0x%2x - 0x%2x\n"
            % (client.id, client.ctrl_id, channel.ept.addr, channel.dst)
        )


# What a client that was bound by hand does with a message.
async def _echo(client, message):
    await client.send(message)


async def _bind(shell, arguments):
    if len(arguments) != 2 or not arguments[1].isdigit():
        await shell.console.write("Usage: eptdev_bind name count\n")
        return
    name = arguments[0].encode()
    if shell.kernel.amp.listeners.bind(name, _echo, int(arguments[1])) != EOK:
        await shell.console.write("eptdev_bind: %s cannot be bound\n" % arguments[0])


async def _unbind(shell, arguments):
    if len(arguments) != 1:
        await shell.console.write("Usage: eptdev_unbind name\n")
        return
    ctrl = shell.kernel.amp.ctrl
    if ctrl is None or await ctrl.unbind(arguments[0].encode()) != EOK:
        await shell.console.write("%s listen not exist!\n" % arguments[0])


async def _rpmsg_test(shell, arguments):
    test = shell.kernel.amp.test
    counts = (0, 0, 0) if test is None else (test.messages, test.bytes, test.failed)
    await shell.console.write("rpmsg_test: %d messages, %d bytes, %d failed\n" % counts)


async def _rpbuf_list(shell, arguments):
    rpbuf = shell.kernel.amp.rpbuf
    if rpbuf is None:
        return
    controller = rpbuf.controller
    for buffer in controller.live:
        if buffer is not None:
            line = "%2d %s %d 0x%x\n" % (
                buffer.id,
                buffer.name.decode(),
                buffer.length,
                buffer.address,
            )
            await shell.console.write(line)
    for kind, buffers in (("local", controller.local), ("remote", controller.remote)):
        for name in sorted(buffers):
            await shell.console.write(" - %s %s %d\n" % (name.decode(), kind, buffers[name].length))


def amp_commands():
    return [
        Command("crash", "fail on purpose: fault, loop or silent", _crash),
        Command("rpmsg_list_listen", "list listen", _list_listen),
        Command("rpmsg_list_epts", "list endpoints", _list_epts),
        Command("eptdev_bind", "bind rpmsg ept name", _bind),
        Command("eptdev_unbind", "unbind rpmsg ept name", _unbind),
        Command("rpmsg_test", "what the rpmsg test has counted", _rpmsg_test),
        Command("rpbuf_list", "list rpbuf buffers", _rpbuf_list),
    ]
