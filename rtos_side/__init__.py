# SPDX-License-Identifier: Apache-2.0
# The RTOS side: kernel, drivers, rpmsg-lite port, shell and apps. Runs on MicroPython and CPython.
