# SPDX-License-Identifier: Apache-2.0
# RT-Thread's error codes. Functions return EOK or a negated code.

from rtos_side.hal import const

EOK = const(0)
ERROR = const(1)
ETIMEOUT = const(2)
EFULL = const(3)
EEMPTY = const(4)
ENOMEM = const(5)
ENOSYS = const(6)
EBUSY = const(7)
EIO = const(8)
EINTR = const(9)
EINVAL = const(10)

# Texts of rt_strerror, by code.
_TEXTS = (
    "OK",
    "ERROR",
    "ETIMOUT",
    "ERSFULL",
    "ERSEPTY",
    "ENOMEM",
    "ENOSYS",
    "EBUSY",
    "EIO",
    "EINTRPT",
    "EINVAL",
    "EUNKNOW",
)


# rt_strerror: the sign of the code does not matter.
def strerror(code):
    return _TEXTS[min(abs(code), len(_TEXTS) - 1)]


# Something that cannot be continued from: an exception that a thread or an interrupt handler did
# not catch, or a call that RT-Thread asserts against. Ends the run.
class KernelPanic(Exception):
    def __init__(self, where, cause):
        super().__init__("%s: %s: %s" % (where, type(cause).__name__, cause))
        self.where = where
        self.cause = cause
