// SPDX-License-Identifier: Apache-2.0
// Simulation top of the JH-7110: the SoC with its clock and power-on reset.
`default_nettype none

module jh7110_bench #(
    parameter [31:0] DRAM_BASE    = 32'h4000_0000,
    parameter [31:0] DRAM_BYTES   = 32'h0080_0000,
    parameter [31:0] AMP_BASE     = 32'h6E40_0000,
    parameter [31:0] AMP_BYTES    = 32'h01C0_0000,
    parameter [31:0] LINUX_BASE   = 32'h6A40_0000,
    parameter [31:0] LINUX_BYTES  = 32'h0000_0000,
    parameter [31:0] CLINT_BASE   = 32'h0200_0000,
    parameter [31:0] PLIC_BASE    = 32'h0C00_0000,
    parameter [31:0] UART0_BASE   = 32'h1000_0000,
    parameter [31:0] UART1_BASE   = 32'h1001_0000,
    parameter [31:0] HARTCTL_BASE = 32'h1303_0000,
    parameter [31:0] MPU_BASE     = 32'h1305_0000
) (
`include "bench_ports.svh"
);
`include "bench_clock.svh"

  jh7110_amp #(
      .DRAM_BASE(DRAM_BASE), .DRAM_BYTES(DRAM_BYTES), .AMP_BASE(AMP_BASE), .AMP_BYTES(AMP_BYTES),
      .LINUX_BASE(LINUX_BASE), .LINUX_BYTES(LINUX_BYTES),
      .CLINT_BASE(CLINT_BASE), .PLIC_BASE(PLIC_BASE), .UART0_BASE(UART0_BASE),
      .UART1_BASE(UART1_BASE), .HARTCTL_BASE(HARTCTL_BASE), .MPU_BASE(MPU_BASE)
  ) soc (
      .clk_i(clk_i), .rst_ni(rst_n), .skip_i(skip_i), .cycle_o(cycle_o), .quiet_o(quiet_o),
      .timer_o(timer_o));
endmodule

`default_nettype wire
