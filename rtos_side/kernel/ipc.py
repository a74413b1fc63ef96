# SPDX-License-Identifier: Apache-2.0
# Everything that threads use to wait for each other, under one name (ipc.c).

from rtos_side.kernel.event import OPTION_AND, OPTION_CLEAR, OPTION_OR, Event
from rtos_side.kernel.mailbox import Mailbox
from rtos_side.kernel.messagequeue import MessageQueue
from rtos_side.kernel.mutex import Mutex
from rtos_side.kernel.semaphore import Semaphore
from rtos_side.kernel.waiting import FIFO, PRIO, WAITING_FOREVER, WAITING_NO

__all__ = (
    "FIFO",
    "OPTION_AND",
    "OPTION_CLEAR",
    "OPTION_OR",
    "PRIO",
    "WAITING_FOREVER",
    "WAITING_NO",
    "Event",
    "Mailbox",
    "MessageQueue",
    "Mutex",
    "Semaphore",
)
