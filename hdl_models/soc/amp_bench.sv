// SPDX-License-Identifier: Apache-2.0
// Simulation top: a board's SoC with its clock and power-on reset.
//
// The clock comes from the simulator's main program where that is cheapest (Verilator), and is
// made here elsewhere. The reset lasts 16 clocks: the bench is attached before a hart runs.
// Clocks in which nothing in the design can change are left out: the core port says how many, after
// each falling edge, and skip_i tells the counters in the design.
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
    input  wire        clk_i,
    input  wire [31:0] skip_i,
    output wire [63:0] cycle_o,
    output wire        quiet_o,
    output wire [31:0] timer_o
`endif
);
`ifndef VERILATOR
  reg         clk_i = 1'b0;
  reg  [31:0] skip_i = 32'd0;
  wire [63:0] cycle_o;
  wire        quiet_o;
  wire [31:0] timer_o;

  always begin
    #5 clk_i = 1'b1;
    #5 clk_i = 1'b0;
    $core_port_skip(cycle_o, quiet_o, timer_o, skip_i);
    if (skip_i != 32'd0) #(skip_i * 10);
  end
`endif

  // The one signal that is public: a simulator shows no design to VPI that has none.
  reg [4:0] reset_count /* verilator public_flat_rd */;
  wire      rst_n = reset_count[4];
  initial reset_count = 5'd0;
  always @(posedge clk_i) if (!rst_n) reset_count <= reset_count + 5'd1;

  jh7110_amp #(
      .DRAM_BASE(DRAM_BASE), .DRAM_BYTES(DRAM_BYTES), .AMP_BASE(AMP_BASE), .AMP_BYTES(AMP_BYTES),
      .CLINT_BASE(CLINT_BASE), .PLIC_BASE(PLIC_BASE), .UART0_BASE(UART0_BASE),
      .UART1_BASE(UART1_BASE), .HARTCTL_BASE(HARTCTL_BASE), .MPU_BASE(MPU_BASE)
  ) soc (
      .clk_i(clk_i), .rst_ni(rst_n), .skip_i(skip_i), .cycle_o(cycle_o), .quiet_o(quiet_o),
      .timer_o(timer_o));
endmodule

`default_nettype wire
