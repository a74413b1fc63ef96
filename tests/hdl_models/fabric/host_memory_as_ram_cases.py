# SPDX-License-Identifier: Apache-2.0
"""The cocotb tests of axi_ram, on axi_host_memory with all of its window backed."""

from __future__ import annotations

from axi_ram_cases import *  # noqa: F403
from axi_ram_cases import SIZE
from mapped_memory import MappedMemory

MEMORY = MappedMemory(SIZE)
