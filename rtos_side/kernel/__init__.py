# SPDX-License-Identifier: Apache-2.0
# The kernel of the RTOS: RT-Thread 5.1 on one hart, its threads being coroutines.
