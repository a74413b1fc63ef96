// SPDX-License-Identifier: Apache-2.0
// Receive FIFO of a UART with what LSR and IIR say about it.
//
// Parity, framing and break errors travel with their character and show up in LSR when it reaches
// the head of the FIFO; they and the overrun error stay until LSR is read. The character timeout
// is four character times without a character going in or out while some are waiting.
`default_nettype none

module uart_rx_buffer (
  input  wire        clk_i,
  input  wire        rst_ni,
  input  wire        tick_i,           // 16 a bit
  input  wire        fifo_enable_i,
  input  wire        clear_i,
  input  wire  [1:0] trigger_i,        // FCR[7:6]: 1, 4, 8, 14 characters
  input  wire  [9:0] timeout_ticks_i,  // four character times

  input  wire        push_i,
  input  wire  [7:0] data_i,
  input  wire  [2:0] errors_i,         // break, framing, parity

  input  wire        read_rbr_i,
  input  wire        read_lsr_i,
  output wire  [7:0] data_o,
  output wire  [4:0] level_o,
  output wire        empty_o,
  output wire        full_o,
  output wire  [3:0] line_errors_o,    // LSR[4:1]: break, framing, parity, overrun
  output wire        fifo_error_o,     // LSR[7]
  output wire        available_o,      // the trigger level is reached
  output logic       timeout_o
);

  wire [2:0] head_errors;

  uart_fifo #(
    .WIDTH(11)
  ) u_fifo (
    .clk_i,
    .rst_ni,
    .clear_i,
    .single_i(!fifo_enable_i),
    .push_i,
    .data_i  ({errors_i, data_i}),
    .pop_i   (read_rbr_i),
    .data_o  ({head_errors, data_o}),
    .level_o,
    .empty_o,
    .full_o
  );

  // ---------------------------------------------------------------------------------------------
  // Trigger level

  logic [4:0] trigger_level;

  always @* begin
    case (trigger_i)
      2'd0:    trigger_level = 5'd1;
      2'd1:    trigger_level = 5'd4;
      2'd2:    trigger_level = 5'd8;
      default: trigger_level = 5'd14;
    endcase
  end

  assign available_o = fifo_enable_i ? level_o >= trigger_level : !empty_o;

  // ---------------------------------------------------------------------------------------------
  // Errors

  logic       arrived_q;  // another character has just become the head
  logic [2:0] errors_q;
  logic       overrun_q;
  logic [4:0] behind_q;   // faulty characters that have not reached the head yet

  wire [2:0] errors   = errors_q | (arrived_q ? head_errors : 3'd0);
  wire       replaced = push_i && full_o && !fifo_enable_i && !read_rbr_i;
  wire       bad_in   = push_i && errors_i != 3'd0 && (!full_o || read_rbr_i || !fifo_enable_i);
  wire       bad_out  = arrived_q && head_errors != 3'd0;

  assign line_errors_o = {errors, overrun_q};
  assign fifo_error_o  = fifo_enable_i && (errors != 3'd0 || behind_q > {4'd0, bad_out});

  always @(posedge clk_i) begin
    if (!rst_ni || clear_i) begin
      arrived_q <= 1'b0;
      behind_q  <= 5'd0;
    end else begin
      arrived_q <= (push_i && (empty_o || level_o == 5'd1 && read_rbr_i)) || replaced
                   || (read_rbr_i && level_o > 5'd1);
      if (bad_in && !bad_out) behind_q <= behind_q + 5'd1;
      else if (bad_out && !bad_in) behind_q <= behind_q - 5'd1;
    end
  end

  always @(posedge clk_i) begin
    if (!rst_ni) errors_q <= 3'd0;
    else errors_q <= read_lsr_i ? 3'd0 : errors;
  end

  always @(posedge clk_i) begin
    if (!rst_ni) overrun_q <= 1'b0;
    else if (push_i && full_o && !read_rbr_i) overrun_q <= 1'b1;
    else if (read_lsr_i) overrun_q <= 1'b0;
  end

  // ---------------------------------------------------------------------------------------------
  // Character timeout

  logic [9:0] quiet_q;  // ticks left

  wire restart = push_i || read_rbr_i || clear_i || empty_o || !fifo_enable_i;

  always @(posedge clk_i) begin
    if (!rst_ni) quiet_q <= 10'd0;
    else if (restart) quiet_q <= timeout_ticks_i;
    else if (tick_i && quiet_q != 10'd0) quiet_q <= quiet_q - 10'd1;
  end

  always @(posedge clk_i) begin
    if (!rst_ni || read_rbr_i || clear_i || !fifo_enable_i) timeout_o <= 1'b0;
    else if (!restart && tick_i && quiet_q == 10'd1) timeout_o <= 1'b1;
  end

endmodule

`default_nettype wire
