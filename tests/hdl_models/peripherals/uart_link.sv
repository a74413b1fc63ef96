// SPDX-License-Identifier: Apache-2.0
// Test bench top: the UART and the serial terminal, joined by a crossed cable.
`default_nettype none

module uart_link (
  input  wire        clk_i,
  input  wire        rst_ni,

  input  wire [7:0]  s_apb_paddr,
  input  wire        s_apb_psel,
  input  wire        s_apb_penable,
  input  wire        s_apb_pwrite,
  input  wire [31:0] s_apb_pwdata,
  input  wire [3:0]  s_apb_pstrb,
  output wire        s_apb_pready,
  output wire [31:0] s_apb_prdata,
  output wire        s_apb_pslverr,

  output wire        irq_o,
  output wire        uart_active_o,
  output wire        terminal_active_o,

  output wire        rx_valid_o,
  output wire [7:0]  rx_data_o,
  output wire        rx_error_o,
  input  wire        tx_valid_i,
  input  wire [7:0]  tx_data_i,
  output wire        tx_ready_o
);

  wire uart_to_terminal;
  wire terminal_to_uart;

  uart_bench u_bench (
    .clk_i,
    .rst_ni,
    .s_apb_paddr,
    .s_apb_psel,
    .s_apb_penable,
    .s_apb_pwrite,
    .s_apb_pwdata,
    .s_apb_pstrb,
    .s_apb_pready,
    .s_apb_prdata,
    .s_apb_pslverr,
    .rxd_i(terminal_to_uart),
    .txd_o(uart_to_terminal),
    .irq_o,
    .active_o(uart_active_o)
  );

  uart_terminal u_terminal (
    .clk_i,
    .rst_ni,
    .rxd_i(uart_to_terminal),
    .txd_o(terminal_to_uart),
    .rx_valid_o,
    .rx_data_o,
    .rx_error_o,
    .tx_valid_i,
    .tx_data_i,
    .tx_ready_o,
    .active_o(terminal_active_o)
  );

endmodule

`default_nettype wire
