// SPDX-License-Identifier: Apache-2.0
// Transmit shift register of a UART: start bit, 5 to 8 data bits, parity, 1, 1.5 or 2 stop bits.
//
// Characters that are waiting follow each other without a gap. The line format is that of LCR[6:0].
`default_nettype none

module uart_tx (
  input  wire        clk_i,
  input  wire        rst_ni,
  input  wire        tick_i,    // 16 a bit
  input  wire  [6:0] format_i,  // LCR: break, stick, even, parity, stop, length
  input  wire        valid_i,
  input  wire  [7:0] data_i,
  output wire        pop_o,     // data_i is taken in this clock
  output wire        busy_o,
  output logic       txd_o
);

  wire [1:0] length  = format_i[1:0];
  wire       stop2   = format_i[2];
  wire       parity  = format_i[3];
  wire       even    = format_i[4];
  wire       stick   = format_i[5];
  wire       send_break = format_i[6];

  wire [7:0] data       = data_i & (8'hFF >> (2'd3 - length));
  wire       parity_bit = stick ? !even : (^data) ^ !even;
  wire [3:0] data_bits  = 4'd5 + {2'd0, length};
  wire [3:0] all_bits   = data_bits + {3'd0, parity};  // data and parity
  wire [4:0] stop_ticks = !stop2 ? 5'd15 : length == 2'd0 ? 5'd23 : 5'd31;  // less one

  // Data and parity, next bit in bit 0; bits_q of them are still to be sent.
  logic [8:0] shift_q;
  logic [3:0] bits_q;
  logic [4:0] ticks_q;
  logic       line_q;
  logic       active_q;
  logic       stop_q;

  wire bit_end  = tick_i && ticks_q == 5'd0;
  wire char_end = bit_end && stop_q;

  assign pop_o  = valid_i && (active_q ? char_end : tick_i);
  assign busy_o = active_q;

  always @(posedge clk_i) begin
    if (!rst_ni) begin
      active_q <= 1'b0;
      stop_q   <= 1'b0;
      line_q   <= 1'b1;
      ticks_q  <= 5'd0;
      bits_q   <= 4'd0;
      shift_q  <= 9'd0;
    end else if (pop_o) begin
      active_q <= 1'b1;
      stop_q   <= 1'b0;
      line_q   <= 1'b0;
      ticks_q  <= 5'd15;
      bits_q   <= all_bits;
      shift_q  <= {1'b0, data} | ({8'd0, parity_bit} << data_bits);
    end else if (char_end) begin
      active_q <= 1'b0;
      stop_q   <= 1'b0;
    end else if (active_q && tick_i) begin
      if (!bit_end) ticks_q <= ticks_q - 5'd1;
      else if (bits_q != 4'd0) begin
        line_q  <= shift_q[0];
        shift_q <= shift_q >> 1;
        bits_q  <= bits_q - 4'd1;
        ticks_q <= 5'd15;
      end else begin
        line_q  <= 1'b1;
        stop_q  <= 1'b1;
        ticks_q <= stop_ticks;
      end
    end
  end

  always @(posedge clk_i) begin
    if (!rst_ni) txd_o <= 1'b1;
    else txd_o <= line_q && !send_break;
  end

endmodule

`default_nettype wire
