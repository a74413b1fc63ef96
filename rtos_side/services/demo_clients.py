# SPDX-License-Identifier: Apache-2.0
# Names that Linux can create clients for from the start: the vendor's demo and test.

# Name, clients at a time (rpmsg_test -M: 10 by default).
DEMO = (b"rpmsg_demo", 5)
TEST = (b"rpmsg_test", 10)


# Send every message back.
async def echo(client, message):
    await client.send(message)


# For rpmsg_test: the last 16 bytes are the MD5 of the others. A message that is damaged is counted,
# and sent back as it came.
def checked_echo(test):
    async def callback(client, message):
        await test.count(message)
        await client.send(message)

    return callback


def bind(listeners, test):
    listeners.bind(DEMO[0], echo, DEMO[1])
    listeners.bind(TEST[0], checked_echo(test), TEST[1])
