# SPDX-License-Identifier: Apache-2.0
"""The channel that the vendors' RTOS announces, given to the mainline kernel's rpmsg_char.

Its name, "rpmsg_chrdev", is not among the names that rpmsg_char binds to by itself; a user asks for
it with driver_override, as for any device of the rpmsg bus.
"""

from __future__ import annotations

CHANNEL = "virtio0.rpmsg_chrdev.-1.16388"
_BUS = "/sys/bus/rpmsg"
BIND_CHANNEL = f"""
wait_for {_BUS}/devices/{CHANNEL}
echo rpmsg_chrdev > {_BUS}/devices/{CHANNEL}/driver_override
echo {CHANNEL} > {_BUS}/drivers/rpmsg_chrdev/bind
wait_for /dev/rpmsg0
"""
"""Shell lines after which /dev/rpmsg0 is there."""
