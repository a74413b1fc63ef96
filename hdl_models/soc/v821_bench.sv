// SPDX-License-Identifier: Apache-2.0
// Simulation top of the V821: the SoC with its clock and power-on reset.
`default_nettype none

module v821_bench #(
    parameter [31:0] DRAM_BASE        = 32'h8000_0000,
    parameter [31:0] DRAM_BYTES       = 32'h0200_0000,
    parameter [31:0] LINUX_BASE       = 32'h8400_0000,
    parameter [31:0] LINUX_BYTES      = 32'h0000_0000,
    parameter [31:0] SRAM_BASE        = 32'h0200_0000,
    parameter [31:0] SRAM_BYTES       = 32'h0002_0000,
    parameter [31:0] BROM_BASE        = 32'h0000_0000,
    parameter [31:0] CLINT_BASE       = 32'h4880_0000,
    parameter [31:0] PLIC_BASE        = 32'h4800_0000,
    parameter [31:0] UART0_BASE       = 32'h4250_0000,
    parameter [31:0] UART1_BASE       = 32'h4250_0800,
    parameter [31:0] CCU_BASE         = 32'h4200_1000,
    parameter [31:0] PRCM_BASE        = 32'h4A00_0000,
    parameter [31:0] A27CFG_BASE      = 32'h4910_0000,
    parameter [31:0] E907CFG_BASE     = 32'h4303_0000,
    parameter [31:0] MSGBOX_A27_BASE  = 32'h4910_2000,
    parameter [31:0] MSGBOX_E907_BASE = 32'h4303_3000,
    parameter [31:0] SPINLOCK_BASE    = 32'h4300_5000,
    parameter [31:0] UART1_BIT_CLOCKS = 32'd868
) (
`include "bench_ports.svh"
);
`include "bench_clock.svh"

  v821_amp #(
      .DRAM_BASE(DRAM_BASE), .DRAM_BYTES(DRAM_BYTES),
      .LINUX_BASE(LINUX_BASE), .LINUX_BYTES(LINUX_BYTES), .SRAM_BASE(SRAM_BASE),
      .SRAM_BYTES(SRAM_BYTES), .BROM_BASE(BROM_BASE), .CLINT_BASE(CLINT_BASE),
      .PLIC_BASE(PLIC_BASE), .UART0_BASE(UART0_BASE), .UART1_BASE(UART1_BASE),
      .CCU_BASE(CCU_BASE), .PRCM_BASE(PRCM_BASE), .A27CFG_BASE(A27CFG_BASE),
      .E907CFG_BASE(E907CFG_BASE), .MSGBOX_A27_BASE(MSGBOX_A27_BASE),
      .MSGBOX_E907_BASE(MSGBOX_E907_BASE), .SPINLOCK_BASE(SPINLOCK_BASE),
      .UART1_BIT_CLOCKS(UART1_BIT_CLOCKS)
  ) soc (
      .clk_i(clk_i), .rst_ni(rst_n), .skip_i(skip_i), .cycle_o(cycle_o), .quiet_o(quiet_o),
      .timer_o(timer_o));
endmodule

`default_nettype wire
