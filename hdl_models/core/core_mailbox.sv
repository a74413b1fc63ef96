// SPDX-License-Identifier: Apache-2.0
// The core port as plain signals: for simulators with neither DPI-C nor VPI system tasks.
//
// What the core port has to be told at the next rising edge stands here from the falling edge
// before it. If there is anything, wake_q changes; the port (sim/ports/cocotb_port.py) reads the
// events, runs the software, and writes the answers, all in that time step: at the rising edge
// the cluster finds them, as it finds the results of the calls that this stands in for.
`default_nettype none

module core_mailbox #(
    parameter integer HARTS = 4,
    parameter integer TERMINALS = 2
) (
    input  wire                   clk_i,
    input  wire                   rst_ni,
    input  wire [63:0]            cycle_i,
    input  wire [HARTS*32-1:0]    boot_address_i,
    input  wire [HARTS-1:0]       starts_i,         // leaves reset at the next edge
    input  wire [HARTS-1:0]       ends_i,           // ends its command
    input  wire [HARTS-1:0]       stops_i,          // is reset
    input  wire [HARTS*2-1:0]     resp_i,
    input  wire [HARTS*32-1:0]    left_i,
    input  wire [HARTS*3-1:0]     lines_i,
    input  wire [HARTS-1:0]       lines_changed_i,
    input  wire [HARTS-1:0]       rbeat_i,
    input  wire [HARTS*64-1:0]    rdata_i,
    input  wire [HARTS-1:0]       wnext_i,
    input  wire [TERMINALS-1:0]   rx_valid_i,
    input  wire [TERMINALS*8-1:0] rx_data_i,
    input  wire [TERMINALS-1:0]   tx_poll_i,

    output wire [HARTS*64-1:0]    command_o,
    output wire [HARTS*64-1:0]    wdata_o,
    output wire [HARTS*128-1:0]   thread_o,
    output wire [TERMINALS*9-1:0] character_o
);
  // Read by the port. All that can happen is one word: mostly one read tells it all.
  reg wake_q /* verilator public_flat_rd */;
  initial wake_q = 1'b0;
  wire [6*HARTS+2*TERMINALS-1:0] events /* verilator public_flat_rd */ =
      {tx_poll_i, rx_valid_i, stops_i, ends_i, starts_i, wnext_i, rbeat_i, lines_changed_i};
  wire [63:0]            cycle /* verilator public_flat_rd */ = cycle_i;
  wire [HARTS*3-1:0]     lines /* verilator public_flat_rd */ = lines_i;
  wire [HARTS*2-1:0]     resp /* verilator public_flat_rd */ = resp_i;
  wire [HARTS*32-1:0]    left /* verilator public_flat_rd */ = left_i;
  wire [HARTS*64-1:0]    rdata /* verilator public_flat_rd */ = rdata_i;
  wire [HARTS*32-1:0]    boot_address /* verilator public_flat_rd */ = boot_address_i;
  wire [TERMINALS*8-1:0] rx_data /* verilator public_flat_rd */ = rx_data_i;

  // Written by the port.
  reg [HARTS*64-1:0]    command /* verilator public_flat_rw */ = {HARTS{64'd0}};
  reg [HARTS*64-1:0]    wdata /* verilator public_flat_rw */ = {HARTS{64'd0}};
  reg [HARTS*128-1:0]   thread /* verilator public_flat_rw */ = {HARTS{128'd0}};
  reg [TERMINALS*9-1:0] character /* verilator public_flat_rw */ = {TERMINALS{9'd0}};

  assign command_o   = command;
  assign wdata_o     = wdata;
  assign thread_o    = thread;
  assign character_o = character;

  always @(negedge clk_i) if (rst_ni && |events) wake_q <= !wake_q;
endmodule

`default_nettype wire
