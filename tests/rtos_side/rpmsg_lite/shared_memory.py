# SPDX-License-Identifier: Apache-2.0
# The shared memory as the master sees it, and a record of what the remote did to it.

from bare_machine import Ram

from rtos_side.hal import LOAD, READ, SERIES, STORE, WRITE

BASE = 0x6E400000
SIZE = 0x80000


# Appends an access: ("R" or "W", address, size, value) for a single one, ("r" or "w", address,
# data) for a block.
def note(log, request, reply):
    kind, address = request[0], request[1]
    if kind == LOAD:
        log.append(("R", address, request[2], reply))
    elif kind == STORE:
        log.append(("W", address, request[2], request[3]))
    elif kind == READ:
        log.append(("r", address, reply))
    elif kind == WRITE:
        log.append(("w", address, bytes(request[2])))


class Memory:
    def __init__(self, ram=None):
        self._ram = Ram(BASE, SIZE) if ram is None else ram
        self.log = []

    def get(self, address, size):
        return self._ram.load(address, size)

    def put(self, address, size, value):
        self._ram.store(address, size, value)

    def get_block(self, address, length):
        return self._ram.read(address, length)

    def put_block(self, address, data):
        self._ram.write(address, data)

    # Notes one request of the remote's hart, if it is an access to this memory.
    def record(self, request, reply):
        if BASE <= request[1] < BASE + SIZE:
            note(self.log, request, reply)

    # Carries out one single access, or several in a row, and notes each. -> reply
    def serve(self, request):
        if request[0] == SERIES:
            return [self.serve(one) for one in request[1]]
        reply = None
        if request[0] == LOAD:
            reply = self.get(request[1], request[2])
        else:
            assert request[0] == STORE, f"not a single access: {request}"
            self.put(request[1], request[2], request[3])
        self.record(request, reply)
        return reply


# Runs a coroutine that makes single accesses only, to its end. -> what it returned
def run(memory, coroutine):
    reply = None
    try:
        while True:
            reply = memory.serve(coroutine.send(reply))
    except StopIteration as stop:
        return stop.value
