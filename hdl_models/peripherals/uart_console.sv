// SPDX-License-Identifier: Apache-2.0
// A UART and the terminal of the bench at the far end of its line, with gated clocks.
//
// The UART works at the rate of its serial clock, and where it is selected; the terminal works for
// as long as a character is under way.
`default_nettype none

module uart_console #(
  parameter int CLOCKS_PER_BIT = 868  // of the terminal
) (
  input  wire         clk_i,
  input  wire         rst_ni,

  input  wire  [7:0]  s_apb_paddr,
  input  wire         s_apb_psel,
  input  wire         s_apb_penable,
  input  wire         s_apb_pwrite,
  input  wire  [31:0] s_apb_pwdata,
  input  wire  [3:0]  s_apb_pstrb,
  output wire         s_apb_pready,
  output wire  [31:0] s_apb_prdata,
  output wire         s_apb_pslverr,

  input  wire         sclk_en_i,   // the baud clock
  output wire         irq_o,
  output wire         resting_o,   // nothing will change

  output wire         rx_valid_o,  // what the UART has sent
  output wire  [7:0]  rx_data_o,
  input  wire         tx_valid_i,  // what it is to receive
  input  wire  [7:0]  tx_data_i,
  output wire         tx_ready_o
);

  wire to_terminal, from_terminal;
  wire uart_clk, uart_active, uart_resting;
  wire terminal_clk, terminal_active, terminal_resting;
  wire rx_error;

  assign resting_o = uart_resting && terminal_resting;

  clock_gate uart_gate (
    .clk_i, .rst_ni,
    .active_i(s_apb_psel || uart_active || !from_terminal),
    .step_i(s_apb_psel || sclk_en_i),
    .clk_o(uart_clk), .resting_o(uart_resting)
  );

  clock_gate terminal_gate (
    .clk_i, .rst_ni,
    .active_i(terminal_active || tx_valid_i || !to_terminal), .step_i(1'b1),
    .clk_o(terminal_clk), .resting_o(terminal_resting)
  );

  uart_dw uart (
    .clk_i(uart_clk), .rst_ni,
    .s_apb_paddr, .s_apb_psel, .s_apb_penable, .s_apb_pwrite, .s_apb_pwdata, .s_apb_pstrb,
    .s_apb_pready, .s_apb_prdata, .s_apb_pslverr,
    .sclk_en_i, .rxd_i(from_terminal), .txd_o(to_terminal), .irq_o, .active_o(uart_active)
  );

  uart_terminal #(.CLOCKS_PER_BIT(CLOCKS_PER_BIT)) far_end (
    .clk_i(terminal_clk), .rst_ni,
    .rxd_i(to_terminal), .txd_o(from_terminal),
    .rx_valid_o, .rx_data_o, .rx_error_o(rx_error),
    .tx_valid_i, .tx_data_i, .tx_ready_o, .active_o(terminal_active)
  );

  wire unused = &{1'b0, rx_error};  // for the waveform

endmodule

`default_nettype wire
