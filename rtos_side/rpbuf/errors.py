# SPDX-License-Identifier: Apache-2.0
# Linux's error numbers, which RPBuf returns negated on both sides.

from rtos_side.hal import const

ENOENT = const(2)
ENOMEM = const(12)
EACCES = const(13)
EINVAL = const(22)
ECONNRESET = const(104)
EOK = const(0)
EIO = const(5)
