# SPDX-License-Identifier: Apache-2.0
# Linux on a V821, as far as the RTOS sees it: resource table, rings, kicks, channels. Written from
# the VirtIO and remoteproc texts; shares nothing with the port.
#
# It acts only when a test calls it, between two accesses of the remote.

import struct

from linux_master import Master

TABLE = 0x81370000
VDEV = TABLE + 0x60
VRING0 = 0x813C0000
VRING1 = 0x813C2000
BUFFERS = 0x81380000
NUM = 128

_STATUS = VDEV + 24

DRIVER_OK = 7
STOP = 0xF3F30301
NS = 0x35


# The table as the firmware has it: a carveout, then the vdev with the link-time notify ids.
def build_table(memory):
    any_address = 0xFFFFFFFF
    header = struct.pack("<IIIIII", 1, 2, 0, 0, 0x20, 0x60)
    carveout = struct.pack("<IIIIII32s", 0, any_address, any_address, 0x40000, 0, 0, b"vdev0buffer")
    vdev = struct.pack("<IIIIIIBBxx", 3, 7, 0, 1, 0, 0, 0, 2)
    for notifyid in (1, 2):
        vdev += struct.pack("<IIIII", any_address, 4096, NUM, notifyid, 0)
    memory.put_block(TABLE, header)
    memory.put_block(TABLE + 0x20, carveout)
    memory.put_block(VDEV, vdev)


class Linux:
    # kick: function(word), puts a word into the remote's FIFO
    def __init__(self, memory, kick, notify_ids=(0, 1)):
        self.memory = memory
        self.kick = kick
        self.master = None
        self.notify_ids = notify_ids
        # Channels that the remote has announced: name -> its address; messages to Linux by address.
        self.channels = {}
        self.announcements = []
        self.inbox = {}
        build_table(memory)

    # Before the remote starts: the notify ids.
    def prepare(self):
        memory = self.memory
        for i in range(2):
            memory.put(VDEV + 28 + 20 * i + 12, 4, self.notify_ids[i])

    # The driver probes: rings, features, DRIVER_OK, and one kick for the first ring.
    def probe(self):
        memory = self.memory
        self.prepare()
        memory.put(VDEV + 16, 4, 1)
        for ring in (VRING0, VRING1):
            memory.put_block(ring, bytes(0x2000))
        memory.put(VDEV + 28, 4, VRING0)
        memory.put(VDEV + 48, 4, VRING1)
        offsets = 16 * NUM, 0x1000
        self.master = Master(memory, VRING0, BUFFERS, NUM, offsets, VRING1 - VRING0)
        memory.put(_STATUS, 1, DRIVER_OK)
        self.kick(self.notify_ids[0])

    # The driver goes away.
    def leave(self):
        self.memory.put(_STATUS, 1, 0)

    # A message to an address of the remote, and the kick.
    def send(self, src, dst, payload):
        assert self.master.send(src, dst, payload), "no buffer is free on Linux's side"
        self.kick(self.notify_ids[1])

    # Sends to a channel by name.
    def send_to(self, name, src, payload):
        self.send(src, self.channels[name], payload)

    # Tells the remote of a channel of Linux, as drivers with announce do.
    def announce(self, name, src, flags=0):
        message = struct.pack("<32sII", name.encode(), src, flags)
        self.send(src, NS, message)

    # Takes everything in: announcements into channels, messages into the inbox of their address.
    def receive(self):
        while True:
            message = self.master.receive()
            if message is None:
                return
            src, dst, payload = message
            if dst == NS:
                name = payload[:32].split(b"\0")[0].decode()
                address, flags = struct.unpack("<II", payload[32:])
                assert address == src
                self.announcements.append((name, address, flags))
                if flags:
                    self.channels.pop(name, None)
                else:
                    self.channels[name] = address
            else:
                self.inbox.setdefault(dst, []).append(payload)

    # The oldest unread message to an address of Linux, or None.
    def take(self, address):
        self.receive()
        messages = self.inbox.get(address)
        return messages.pop(0) if messages else None
