// SPDX-License-Identifier: Apache-2.0
// Receive shift register of a UART: 16 samples a bit, each bit read at its middle.
//
// A start bit counts only if the line is still low 8 ticks after the falling edge. After a framing
// error the low stop bit is taken as the next start bit (16550 resynchronisation); after a break
// the line must go high before a new character can begin.
`default_nettype none

module uart_rx (
  input  wire        clk_i,
  input  wire        rst_ni,
  input  wire        tick_i,    // 16 a bit
  input  wire  [5:0] format_i,  // LCR: stick, even, parity, stop, length
  input  wire        rxd_i,
  output logic       valid_o,   // one clock: a character has ended
  output logic [7:0] data_o,
  output logic       parity_error_o,
  output logic       framing_error_o,
  output logic       break_o,
  output wire        busy_o,
  output wire        active_o   // busy, or the line has just fallen
);

  localparam logic [2:0] IDLE   = 3'd0;
  localparam logic [2:0] START  = 3'd1;
  localparam logic [2:0] DATA   = 3'd2;
  localparam logic [2:0] PARITY = 3'd3;
  localparam logic [2:0] STOP   = 3'd4;
  localparam logic [2:0] BREAK  = 3'd5;

  wire [2:0] last_bit = 3'd4 + {1'b0, format_i[1:0]};
  wire       parity   = format_i[3];
  wire       even     = format_i[4];
  wire       stick    = format_i[5];

  logic [1:0] sync_q;
  logic [2:0] state_q;
  logic [3:0] ticks_q;
  logic [2:0] bit_q;
  logic       high_q;  // a high bit has been seen in this character

  wire line        = sync_q[1];
  wire sample      = tick_i && ticks_q == 4'd0;
  wire parity_want = stick ? !even : (^data_o) ^ !even;
  wire broken      = !line && !high_q;  // in the stop bit: everything was low

  assign busy_o   = state_q != IDLE;
  assign active_o = busy_o || !line || !sync_q[0] || valid_o;

  always @(posedge clk_i) begin
    if (!rst_ni) sync_q <= 2'b11;
    else sync_q <= {sync_q[0], rxd_i};
  end

  always @(posedge clk_i) begin
    if (!rst_ni) begin
      state_q         <= IDLE;
      ticks_q         <= 4'd0;
      bit_q           <= 3'd0;
      high_q          <= 1'b0;
      valid_o         <= 1'b0;
      data_o          <= 8'd0;
      parity_error_o  <= 1'b0;
      framing_error_o <= 1'b0;
      break_o         <= 1'b0;
    end else begin
      valid_o <= 1'b0;
      if (tick_i && state_q != IDLE) ticks_q <= ticks_q - 4'd1;  // 0 wraps to 15: a bit later

      case (state_q)
        IDLE: if (tick_i && !line) begin
          state_q <= START;
          ticks_q <= 4'd7;
        end

        START: if (sample) begin
          state_q        <= line ? IDLE : DATA;
          bit_q          <= 3'd0;
          high_q         <= 1'b0;
          data_o         <= 8'd0;
          parity_error_o <= 1'b0;
        end

        DATA: if (sample) begin
          data_o[bit_q] <= line;
          high_q        <= high_q || line;
          bit_q         <= bit_q + 3'd1;
          if (bit_q == last_bit) state_q <= parity ? PARITY : STOP;
        end

        PARITY: if (sample) begin
          parity_error_o <= line != parity_want;
          high_q         <= high_q || line;
          state_q        <= STOP;
        end

        STOP: if (sample) begin
          valid_o         <= 1'b1;
          framing_error_o <= !line;
          break_o         <= broken;
          state_q         <= line ? IDLE : broken ? BREAK : START;
          if (!line) ticks_q <= 4'd0;  // resynchronisation: we are in mid start bit already
        end

        default: if (tick_i && line) state_q <= IDLE;  // BREAK
      endcase
    end
  end

  wire unused = &{1'b0, format_i[2]};

endmodule

`default_nettype wire
