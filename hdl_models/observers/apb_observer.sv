// SPDX-License-Identifier: Apache-2.0
// Passive observer of an APB bus of registers: reports every access as it passes on the wires.
//
// Sits between bridge and decoder, so that it sees what no slave answers, too. APB has no masters:
// the bridge says for whom it works. See axi_observer for the calls.
`default_nettype none

module apb_observer #(
    parameter integer PORT = 0  // orders the reports of one clock; unique in a SoC
) (
    // verilator tracing_off
    input wire        clk_i,        // may rest while nothing is selected
    input wire        rst_ni,
    input wire [63:0] cycle_i,
    input wire [3:0]  master_i,

    input wire [31:0] s_apb_paddr,
    input wire        s_apb_psel,
    input wire        s_apb_penable,
    input wire        s_apb_pwrite,
    input wire [31:0] s_apb_pwdata,
    input wire [3:0]  s_apb_pstrb,
    input wire        s_apb_pready,
    input wire [31:0] s_apb_prdata,
    input wire        s_apb_pslverr,
    input wire        decerr_i
);
`include "observer_calls.svh"
  wire done = s_apb_psel && s_apb_penable && s_apb_pready;

  reg [31:0] begin_q;  // clock of the setup phase

  wire [31:0] channel = 2 * PORT + {31'd0, s_apb_pwrite};
  wire [1:0]  response = decerr_i ? 2'd3 : {s_apb_pslverr, 1'b0};
  wire [31:0] about = {14'd0, 1'b1, response, 3'd2, master_i, 4'd0, s_apb_pstrb};
  wire [31:0] data = s_apb_pwrite ? s_apb_pwdata : s_apb_prdata;

  always @(posedge clk_i) begin
    if (rst_ni) begin
      if (s_apb_psel && !s_apb_penable) begin_q <= cycle_i[31:0];
      if (done) begin
        `OBSERVED(channel, cycle_i, {begin_q, s_apb_paddr}, about, {32'd0, data});
      end
    end
  end

`ifdef CORE_PORT_SIGNALS
  // What the call above will say at the next edge, for the port to read from the falling edge on;
  // the signals are those of axi_observer with one transaction at a time.
  reg wake_q /* verilator public_flat_rd */;
  initial wake_q = 1'b0;
  wire [3:0]   events /* verilator public_flat_rd */ =
      {done && s_apb_pwrite, 1'b0, done && !s_apb_pwrite, 1'b0};
  wire [63:0]  cycle /* verilator public_flat_rd */ = cycle_i;
  wire [31:0]  channels /* verilator public_flat_rd */ = 2 * PORT;
  wire [127:0] places /* verilator public_flat_rd */ = {2{begin_q, s_apb_paddr}};
  wire [63:0]  abouts /* verilator public_flat_rd */ = {2{about}};
  wire [127:0] lasts /* verilator public_flat_rd */ = {2{32'd0, data}};
  always @(negedge clk_i) if (rst_ni && done) wake_q <= !wake_q;
`endif
endmodule

`default_nettype wire
