# SPDX-License-Identifier: Apache-2.0
# What the V821's RTOS offers over rpmsg: the vendor's services, and calls between the cores.
