# SPDX-License-Identifier: Apache-2.0
"""A real Linux kernel (User-Mode Linux) as the master of the bench: ``ampsim run --host linux``."""
