# SPDX-License-Identifier: Apache-2.0
# Device framework and drivers of the RTOS side.
