# SPDX-License-Identifier: Apache-2.0
# The hart as software sees it: bus accesses, waiting, interrupt lines, bus faults.
#
# Whatever touches the world is a request tuple, yielded outwards through all coroutines to the
# driver of the hart, which sends the reply back in. The tuples:
#
#   (LOAD, address, size)            size 1, 2, 4 or 8, aligned         -> int
#   (STORE, address, size, value)    size 1, 2, 4 or 8, aligned         -> None
#   (READ, address, length)          any alignment and length           -> bytes
#   (WRITE, address, data)           bytes, bytearray or memoryview     -> None
#   (WAIT, cycles, mask)             until so many cycles have passed or a line of the mask is high;
#                                    cycles -1: for ever; mask 0: no line ends it
#                                                                       -> cycles left, 0 if none
#   (SERIES, requests)               a tuple of those above, in a row   -> list of their replies
#   (POLL, requests, bits)           the same, a load first, again and again until what that has
#                                    read has one of the bits           -> what it has read
#
# A SERIES is what one after the other would be, interrupts in between included, but the coroutine
# is resumed only once. A refused access ends it. So it is with a POLL.
#
# The kernel has the driver run a coroutine by (RUN, coroutine, how, value) -> (how, value); see
# kernel/trampoline.py.

try:
    from micropython import const
except ImportError:

    def const(value):
        return value


# A generator function that yields requests and can be awaited. MicroPython makes no difference
# between generators and coroutines.
try:
    from types import coroutine
except ImportError:

    def coroutine(function):
        return function


LOAD = const(0)
STORE = const(1)
READ = const(2)
WRITE = const(3)
WAIT = const(4)
SERIES = const(5)
POLL = const(6)
RUN = const(7)

# How a coroutine runs on: with a reply, with an exception, or with what the driver has said before.
# Beside these a RUN ends because the coroutine asks for what is none of the requests from LOAD to
# POLL, or has returned.
SEND = const(0)
THROW = const(1)
GO_ON = const(2)
ASKS = const(3)
ENDED = const(4)

# Interrupt lines of a hart, as bits of hart.lines[0] and of the mask of WAIT.
SOFT = const(1)
TIMER = const(2)
EXT = const(4)

# In hart.mask[0], the lines that end a RUN: a bit that stands for a line that is always high.
ALWAYS_HIGH = const(0x80)

# AXI responses in a BusFault.
SLVERR = const(2)
DECERR = const(3)


# The bus refused an access. Thrown into the coroutine that asked for it.
class BusFault(Exception):
    def __init__(self, address, resp):
        name = {SLVERR: "SLVERR", DECERR: "DECERR"}.get(resp, "response %d" % resp)
        super().__init__("bus fault at 0x%x: %s" % (address, name))
        self.address = address
        self.resp = resp


# What a driver asks for each time, made once.
@coroutine
def perform(request):
    return (yield request)


@coroutine
def load(address, size):
    return (yield (LOAD, address, size))


@coroutine
def store(address, size, value):
    yield (STORE, address, size, value)


@coroutine
def read8(address):
    return (yield (LOAD, address, 1))


@coroutine
def read16(address):
    return (yield (LOAD, address, 2))


@coroutine
def read32(address):
    return (yield (LOAD, address, 4))


@coroutine
def write8(address, value):
    yield (STORE, address, 1, value)


@coroutine
def write16(address, value):
    yield (STORE, address, 2, value)


@coroutine
def write32(address, value):
    yield (STORE, address, 4, value)


# -> bytes
@coroutine
def read_block(address, length):
    return (yield (READ, address, length))


@coroutine
def write_block(address, data):
    yield (WRITE, address, data)


# Wait once. An interrupt ends it early: -> cycles left. To let an exact span of processor time pass
# whatever interrupts come, use kernel.spend().
@coroutine
def wait(cycles, mask):
    return (yield (WAIT, cycles, mask))
