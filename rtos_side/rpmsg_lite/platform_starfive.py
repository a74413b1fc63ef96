# SPDX-License-Identifier: Apache-2.0
# JH-7110, first generation: a mailbox in shared memory and inter-processor interrupts through SBI.
#
# The mailbox is five arrays of sixteen words; only channel 0 is in use. In the RTOS's view
#
#   0x00 tx_status | 0x40 rx_status | 0x80 reserved | 0xC0 tx_ch | 0x100 rx_ch
#
# and Linux sees tx and rx the other way round. A status goes READY -> BUSY (sender) -> DONE
# (receiver) -> READY (sender). The words say nothing about which queue is meant: BUSY is always
# "the receiver has mail", DONE is always "the sender's mail was taken".

from rtos_side.hal import LOAD, SERIES, SOFT, STORE, const, coroutine
from rtos_side.rpmsg_lite.env import (
    env_isr,
    env_register_isr,
    env_set_ready,
    env_unregister_isr,
)
from rtos_side.rpmsg_lite.layout import align_up, vring_init
from rtos_side.rpmsg_lite.resource_table import driver_ok, find_vdev, read_vdev, table_there
from rtos_side.sbi import ECALL, SEND_IPI

TX_STATUS = const(0x00)
RX_STATUS = const(0x40)
TX_CH = const(0xC0)

S_READY = const(0)
S_BUSY = const(1)
S_DONE = const(2)

VECTOR_TX = const(0)
VECTOR_RX = const(1)


# The accesses of the driver, made once, and the IPI that goes with a message.
class Mailbox:
    def __init__(self, base, linux_hart_mask):
        self.base = base
        self.load_tx_status = (LOAD, base + TX_STATUS, 4)
        self.load_rx_status = (LOAD, base + RX_STATUS, 4)
        self.rx_done = (STORE, base + RX_STATUS, 4, S_DONE)
        # The status that is looked at next is the other one.
        self.tx_ready = (SERIES, ((STORE, base + TX_STATUS, 4, S_READY), self.load_rx_status))
        self.send_ipi = (ECALL, SEND_IPI, linux_hart_mask)


# One user at a time: a second instance would take the vectors of the first.
SHARED_LINK = False


# What rpmsg_lite_remote_init() is called with. A Linux that chooses the place of its rings says it
# in a resource table; else they are where the devicetree puts them.
def platform_shmem(env):
    return env.config.get("resource_table") or env.config["vring_base"]


# Clears this side's view of the mailbox and takes over the software interrupt. Where there is a
# table, waits for Linux's driver as rproc_virtio_wait_remote_ready does: a status polled each 1 ms.
async def platform_init(env):
    env.mailbox = Mailbox(env.config["mailbox"], env.config["linux_hart_mask"])
    env.kernel.install_isr(SOFT, lambda: rpmsg_handler(env))
    await _gen_sw_mailbox_init(env.mailbox.base)
    env.vdev = None
    table = env.config.get("resource_table")
    if table is not None:
        env.vdev = await _wait_for_driver(env.kernel, table)
        # The kick that made the link may have come before this side listened.
        await env_set_ready(env)


# -> the rpmsg entry of the table, once it says DRIVER_OK
async def _wait_for_driver(kernel, table):
    while not await table_there(table):
        await kernel.mdelay(1)
    address = await find_vdev(table)
    while not await driver_ok(address):
        await kernel.mdelay(1)
    return await read_vdev(address)


@coroutine
def _gen_sw_mailbox_init(mailbox):
    yield (STORE, mailbox + RX_STATUS, 4, S_READY)
    yield (STORE, mailbox + TX_STATUS, 4, S_READY)


# The rings of a link: (vector, base, num, alignment, avail aligned) of both; without a table the
# second straight after the first.
def platform_get_vrings(env, shmem_addr, link_id):
    config = env.config
    vector = link_id << 1
    if env.vdev is not None:
        aligned = config["avail_aligned"]
        vrings = env.vdev.vrings
        return [(vector | i, v.da, v.num, v.align, aligned) for i, v in enumerate(vrings)]
    shape = config["vring_num"], config["vring_align"], config["avail_aligned"]
    base = align_up(shmem_addr, 4)
    size = vring_init(shape[0], base, shape[1], shape[2])[3]
    return (vector, base) + shape, (vector | 1, base + size) + shape


# Later versions of the original take a mutex of the platform in the next three. It is always nested
# in the lock of the one instance that can be notified, so it is left out.


# isr_data: the queue.
def platform_init_interrupt(env, vector_id, isr_data):
    mailbox = env.mailbox
    isr_data.kick = _gen_sw_mbox_sendmsg(mailbox.base, vector_id << 16), mailbox.send_ipi
    env_register_isr(env, vector_id, isr_data)
    return 0


def platform_deinit_interrupt(env, vector_id):
    env_unregister_isr(env, vector_id)
    return 0


# Tells Linux that a queue has news. Only vector 0 (a message) marks the mailbox; a kick for the
# other ring (buffers given back) is a bare interrupt, which Linux cannot tell from any other.
@coroutine
def platform_notify(vq):
    message, send_ipi = vq.kick
    yield message
    yield send_ipi


def _gen_sw_mbox_sendmsg(mailbox, msg):
    if msg:
        return (STORE, mailbox + TX_CH, 4, msg)
    return (SERIES, ((STORE, mailbox + TX_CH, 4, 0), (STORE, mailbox + TX_STATUS, 4, S_BUSY)))


# Every IPI ends up here. The received word (rx_ch) is not read: the vectors are fixed, so only link
# 0 can ever be notified.
@coroutine
def rpmsg_handler(env):
    mailbox = env.mailbox
    if not env.ready or env.link_event is not None:
        yield from env_set_ready(env)
    if (yield mailbox.load_tx_status) == S_DONE:
        yield from env_isr(env, VECTOR_TX)
        rx_status = (yield mailbox.tx_ready)[1]
    else:
        rx_status = yield mailbox.load_rx_status
    if rx_status != S_BUSY:
        return
    yield mailbox.rx_done
    yield from env_isr(env, VECTOR_RX)
