// SPDX-License-Identifier: Apache-2.0
// Simulation top: a board's SoC with its clock and power-on reset.
//
// The clock comes from the simulator's main program where that is cheapest (Verilator), and is made
// here elsewhere. The reset lasts 16 clocks, so that the bench is attached before the first hart runs.
`default_nettype none

module amp_bench #(
    parameter integer DRAM_BYTES = 8388608
) (
`ifdef VERILATOR
    input wire clk_i
`endif
);
`ifndef VERILATOR
  reg clk_i = 1'b0;
  always #5 clk_i = ~clk_i;
`endif

  reg [4:0] reset_count /* verilator public_flat_rd */ = 5'd0;
  wire      rst_n = reset_count[4];
  always @(posedge clk_i) if (!rst_n) reset_count <= reset_count + 5'd1;

  jh7110_amp #(.DRAM_BYTES(DRAM_BYTES)) soc (.clk_i(clk_i), .rst_ni(rst_n));
endmodule

`default_nettype wire
