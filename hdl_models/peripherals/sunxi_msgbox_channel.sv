// SPDX-License-Identifier: Apache-2.0
// One channel of a message box: a FIFO of 8 words and what its two ends are told of it.
//
// A status bit is set for as long as its condition holds (a word is there to be read; so many
// places are free), and stays until it is cleared. A clear therefore only works when the
// condition has gone: the receiver empties the FIFO first, as the drivers do. A push into a full
// FIFO and a pop from an empty one change nothing.
`default_nettype none

module sunxi_msgbox_channel (
  input  wire         clk_i,
  input  wire         rst_ni,

  input  wire         push_i,
  input  wire  [31:0] data_i,
  input  wire         pop_i,
  output wire  [31:0] data_o,         // the oldest word, 0 when there is none
  output logic [3:0]  count_o /* verilator public_flat_rd */,
  output wire         full_o,

  input  wire         threshold_write_i,
  input  wire  [1:0]  threshold_i,
  output logic [1:0]  threshold_o,    // 0, 1, 2, 3: 1, 2, 4, 8 places

  input  wire         read_clear_i,
  input  wire         write_clear_i,
  output logic        read_status_o /* verilator public_flat_rd */,
  output logic        write_status_o
);

  localparam int DEPTH = 8;

  logic [32*DEPTH-1:0] words_q /* verilator public_flat_rd */;  // the oldest in the lowest bits

  wire [3:0] free     = 4'(DEPTH) - count_o;
  wire       occupied = count_o != 4'd0;
  wire       roomy    = free >= 4'd1 << threshold_o;
  wire       push     = push_i && !full_o;
  wire       pop      = pop_i && occupied;

  assign full_o = count_o == 4'(DEPTH);
  assign data_o = occupied ? words_q[31:0] : 32'd0;

  // One master is served at a time: a push and a pop never meet.
  always @(posedge clk_i) begin
    if (!rst_ni) begin
      count_o <= 4'd0;
      words_q <= '0;
    end else if (push) begin
      count_o <= count_o + 4'd1;
      words_q[32*count_o[2:0] +: 32] <= data_i;
    end else if (pop) begin
      count_o <= count_o - 4'd1;
      words_q <= {32'd0, words_q[32*DEPTH-1:32]};
    end
  end

  always @(posedge clk_i) begin
    if (!rst_ni) threshold_o <= 2'd0;
    else if (threshold_write_i) threshold_o <= threshold_i;
  end

  always @(posedge clk_i) begin
    if (!rst_ni) begin
      read_status_o  <= 1'b0;
      write_status_o <= 1'b0;
    end else begin
      read_status_o  <= occupied || (read_status_o && !read_clear_i);
      write_status_o <= roomy || (write_status_o && !write_clear_i);
    end
  end

endmodule

`default_nettype wire
