# SPDX-License-Identifier: Apache-2.0
"""Boot firmware of the boards: what runs on the harts before Linux and the RTOS do."""
