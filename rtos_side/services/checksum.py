# SPDX-License-Identifier: Apache-2.0
# MD5 over what the test programs send each other, and the time that it takes.

import hashlib

from rtos_side.hal import const

DIGEST_SIZE = const(16)

# The cost is charged for every begun block of 64 bytes.
_BLOCK = const(64)


# The time of the function for so many bytes: awaitable.
def charge_md5(kernel, length):
    return kernel.spend((length + _BLOCK - 1) // _BLOCK * kernel.costs["md5_block"])


# The digest of bytes.
async def md5(kernel, data):
    await charge_md5(kernel, len(data))
    return hashlib.md5(bytes(data)).digest()
