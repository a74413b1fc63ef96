# SPDX-License-Identifier: Apache-2.0
"""Each block's registers behave as its SystemRDL file specifies, on both simulators."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from bench import HDL, BlockFailure, run_block

CASES = "register_walk_cases"


@dataclass(frozen=True)
class Block:
    """RTL and specification of one block; see register_walk_cases.py for ties and prelude."""

    toplevel: str
    sources: Sequence[str | Path]
    rdl: str
    addrmap: str
    ties: dict[str, int] = field(default_factory=dict)
    prelude: dict[int, int] = field(default_factory=dict)


UART_SOURCES = [
    f"peripherals/{name}.sv"
    for name in (
        "uart_dw",
        "uart_baud",
        "uart_fifo",
        "uart_tx",
        "uart_rx",
        "uart_rx_buffer",
        "uart_modem",
        "uart_interrupts",
    )
]
UART_TIES = {"sclk_en_i": 0, "rxd_i": 1}
LCR, DLAB = 0x0C, 0x80

MPU_SOURCES = [
    Path(__file__).parents[1] / "fabric" / "mpu_alone.sv",
    *(
        f"fabric/{name}.sv"
        for name in (
            "axi_mpu",
            "clock_gate",
            "axi_demux",
            "axi_error",
            "axi_span",
            "mpu_gate",
            "mpu_master",
            "mpu_registers",
            "mpu_verdict",
        )
    ),
]
# The inputs of its two AXI ports: nothing is asked, nothing is answered.
MPU_TIES = dict.fromkeys(
    (
        *(f"s_axi_aw{name}" for name in ("id", "addr", "len", "size", "burst", "valid")),
        *(f"s_axi_ar{name}" for name in ("id", "addr", "len", "size", "burst", "valid")),
        *(f"s_axi_{name}" for name in ("wdata", "wstrb", "wlast", "wvalid", "bready", "rready")),
        *(f"m_axi_{name}" for name in ("awready", "wready", "bid", "bresp", "bvalid")),
        *(f"m_axi_{name}" for name in ("arready", "rid", "rdata", "rresp", "rlast", "rvalid")),
    ),
    0,
)

MSGBOX_SOURCES = ["peripherals/sunxi_msgbox.sv", "peripherals/sunxi_msgbox_channel.sv"]

BLOCKS = [
    Block("clint", ["peripherals/clint.sv"], "clint.rdl", "clint", ties={"skip_i": 0}),
    Block(
        "plic",
        ["peripherals/plic.sv", "peripherals/plic_target.sv"],
        "plic.rdl",
        "plic",
        ties={"irq_i": 0},
    ),
    Block("hart_control", ["peripherals/hart_control.sv"], "hart_control.rdl", "hart_control"),
    Block("uart_dw", UART_SOURCES, "uart.rdl", "uart", ties=UART_TIES),
    Block("uart_dw", UART_SOURCES, "uart.rdl", "uart_divisor", UART_TIES, {LCR: DLAB}),
    Block("mpu_alone", MPU_SOURCES, "mpu.rdl", "mpu", ties=MPU_TIES),
    Block("sunxi_msgbox", MSGBOX_SOURCES, "msgbox.rdl", "msgbox"),
    Block("sunxi_hwspinlock", ["peripherals/sunxi_hwspinlock.sv"], "hwspinlock.rdl", "hwspinlock"),
    Block("sunxi_rtc_data", ["peripherals/sunxi_rtc_data.sv"], "rtc_data.rdl", "rtc_data"),
    Block("sun300iw1_ccu", ["peripherals/sun300iw1_ccu.sv"], "ccu.rdl", "ccu"),
    Block("a27_cfg", ["peripherals/a27_cfg.sv"], "a27_cfg.rdl", "a27_cfg", ties={"wfi_i": 0}),
    Block(
        "e907_cfg",
        ["peripherals/e907_cfg.sv"],
        "e907_cfg.rdl",
        "e907_cfg",
        ties={"run_i": 0, "wfi_i": 0},
    ),
]


def walk(block: Block, rdl: Path, simulator: str) -> None:
    environment = {
        "WALK_RDL": str(rdl),
        "WALK_ADDRMAP": block.addrmap,
        "WALK_TIES": ",".join(f"{name}={value}" for name, value in block.ties.items()),
        "WALK_PRELUDE": ",".join(f"{offset}={value}" for offset, value in block.prelude.items()),
    }
    run_block(block.toplevel, block.sources, CASES, simulator=simulator, extra_env=environment)


@pytest.mark.parametrize("block", BLOCKS, ids=lambda block: block.addrmap)
def test_block_follows_its_specification(block: Block, simulator: str) -> None:
    walk(block, HDL / "registers" / block.rdl, simulator)


@pytest.mark.parametrize(
    ("right", "wrong", "message"),
    [
        (
            "} RUN[0:0] = 0;",
            "} RUN[0:0] = 1;",
            "hart_control.CTRL @ 0x0 after reset: expected 0x1, found 0x0",
        ),
        (
            'sw = rw; hw = r;\n            desc = "Where',
            'sw = r; hw = r;\n            desc = "Where',
            "hart_control.BOOT_LO @ 0x8 after 0xffffffff: expected 0x0, found 0xffffffff",
        ),
        (
            "} ADDRESS[31:0] = 0;\n    } BOOT_LO",
            "} ADDRESS[30:0] = 0;\n    } BOOT_LO",
            "hart_control.BOOT_LO @ 0x8 after 0xffffffff: expected 0x7fffffff, found 0xffffffff",
        ),
        (
            "} BOOT_LO @ 0x8",
            "} BOOT_LO @ 0x10",
            "nothing is specified at 0x8: expected 0, found 0xffffffff",
        ),
    ],
    ids=["reset value", "access type", "reserved bit", "offset"],
)
def test_a_difference_is_found(
    right: str, wrong: str, message: str, simulator: str, tmp_path: Path
) -> None:
    """The walk fails, and says where, when RTL and specification differ."""
    source = HDL / "registers"
    text = (source / "hart_control.rdl").read_text()
    assert right in text
    (tmp_path / "walk.rdl").write_text((source / "walk.rdl").read_text())
    changed = tmp_path / "hart_control.rdl"
    changed.write_text(text.replace(right, wrong))
    with pytest.raises(BlockFailure) as failure:
        walk(BLOCKS[2], changed, simulator)
    assert message in str(failure.value)
