// SPDX-License-Identifier: Apache-2.0
// Baud generator of a UART: one tick every divisor_i serial clocks, 16 ticks a bit.
//
// A divisor of 0 stops it, and with it the whole serial side (16550 and DesignWare alike). It rests
// while no character is on the line or waiting: an idle UART has no state that runs on.
`default_nettype none

module uart_baud (
  input  wire         clk_i,
  input  wire         rst_ni,
  input  wire         sclk_en_i,
  input  wire         restart_i,  // the divisor has been written
  input  wire         active_i,   // a character is on the line or waiting
  input  wire  [15:0] divisor_i,
  output logic        tick_o
);

  logic [15:0] count_q;

  always @(posedge clk_i) begin
    if (!rst_ni || restart_i || !active_i) begin
      count_q <= 16'd0;
      tick_o  <= 1'b0;
    end else if (!sclk_en_i) begin
      tick_o <= 1'b0;
    end else if (count_q != 16'd0) begin
      count_q <= count_q - 16'd1;
      tick_o  <= 1'b0;
    end else if (divisor_i != 16'd0) begin
      count_q <= divisor_i - 16'd1;
      tick_o  <= 1'b1;
    end
  end

endmodule

`default_nettype wire
