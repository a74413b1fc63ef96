# SPDX-License-Identifier: Apache-2.0
"""What runs inside the simulator's process: the session of one run and cocotb's entry to it."""
