# SPDX-License-Identifier: Apache-2.0
"""Major numbers that Linux gives out at run time, one a driver; fixed here so listings repeat.

alloc_chrdev_region() and the tty layer take the highest free one of a range that ends at 254 and
goes down to 234 (CHRDEV_MAJOR_DYN_END); what a real kernel's other drivers have taken is free here.
"""

RPMSG_MAJOR = 244
RPMSG_CTRL_MAJOR = 243
RPMSG_TTY_MAJOR = 242
REMOTEPROC_MAJOR = 241
AW_RPMSG_MAJOR = 240
RPBUF_MAJOR = 239
