# SPDX-License-Identifier: Apache-2.0
# A plain memory that records every access, and a way to run a coroutine over it without a kernel.

BASE = 0x6E400000
SIZE = 0x40000


class Memory:
    def __init__(self, base=BASE, size=SIZE):
        self.base = base
        self.bytes = bytearray(size)
        # ("R" or "W", address, size, value) of single accesses, ("r" or "w", address, data) of
        # blocks.
        self.log = []

    def get(self, address, size):
        at = address - self.base
        assert 0 <= at <= len(self.bytes) - size, f"load outside memory: {address:#x}"
        return int.from_bytes(self.bytes[at : at + size], "little")

    def put(self, address, size, value):
        at = address - self.base
        assert 0 <= at <= len(self.bytes) - size, f"store outside memory: {address:#x}"
        self.bytes[at : at + size] = value.to_bytes(size, "little")

    def get_block(self, address, length):
        at = address - self.base
        assert 0 <= at <= len(self.bytes) - length, f"read outside memory: {address:#x}"
        return bytes(self.bytes[at : at + length])

    def put_block(self, address, data):
        at = address - self.base
        assert 0 <= at <= len(self.bytes) - len(data), f"write outside memory: {address:#x}"
        self.bytes[at : at + len(data)] = data

    # Answers one request of a hart (the tuples of the hart contract), recording it.
    def serve(self, request):
        kind = request[0]
        address = request[1]
        if kind == 0:
            value = self.get(address, request[2])
            self.log.append(("R", address, request[2], value))
            return value
        if kind == 1:
            self.log.append(("W", address, request[2], request[3]))
            return self.put(address, request[2], request[3])
        if kind == 2:
            data = self.get_block(address, request[2])
            self.log.append(("r", address, data))
            return data
        assert kind == 3, f"not a memory access: {request}"
        self.log.append(("w", address, bytes(request[2])))
        return self.put_block(address, request[2])


# Runs a coroutine that only touches memory, to its end. -> what it returned
def run(memory, coroutine):
    reply = None
    try:
        while True:
            reply = memory.serve(coroutine.send(reply))
    except StopIteration as stop:
        return stop.value
