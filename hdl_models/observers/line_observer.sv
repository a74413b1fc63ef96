// SPDX-License-Identifier: Apache-2.0
// Passive observer of interrupt sources: reports every edge of each of N lines.
//
// A line is known by the address of the register or block that drives it and its number there. See
// axi_observer for the calls.
`default_nettype none

module line_observer #(
    parameter integer      N       = 2,
    parameter [N*32-1:0]   ADDRESS = {N{32'd0}},  // of what drives line i
    parameter [N*4-1:0]    LINE    = {N{4'd0}}    // which of its outputs line i is
) (
    // verilator tracing_off
    input wire         clk_i,
    input wire         rst_ni,
    input wire [63:0]  cycle_i,
    input wire [N-1:0] lines_i
);
`include "observer_calls.svh"
  reg [N-1:0] lines_q;  // at the last edge

  wire [N-1:0] edges = lines_i ^ lines_q;

  integer i;
  always @(posedge clk_i) begin
    lines_q <= rst_ni ? lines_i : {N{1'b0}};
    if (rst_ni && |edges) begin
      for (i = 0; i < N; i = i + 1) begin
        if (edges[i]) begin
          `OBSERVED_LINE(i, cycle_i, ADDRESS[i*32+:32], {28'd0, LINE[i*4+:4]},
                         {31'd0, lines_i[i]});
        end
      end
    end
  end

`ifdef CORE_PORT_SIGNALS
  // What the calls above will say, for the port to read from the falling edge on.
  reg wake_q /* verilator public_flat_rd */;
  initial wake_q = 1'b0;
  wire [N-1:0]    changed /* verilator public_flat_rd */ = edges;
  wire [N-1:0]    levels /* verilator public_flat_rd */ = lines_i;
  wire [63:0]     cycle /* verilator public_flat_rd */ = cycle_i;
  wire [N*32-1:0] addresses /* verilator public_flat_rd */ = ADDRESS;
  wire [N*4-1:0]  numbers /* verilator public_flat_rd */ = LINE;
  always @(negedge clk_i) if (rst_ni && |edges) wake_q <= !wake_q;
`endif
endmodule

`default_nettype wire
