# SPDX-License-Identifier: Apache-2.0
"""What crosses the two pipes between the core's driver and MicroPython; both sides import this.

All words are 64 bits, little-endian. MicroPython asks in frames of four words, and every write of
its ends with one that wants a reply (a request of the hart, or one of those of the interpreter);
events that happened before it come first, in the same write. A reply has three words.

==========  ==================  ==================  ================  ==========================
frame       word 1              word 2              word 3            reply's value
==========  ==================  ==================  ================  ==========================
LOAD        address             size                                  what was read
STORE       address             size                value             0
READ        address             length                                0; so many bytes follow
WRITE       address             length, data after                    0
WAIT        cycles              mask                                  cycles left
SERIES      number of requests  mask                                  how many are done
POLL        number of requests  mask | done << 8    bits              what was read
EVENT       number of a name    a                   b                 (none)
THREAD      number of a name                                          (none)
NAME        length, text after                                        0; numbers count from 0
STAT        length, path after                                        ABSENT, FOLDER or FILE
OPEN        length, path after                                        length; the file follows
STARTED     bytes alive         has a snapshot                        0
MEMORY      bytes at most       bytes alive                           (none)
SNAPSHOT    length, text after  is JSON, not why                      (none)
ENDED       length, text after  phase                                 (none); MicroPython exits
==========  ==================  ==================  ================  ==========================

A SERIES is followed by the frames of its requests, LOAD to WAIT. It ends early after the one at
which an interrupt line in the mask is high (sim/core.py). Behind its reply there is a word for each
LOAD and WAIT that is done, then the bytes of each READ. So is a POLL, but nothing is behind its
reply. Where a line ends it the status is BEGUN, and the value how many requests of this turn are
done.

Reply: (status | interrupt lines << 8 | polls << 16, value, clock); polls is 1 where the next reply
is to be polled for. With FAULT the value is the address of the refused access and its response <<
32; with REFUSED it is a length, and so many bytes say why; with QUERY a frame of the kind in value
is wanted, MEMORY or SNAPSHOT, and the reply that was waited for is still to come.

Where both sides can, frames and replies lie in memory that they share: there the frames of a write,
and how many bytes they are, with the number of the write last; a reply, and how many bytes of what
is behind it are there, too (the words of a row of fewer than ROW words, that reads no block), with
its number last. All other bytes go through the pipes as ever. Who sleeps says so, and is woken by a
byte in another pipe.
"""

# Requests of a hart, as in sim.core.
LOAD = 0
STORE = 1
READ = 2
WRITE = 3
WAIT = 4
SERIES = 5
POLL = 6

# What happens between two requests.
EVENT = 8
THREAD = 9
NAME = 10

# The interpreter's own.
STAT = 16
OPEN = 17
STARTED = 18
MEMORY = 19
ENDED = 20
SNAPSHOT = 21

ASK_BYTES = 32
REPLY_WORDS = 3
REPLY_BYTES = 24

# Status of a reply.
DONE = 0
FAULT = 1
REFUSED = 2
QUERY = 3
BEGUN = 4

# The words behind the reply to a row that are read together with it.
ROW = 64

# Where what lies in the shared memory, in halves of 32 bits: first the hart's own, then the port's.
SHARED_BYTES = 8192
ASKED = 0
ASKED_BYTES = 1
HART_SLEEPS = 2
REPLIED = 16
TAKEN = 17
PORT_SLEEPS = 18
BEHIND_BYTES = 19
REPLY = 32
FILLED = 240  # the hart's alone: bytes of frames that wait to go out,
SEEN = 241  # and the number of the last reply that it has looked at
FRAMES = 256

# Answers to STAT.
ABSENT = 0
FOLDER = 1
FILE = 2

# Phases, for ENDED: in which of them an exception came, or that the software has returned.
LOADING = 0
RUNNING = 1
RETURNED = 2
