// SPDX-License-Identifier: Apache-2.0
// Test bench top: the UART with its 24 MHz serial clock.
`default_nettype none

module uart_bench (
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

  input  wire        rxd_i,
  output wire        txd_o,
  output wire        irq_o,
  output wire        active_o
);

  wire sclk_en;

  clock_enable #(
    .NUMERATOR  (6),
    .DENOMINATOR(25)
  ) u_sclk (
    .clk_i,
    .rst_ni,
    .skip_i(32'd0),
    .en_o  (sclk_en)
  );

  uart_dw u_uart (
    .clk_i,
    .rst_ni,
    .sclk_en_i(sclk_en),
    .s_apb_paddr,
    .s_apb_psel,
    .s_apb_penable,
    .s_apb_pwrite,
    .s_apb_pwdata,
    .s_apb_pstrb,
    .s_apb_pready,
    .s_apb_prdata,
    .s_apb_pslverr,
    .rxd_i,
    .txd_o,
    .irq_o,
    .active_o
  );

endmodule

`default_nettype wire
