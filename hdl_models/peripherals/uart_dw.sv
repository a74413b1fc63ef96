// SPDX-License-Identifier: Apache-2.0
// DesignWare 8250 UART (DW_apb_uart): 16550 registers a word apart, busy detect, USR, CPR.
//
// Configured as 16-deep FIFOs, FIFO status registers, no auto flow control, no fractional divisor,
// no shadow registers, modem lines not connected; CPR says so. RTS, DTR, OUT1 and OUT2 exist only
// for the loop-back. Register map: ../registers/uart.rdl.
`default_nettype none

module uart_dw #(
  parameter logic [31:0] UCV = 32'h3430_302A  // component version 4.00*
) (
  input  wire         clk_i,
  input  wire         rst_ni,
  input  wire         sclk_en_i,  // one pulse a serial clock

  input  wire  [7:0]  s_apb_paddr,
  input  wire         s_apb_psel,
  input  wire         s_apb_penable,
  input  wire         s_apb_pwrite,
  input  wire  [31:0] s_apb_pwdata,
  input  wire  [3:0]  s_apb_pstrb,
  output wire         s_apb_pready,
  output logic [31:0] s_apb_prdata,
  output wire         s_apb_pslverr,

  input  wire         rxd_i,
  output wire         txd_o,
  output wire         irq_o,
  output wire         active_o  // a character is on the line, either way, or waiting
);

  localparam logic [5:0] RBR = 6'h00;  // also THR, DLL
  localparam logic [5:0] IER = 6'h01;  // also DLH
  localparam logic [5:0] IIR = 6'h02;  // also FCR
  localparam logic [5:0] LCR = 6'h03;
  localparam logic [5:0] MCR = 6'h04;
  localparam logic [5:0] LSR = 6'h05;
  localparam logic [5:0] MSR = 6'h06;
  localparam logic [5:0] SCR = 6'h07;
  localparam logic [5:0] USR = 6'h1F;
  localparam logic [5:0] TFL = 6'h20;
  localparam logic [5:0] RFL = 6'h21;
  localparam logic [5:0] CPR = 6'h3D;
  localparam logic [5:0] VERSION = 6'h3E;
  localparam logic [5:0] CTR = 6'h3F;

  // FIFO mode 16, encoded parameters, FIFO status, additional features, 32-bit APB.
  localparam logic [31:0] CPR_VALUE = 32'h0001_1502;
  localparam logic [31:0] CTR_VALUE = 32'h4457_0110;  // "DW", 0110

  // ---------------------------------------------------------------------------------------------
  // Bus: reads take effect in the setup phase, writes in the access phase, no wait states.

  wire       read  = s_apb_psel && !s_apb_penable && !s_apb_pwrite;
  wire       write = s_apb_psel && s_apb_penable && s_apb_pwrite && s_apb_pstrb[0];
  wire [5:0] word  = s_apb_paddr[7:2];
  wire [7:0] wdata = s_apb_pwdata[7:0];

  logic [7:0] lcr_q;
  logic [7:0] scr_q;
  logic [4:0] mcr_q;
  logic [3:0] ier_q;
  logic [15:0] divisor_q;
  logic [1:0] trigger_q;
  logic       fifo_enable_q;

  wire divisor_access = lcr_q[7];
  wire read_rbr      = read && word == RBR && !divisor_access;
  wire read_iir      = read && word == IIR;
  wire read_lsr      = read && word == LSR;
  wire read_msr      = read && word == MSR;
  wire read_usr      = read && word == USR;
  wire write_thr     = write && word == RBR && !divisor_access;
  wire write_divisor = write && (word == RBR || word == IER) && divisor_access;
  wire write_ier     = write && word == IER && !divisor_access;
  wire write_fcr     = write && word == IIR;
  wire write_lcr     = write && word == LCR;

  assign s_apb_pready  = 1'b1;
  assign s_apb_pslverr = 1'b0;

  // ---------------------------------------------------------------------------------------------
  // Serial side

  wire       tick;
  wire       tx_pop;
  wire       tx_busy;
  wire       tx_empty;
  wire       tx_full;
  wire [4:0] tx_level;
  wire [7:0] tx_data;
  wire       tx_line;
  wire       rx_valid;
  wire       rx_busy;
  wire       rx_active;
  wire [7:0] rx_data;
  wire [2:0] rx_errors;
  wire       rx_empty;
  wire       rx_full;
  wire [4:0] rx_level;
  wire [7:0] rbr;
  wire [3:0] line_errors;
  wire       fifo_error;
  wire       available;
  wire       timeout;

  wire loopback = mcr_q[4];
  // Switching the FIFOs on or off empties them.
  wire switched = write_fcr && wdata[0] != fifo_enable_q;
  wire rx_clear = write_fcr && (switched || wdata[1]);
  wire tx_clear = write_fcr && (switched || wdata[2]);

  // Ticks of one character: 16 for start, each data bit and parity; 16, 24 or 32 for stop.
  wire [3:0] bits       = 4'd6 + {2'd0, lcr_q[1:0]} + {3'd0, lcr_q[3]};
  wire [5:0] stop_ticks = !lcr_q[2] ? 6'd16 : lcr_q[1:0] == 2'd0 ? 6'd24 : 6'd32;
  wire [7:0] char_ticks = {bits, 4'd0} + {2'd0, stop_ticks};

  assign txd_o = tx_line || loopback;

  uart_baud u_baud (
    .clk_i,
    .rst_ni,
    .sclk_en_i,
    .restart_i(write_divisor),
    .active_i (active_o),
    .divisor_i(divisor_q),
    .tick_o   (tick)
  );

  uart_fifo #(
    .WIDTH(8)
  ) u_tx_fifo (
    .clk_i,
    .rst_ni,
    .clear_i (tx_clear),
    .single_i(!fifo_enable_q),
    .push_i  (write_thr),
    .data_i  (wdata),
    .pop_i   (tx_pop),
    .data_o  (tx_data),
    .level_o (tx_level),
    .empty_o (tx_empty),
    .full_o  (tx_full)
  );

  uart_tx u_tx (
    .clk_i,
    .rst_ni,
    .tick_i  (tick),
    .format_i(lcr_q[6:0]),
    .valid_i (!tx_empty),
    .data_i  (tx_data),
    .pop_o   (tx_pop),
    .busy_o  (tx_busy),
    .txd_o   (tx_line)
  );

  uart_rx u_rx (
    .clk_i,
    .rst_ni,
    .tick_i         (tick),
    .format_i       (lcr_q[5:0]),
    .rxd_i          (loopback ? tx_line : rxd_i),
    .valid_o        (rx_valid),
    .data_o         (rx_data),
    .parity_error_o (rx_errors[0]),
    .framing_error_o(rx_errors[1]),
    .break_o        (rx_errors[2]),
    .busy_o         (rx_busy),
    .active_o       (rx_active)
  );

  uart_rx_buffer u_rx_buffer (
    .clk_i,
    .rst_ni,
    .tick_i         (tick),
    .fifo_enable_i  (fifo_enable_q),
    .clear_i        (rx_clear),
    .trigger_i      (trigger_q),
    .timeout_ticks_i({char_ticks, 2'd0}),
    .push_i         (rx_valid),
    .data_i         (rx_data),
    .errors_i       (rx_errors),
    .read_rbr_i     (read_rbr),
    .read_lsr_i     (read_lsr),
    .data_o         (rbr),
    .level_o        (rx_level),
    .empty_o        (rx_empty),
    .full_o         (rx_full),
    .line_errors_o  (line_errors),
    .fifo_error_o   (fifo_error),
    .available_o    (available),
    .timeout_o      (timeout)
  );

  // ---------------------------------------------------------------------------------------------
  // Status and interrupts

  wire [7:0] msr;
  wire       modem_changed;
  wire [3:0] iir_id;

  // Busy as USR[0] has it: a character on the line either way, or one waiting on either side.
  wire tx_waiting = !tx_empty && divisor_q != 16'd0;
  wire busy       = tx_busy || tx_waiting || rx_busy || !rx_empty;

  assign active_o = busy || rx_active;

  wire [7:0] lsr = {fifo_error, tx_empty && !tx_busy, tx_empty, line_errors, !rx_empty};
  wire [7:0] usr = {3'd0, rx_full, !rx_empty, tx_empty, !tx_full, busy};

  uart_modem u_modem (
    .clk_i,
    .rst_ni,
    .lines_i  (loopback ? {mcr_q[3], mcr_q[2], mcr_q[0], mcr_q[1]} : 4'd0),
    .read_i   (read_msr),
    .status_o (msr),
    .changed_o(modem_changed)
  );

  uart_interrupts u_interrupts (
    .clk_i,
    .rst_ni,
    .enable_i     (ier_q),
    .line_status_i(line_errors != 4'd0),
    .available_i  (available),
    .timeout_i    (timeout),
    .thr_empty_i  (tx_empty),
    .modem_i      (modem_changed),
    .enable_thre_i(write_ier && wdata[1] && !ier_q[1]),
    .write_thr_i  (write_thr),
    .read_iir_i   (read_iir),
    .read_usr_i   (read_usr),
    .refused_lcr_i(write_lcr && busy),
    .id_o         (iir_id),
    .irq_o
  );

  // ---------------------------------------------------------------------------------------------
  // Registers

  always @(posedge clk_i) begin
    if (!rst_ni) begin
      lcr_q         <= 8'd0;
      scr_q         <= 8'd0;
      mcr_q         <= 5'd0;
      ier_q         <= 4'd0;
      trigger_q     <= 2'd0;
      fifo_enable_q <= 1'b0;
      divisor_q     <= 16'd0;
    end else if (write) begin
      case (word)
        RBR: if (divisor_access) divisor_q[7:0] <= wdata;
        IER: if (divisor_access) divisor_q[15:8] <= wdata; else ier_q <= wdata[3:0];
        IIR: {trigger_q, fifo_enable_q} <= {wdata[7:6], wdata[0]};
        LCR: if (!busy) lcr_q <= wdata;
        MCR: mcr_q <= wdata[4:0];
        SCR: scr_q <= wdata;
        default: ;
      endcase
    end
  end

  always @(posedge clk_i) begin
    if (!rst_ni) s_apb_prdata <= 32'd0;
    else if (read) begin
      case (word)
        RBR:     s_apb_prdata <= {24'd0, divisor_access ? divisor_q[7:0] : rbr};
        IER:     s_apb_prdata <= {24'd0, divisor_access ? divisor_q[15:8] : {4'd0, ier_q}};
        IIR:     s_apb_prdata <= {24'd0, {2{fifo_enable_q}}, 2'd0, iir_id};
        LCR:     s_apb_prdata <= {24'd0, lcr_q};
        MCR:     s_apb_prdata <= {27'd0, mcr_q};
        LSR:     s_apb_prdata <= {24'd0, lsr};
        MSR:     s_apb_prdata <= {24'd0, msr};
        SCR:     s_apb_prdata <= {24'd0, scr_q};
        USR:     s_apb_prdata <= {24'd0, usr};
        TFL:     s_apb_prdata <= {27'd0, tx_level};
        RFL:     s_apb_prdata <= {27'd0, rx_level};
        CPR:     s_apb_prdata <= CPR_VALUE;
        VERSION: s_apb_prdata <= UCV;
        CTR:     s_apb_prdata <= CTR_VALUE;
        default: s_apb_prdata <= 32'd0;
      endcase
    end
  end

  wire unused = &{1'b0, s_apb_paddr[1:0], s_apb_pwdata[31:8], s_apb_pstrb[3:1]};

endmodule

`default_nettype wire
