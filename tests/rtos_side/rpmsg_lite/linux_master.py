# SPDX-License-Identifier: Apache-2.0
# A VirtIO driver (the master's side) written from the VirtIO text alone; shares nothing with the
# port.
#
# Split virtqueue: the driver writes descriptors and the avail ring, the device the used ring. Queue
# 0 carries messages from the remote into buffers that the driver offers, queue 1 the other way.

HEADER = 16
BUFFER = 512


class Ring:
    def __init__(self, memory, base, num, avail, used):
        self.memory = memory
        self.num = num
        self.desc = base
        self.avail = base + avail
        self.used = base + used
        self.avail_idx = 0
        self.last_used = 0

    # Offers a buffer to the device.
    def offer(self, index, address, length, device_writes):
        memory = self.memory
        at = self.desc + 16 * index
        memory.put(at, 8, address)
        memory.put(at + 8, 4, length)
        memory.put(at + 12, 2, 2 if device_writes else 0)
        memory.put(self.avail + 4 + 2 * (self.avail_idx % self.num), 2, index)
        self.avail_idx = (self.avail_idx + 1) % 65536
        memory.put(self.avail + 2, 2, self.avail_idx)

    # The next descriptor that the device has finished with: (index, length), or None.
    def take(self):
        memory = self.memory
        if memory.get(self.used + 2, 2) == self.last_used:
            return None
        at = self.used + 4 + 8 * (self.last_used % self.num)
        self.last_used = (self.last_used + 1) % 65536
        return memory.get(at, 4), memory.get(at + 4, 4)


class Master:
    # offsets: of (avail, used) in a ring; ring_size: from one ring to the next. start: the value of
    # every index at the beginning (a test of the wrap starts near 65536).
    def __init__(self, memory, rings, buffers, num, offsets, ring_size, start=0):
        self.memory = memory
        self.buffers = buffers
        self.num = num
        self.rx = Ring(memory, rings, num, offsets[0], offsets[1])
        self.tx = Ring(memory, rings + ring_size, num, offsets[0], offsets[1])
        for ring in (self.rx, self.tx):
            ring.avail_idx = ring.last_used = start
            memory.put(ring.avail + 2, 2, start)
            memory.put(ring.used + 2, 2, start)
        self.free = list(range(num))
        for index in range(num):
            self.rx.offer(index, buffers + BUFFER * index, BUFFER, True)
        memory.put(self.tx.avail, 2, 1)

    def tx_buffer(self, index):
        return self.buffers + BUFFER * (self.num + index)

    # Takes back the transmit buffers that the remote has returned.
    def reclaim(self):
        while True:
            done = self.tx.take()
            if done is None:
                return
            assert done[0] not in self.free, f"descriptor {done[0]} returned twice"
            self.free.append(done[0])

    # Sends one message. -> False if every buffer is with the remote
    def send(self, src, dst, payload):
        self.reclaim()
        if not self.free:
            return False
        index = self.free.pop(0)
        at = self.tx_buffer(index)
        memory = self.memory
        memory.put(at, 4, src)
        memory.put(at + 4, 4, dst)
        memory.put(at + 8, 4, 0)
        memory.put(at + 12, 2, len(payload))
        memory.put(at + 14, 2, 0)
        memory.put_block(at + HEADER, payload)
        self.tx.offer(index, at, HEADER + len(payload), False)
        return True

    # The next message of the remote: (src, dst, payload), or None. Its buffer is offered again.
    def receive(self):
        done = self.rx.take()
        if done is None:
            return None
        index, length = done
        memory = self.memory
        at = self.buffers + BUFFER * index
        size = memory.get(at + 12, 2)
        assert length <= BUFFER and size <= length - HEADER, f"bad lengths: {size} in {length}"
        message = memory.get(at, 4), memory.get(at + 4, 4), memory.get_block(at + HEADER, size)
        self.rx.offer(index, at, BUFFER, True)
        return message
