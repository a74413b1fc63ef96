// SPDX-License-Identifier: Apache-2.0
// FIFO of a UART: 16 entries, or the single holding register of a UART without FIFO mode.
//
// A push into a full FIFO is lost; a push into a full holding register replaces what it held
// (the two overrun rules of a 16550). An empty FIFO shows 0.
`default_nettype none

module uart_fifo #(
  parameter int WIDTH = 8
) (
  input  wire              clk_i,
  input  wire              rst_ni,
  input  wire              clear_i,
  input  wire              single_i,  // holding register instead of FIFO
  input  wire              push_i,
  input  wire  [WIDTH-1:0] data_i,
  input  wire              pop_i,
  output wire  [WIDTH-1:0] data_o,
  output logic [4:0]       level_o,
  output wire              empty_o,
  output wire              full_o
);

  logic [WIDTH-1:0] memory_q [0:15];
  logic [3:0]       head_q;

  wire       pop   = pop_i && !empty_o;
  wire       push  = push_i && (!full_o || pop || single_i);
  wire       grow  = push && !pop && !full_o;
  wire       drop  = pop && !push;
  wire       again = single_i && full_o && !pop;  // replaces the held entry
  wire [3:0] tail  = again ? head_q : head_q + level_o[3:0];

  assign empty_o = level_o == 5'd0;
  assign full_o  = level_o == (single_i ? 5'd1 : 5'd16);
  assign data_o  = empty_o ? '0 : memory_q[head_q];

  always @(posedge clk_i) begin
    if (push) memory_q[tail] <= data_i;
  end

  always @(posedge clk_i) begin
    if (!rst_ni || clear_i) begin
      head_q  <= 4'd0;
      level_o <= 5'd0;
    end else if (push || pop) begin
      if (pop) head_q <= head_q + 4'd1;
      if (grow) level_o <= level_o + 5'd1;
      if (drop) level_o <= level_o - 5'd1;
    end
  end

endmodule

`default_nettype wire
