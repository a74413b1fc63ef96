// SPDX-License-Identifier: Apache-2.0
// Simulation top: a board's SoC with its clock and power-on reset.
//
// The clock comes from the simulator's main program where that is cheapest (Verilator), and is made
// here elsewhere. The reset lasts 16 clocks, so that the bench is attached before the first hart runs.
`default_nettype none

module amp_bench #(
    parameter [31:0] DRAM_BASE    = 32'h4000_0000,
    parameter [31:0] DRAM_BYTES   = 32'h0080_0000,
    parameter [31:0] AMP_BASE     = 32'h6E40_0000,
    parameter [31:0] AMP_BYTES    = 32'h01C0_0000,
    parameter [31:0] CLINT_BASE   = 32'h0200_0000,
    parameter [31:0] PLIC_BASE    = 32'h0C00_0000,
    parameter [31:0] UART0_BASE   = 32'h1000_0000,
    parameter [31:0] UART1_BASE   = 32'h1001_0000,
    parameter [31:0] HARTCTL_BASE = 32'h1303_0000,
    parameter [31:0] MPU_BASE     = 32'h1305_0000
) (
`ifdef VERILATOR
    input wire clk_i
`endif
);
`ifndef VERILATOR
  reg clk_i = 1'b0;
  always #5 clk_i = ~clk_i;
`endif

  // The one signal that is public: a simulator shows no design to VPI that has none.
  reg [4:0] reset_count /* verilator public_flat_rd */ = 5'd0;
  wire      rst_n = reset_count[4];
  always @(posedge clk_i) if (!rst_n) reset_count <= reset_count + 5'd1;

  jh7110_amp #(
      .DRAM_BASE(DRAM_BASE), .DRAM_BYTES(DRAM_BYTES), .AMP_BASE(AMP_BASE), .AMP_BYTES(AMP_BYTES),
      .CLINT_BASE(CLINT_BASE), .PLIC_BASE(PLIC_BASE), .UART0_BASE(UART0_BASE),
      .UART1_BASE(UART1_BASE), .HARTCTL_BASE(HARTCTL_BASE), .MPU_BASE(MPU_BASE)
  ) soc (.clk_i(clk_i), .rst_ni(rst_n));
endmodule

`default_nettype wire
