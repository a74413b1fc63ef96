# SPDX-License-Identifier: Apache-2.0
# The rpmsg controller: Linux creates and closes clients, by names that are bound here.
#
# After the vendor's rpmsg_master.c and rpmsg_client.c of the RTOS, with its order of steps: for a
# client an endpoint of its own is announced, and once Linux has bound to it the command is sent
# back on it; Linux makes /dev/rpmsgN and acks there; only then the controller acks.

from rtos_side.hal import const
from rtos_side.kernel.errors import ENOSYS
from rtos_side.services.channel import Channel
from rtos_side.services.ctrl_layout import (
    ACK_NOENT,
    ACK_NOLISTEN,
    ACK_NOMEM,
    ACK_OK,
    CLOSE_CLIENT,
    CREATE_CLIENT,
    RESET_ALL_CLIENT,
    RESET_GRP_CLIENT,
    pack_ack,
    unpack_ack,
    unpack_command,
)
from rtos_side.services.names import CLIENT, CTRL
from rtos_side.services.worker import serve

THREAD = "ctrldev"
PRIORITY = const(6)
CLIENT_PRIORITY = const(9)

# How long Linux may take for its ack, in ms.
ACK_TIMEOUT = const(1000)


# One connection of a Linux client. priv is the user's.
class Client:
    def __init__(self, id, ctrl_id, listener, channel):
        self.id = id
        self.ctrl_id = ctrl_id
        self.name = listener.name
        self.listener = listener
        self.channel = channel
        self.priv = None

    # Send bytes to the program that has the client open. -> RL_SUCCESS or an error
    async def send(self, data):
        return await self.channel.send(data)


class Controller:
    def __init__(self, link, listeners):
        self._link = link
        self._listeners = listeners
        self._channel = Channel(link, CTRL)
        self.clients = []
        self._steps = {
            CREATE_CLIENT: self._create,
            CLOSE_CLIENT: self._close,
            RESET_GRP_CLIENT: self._reset_group,
            RESET_ALL_CLIENT: self._reset_all,
        }

    async def start(self):
        await self._channel.open()
        await serve(self._channel, THREAD, PRIORITY, self._command)

    # Messages of another length or with another command are ignored.
    async def _command(self, message):
        command = unpack_command(message)
        if command is None:
            return
        step = self._steps.get(command[3])
        if step is None:
            await self._link.log("rpmsg ctrldev: invalid command 0x%08x\n" % command[3])
            return
        name, id, ctrl_id, _ = command
        await step(name, id, ctrl_id, bytes(message))

    async def _ack(self, id, ack):
        await self._channel.send(pack_ack(id, ack))

    async def _create(self, name, id, ctrl_id, message):
        listener = self._listeners.find(name)
        if listener is None:
            await self._ack(id, ACK_NOLISTEN)
            return
        if listener.alive >= listener.count:
            await self._ack(id, ACK_NOENT)
            return
        channel = await self._connect(message)
        if channel is None:
            await self._ack(id, ACK_NOMEM)
            return
        client = Client(id, ctrl_id, listener, channel)
        if listener.bind is not None:
            listener.bind(client)
        listener.clients.insert(0, client)
        self.clients.insert(0, client)
        await self._serve(client)
        await self._ack(id, ACK_OK)

    # rpmsg_eptdev_create_client. -> the client's channel, or None when Linux does not answer or
    # does not agree
    async def _connect(self, message):
        channel = Channel(self._link, CLIENT)
        await channel.open()
        if await channel.wait_ready(ACK_TIMEOUT):
            await channel.send(message)
            answer = await channel.recv(ACK_TIMEOUT)
            ack = None if answer is None else unpack_ack(answer)
            if ack is not None and ack[1] == ACK_OK:
                return channel
        await self._link.log("rpmsg ctrldev: timeout wait master ack\n")
        await channel.close()
        return None

    async def _serve(self, client):
        async def handler(message):
            await client.listener.callback(client, message)

        await serve(client.channel, "rpmsg%d" % client.id, CLIENT_PRIORITY, handler)

    # Linux closes a client. The ack comes first; a client that does not exist gets none.
    async def _close(self, name, id, ctrl_id, message):
        for client in self.clients:
            if client.id == id:
                await self._ack(id, ACK_OK)
                await self._release(client)
                return
        await self._link.log("rpmsg ctrldev: client not exist, id=%d\n" % id)

    async def _release(self, client):
        self.clients.remove(client)
        client.listener.clients.remove(client)
        if client.listener.unbind is not None:
            client.listener.unbind(client)
        await client.channel.close()

    # All clients of a name go; the name stays bound.
    async def _reset_group(self, name, id, ctrl_id, message):
        listener = self._listeners.find(name)
        if listener is not None:
            await self._release_all(listener)
        await self._ack(0, ACK_OK)

    # All clients go, and all names with them, as in the original: they have to be bound anew.
    async def _reset_all(self, name, id, ctrl_id, message):
        for listener in self._listeners.all():
            await self.unbind(listener.name)
        await self._ack(0, ACK_OK)

    # rpmsg_client_unbind. -> 0, or -ENOSYS for a name that is not bound
    async def unbind(self, name):
        listener = self._listeners.find(name)
        if listener is None:
            return -ENOSYS
        self._listeners.remove(listener)
        await self._release_all(listener)
        return 0

    async def _release_all(self, listener):
        for client in list(listener.clients):
            await self._release(client)

    # The link is gone, and its clients with it.
    def forget(self):
        for client in self.clients:
            client.listener.clients.remove(client)
        self.clients = []
