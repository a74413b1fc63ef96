# SPDX-License-Identifier: Apache-2.0
"""The source files of each block of hdl_models/fabric, for `run_block`."""

from __future__ import annotations

from pathlib import Path

HERE = Path(__file__).parent


def _fabric(*names: str) -> list[str | Path]:
    return [f"fabric/{name}.sv" for name in names]


def _bench(*names: str) -> list[str | Path]:
    """Test tops and test slaves, which stand beside this file."""
    return [HERE / f"{name}.sv" for name in names]


RAM = _fabric("axi_span", "axi_ram_burst", "axi_ram_read", "axi_ram_write", "axi_ram")
TO_APB = _fabric("axi_error", "axi_demux", "apb_bridge", "axi_to_apb", "apb_decode")
ARBITER = _fabric("round_robin", "axi_arbiter")
DECODE = _fabric("address_windows", "axi_decode")
MPU_REGISTERS = _fabric("mpu_master", "mpu_registers")
MPU = [*MPU_REGISTERS, *_fabric("mpu_verdict", "mpu_gate", "clock_gate", "axi_mpu")]

APB_PATH = [*TO_APB, *_fabric("clock_gate"), *_bench("apb_memory", "apb_path")]
FABRIC_PATH = [*RAM, *TO_APB, *ARBITER, *DECODE, *MPU, *_bench("fabric_path")]
ALONE_RAM = [*RAM, *_bench("ram_alone")]
HOST_MEMORY = [*RAM[:-1], *_fabric("axi_host_memory"), *_bench("host_memory_alone")]
DEMUX = [*_fabric("axi_demux"), *_bench("demux_alone")]
ALONE_MPU = [*_fabric("axi_span", "axi_error", "axi_demux"), *MPU, *_bench("mpu_alone")]
