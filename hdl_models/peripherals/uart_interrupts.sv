// SPDX-License-Identifier: Apache-2.0
// Interrupt identification of a DesignWare UART: IIR[3:0] by priority, and the interrupt line.
//
// Line status 6, data 4, character timeout 0xC, transmitter empty 2, modem status 0, busy detect 7,
// none 1, in this order. Busy detect is not maskable and ends only when USR is read.
`default_nettype none

module uart_interrupts (
  input  wire        clk_i,
  input  wire        rst_ni,

  input  wire  [3:0] enable_i,       // IER[3:0]
  input  wire        line_status_i,
  input  wire        available_i,
  input  wire        timeout_i,
  input  wire        thr_empty_i,
  input  wire        modem_i,

  input  wire        enable_thre_i,  // IER[1] is being set
  input  wire        write_thr_i,
  input  wire        read_iir_i,
  input  wire        read_usr_i,
  input  wire        refused_lcr_i,  // an LCR write came while busy

  output logic [3:0] id_o,
  output wire        irq_o
);

  localparam logic [3:0] MODEM_STATUS = 4'h0;
  localparam logic [3:0] NONE         = 4'h1;
  localparam logic [3:0] THR_EMPTY    = 4'h2;
  localparam logic [3:0] DATA         = 4'h4;
  localparam logic [3:0] LINE_STATUS  = 4'h6;
  localparam logic [3:0] BUSY_DETECT  = 4'h7;
  localparam logic [3:0] CHAR_TIMEOUT = 4'hC;

  logic thr_was_empty_q;
  logic thr_empty_q;  // the THRE interrupt is pending
  logic busy_q;       // the busy detect interrupt is pending

  // THRE is pending when the transmitter becomes empty, or is empty as its interrupt is enabled;
  // a THR write or an IIR read that names it ends it.
  always @(posedge clk_i) begin
    if (!rst_ni) begin
      thr_was_empty_q <= 1'b1;
      thr_empty_q     <= 1'b0;
    end else begin
      thr_was_empty_q <= thr_empty_i;
      if (write_thr_i) thr_empty_q <= 1'b0;
      else if (thr_empty_i && (!thr_was_empty_q || enable_thre_i)) thr_empty_q <= 1'b1;
      else if (read_iir_i && id_o == THR_EMPTY) thr_empty_q <= 1'b0;
    end
  end

  always @(posedge clk_i) begin
    if (!rst_ni) busy_q <= 1'b0;
    else if (refused_lcr_i) busy_q <= 1'b1;
    else if (read_usr_i) busy_q <= 1'b0;
  end

  always @* begin
    if (enable_i[2] && line_status_i) id_o = LINE_STATUS;
    else if (enable_i[0] && available_i) id_o = DATA;
    else if (enable_i[0] && timeout_i) id_o = CHAR_TIMEOUT;
    else if (enable_i[1] && thr_empty_q) id_o = THR_EMPTY;
    else if (enable_i[3] && modem_i) id_o = MODEM_STATUS;
    else if (busy_q) id_o = BUSY_DETECT;
    else id_o = NONE;
  end

  assign irq_o = id_o != NONE;

endmodule

`default_nettype wire
