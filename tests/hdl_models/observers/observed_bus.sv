// SPDX-License-Identifier: Apache-2.0
// Test top: a RAM, an APB slave and three interrupt sources, each with its observer.
//
// The observers are built with signals in place of calls: the test reads them, as the port does
// that has no other way (sim/ports/observers.py). This file comes first, so that all see it.
`define CORE_PORT_SIGNALS
`default_nettype none

module observed_bus #(
    parameter [31:0] BASE  = 32'h6E40_0000,
    parameter [31:0] BYTES = 32'h0000_F800
) (
    input  wire        clk_i,
    input  wire        rst_ni,

    input  wire [3:0]  s_axi_awid,
    input  wire [31:0] s_axi_awaddr,
    input  wire [7:0]  s_axi_awlen,
    input  wire [2:0]  s_axi_awsize,
    input  wire [1:0]  s_axi_awburst,
    input  wire        s_axi_awvalid,
    output wire        s_axi_awready,
    input  wire [63:0] s_axi_wdata,
    input  wire [7:0]  s_axi_wstrb,
    input  wire        s_axi_wlast,
    input  wire        s_axi_wvalid,
    output wire        s_axi_wready,
    output wire [3:0]  s_axi_bid,
    output wire [1:0]  s_axi_bresp,
    output wire        s_axi_bvalid,
    input  wire        s_axi_bready,
    input  wire [3:0]  s_axi_arid,
    input  wire [31:0] s_axi_araddr,
    input  wire [7:0]  s_axi_arlen,
    input  wire [2:0]  s_axi_arsize,
    input  wire [1:0]  s_axi_arburst,
    input  wire        s_axi_arvalid,
    output wire        s_axi_arready,
    output wire [3:0]  s_axi_rid,
    output wire [63:0] s_axi_rdata,
    output wire [1:0]  s_axi_rresp,
    output wire        s_axi_rlast,
    output wire        s_axi_rvalid,
    input  wire        s_axi_rready,

    input  wire [31:0] s_apb_paddr,
    input  wire        s_apb_psel,
    input  wire        s_apb_penable,
    input  wire        s_apb_pwrite,
    input  wire [31:0] s_apb_pwdata,
    input  wire [3:0]  s_apb_pstrb,
    output wire        s_apb_pready,
    output wire [31:0] s_apb_prdata,
    output wire        s_apb_pslverr,

    input  wire [2:0]  lines_i,
    output reg  [63:0] cycle_q
);
  always @(posedge clk_i) cycle_q <= rst_ni ? cycle_q + 64'd1 : 64'd0;

  axi_ram #(.BASE(BASE), .BYTES(BYTES)) ram (
      .write_clk_i(clk_i), .read_clk_i(clk_i),
      .rst_ni, .s_axi_awid, .s_axi_awaddr, .s_axi_awlen, .s_axi_awsize, .s_axi_awburst,
      .s_axi_awvalid, .s_axi_awready, .s_axi_wdata, .s_axi_wstrb, .s_axi_wlast, .s_axi_wvalid,
      .s_axi_wready, .s_axi_bid, .s_axi_bresp, .s_axi_bvalid, .s_axi_bready, .s_axi_arid,
      .s_axi_araddr, .s_axi_arlen, .s_axi_arsize, .s_axi_arburst, .s_axi_arvalid, .s_axi_arready,
      .s_axi_rid, .s_axi_rdata, .s_axi_rresp, .s_axi_rlast, .s_axi_rvalid, .s_axi_rready);

  axi_observer #(.PORT(0)) observe_memory (
      .write_clk_i(clk_i), .read_clk_i(clk_i), .cycle_i(cycle_q),
      .rst_ni, .s_axi_awid, .s_axi_awaddr, .s_axi_awlen, .s_axi_awsize, .s_axi_awburst,
      .s_axi_awvalid, .s_axi_awready, .s_axi_wdata, .s_axi_wstrb, .s_axi_wlast, .s_axi_wvalid,
      .s_axi_wready, .s_axi_bid, .s_axi_bresp, .s_axi_bvalid, .s_axi_bready, .s_axi_arid,
      .s_axi_araddr, .s_axi_arlen, .s_axi_arsize, .s_axi_arburst, .s_axi_arvalid, .s_axi_arready,
      .s_axi_rid, .s_axi_rdata, .s_axi_rresp, .s_axi_rlast, .s_axi_rvalid, .s_axi_rready);

  // One register at any address below 0x100; SLVERR at 0x100 and above, two wait states.
  reg [31:0] register_q;
  reg [1:0]  wait_q;
  assign s_apb_pready  = s_apb_penable && wait_q == 2'd2;
  assign s_apb_prdata  = register_q;
  assign s_apb_pslverr = s_apb_paddr[11:8] != 4'd0;
  always @(posedge clk_i) begin
    wait_q <= !rst_ni || !s_apb_penable || s_apb_pready ? 2'd0 : wait_q + 2'd1;
    if (!rst_ni) register_q <= 32'd0;
    else if (s_apb_pready && s_apb_pwrite && !s_apb_pslverr) register_q <= s_apb_pwdata;
  end

  apb_observer #(.PORT(1)) observe_registers (
      .clk_i, .rst_ni, .cycle_i(cycle_q), .master_i(4'd5), .s_apb_paddr, .s_apb_psel,
      .s_apb_penable, .s_apb_pwrite, .s_apb_pwdata, .s_apb_pstrb, .s_apb_pready, .s_apb_prdata,
      .s_apb_pslverr, .decerr_i(s_apb_paddr[11:8] == 4'd2));

  line_observer #(
      .N(3), .ADDRESS({32'h4910_2000, 32'h4910_2000, 32'h0200_0004}), .LINE({4'd1, 4'd0, 4'd0})
  ) observe_lines (.clk_i, .rst_ni, .cycle_i(cycle_q), .lines_i);
endmodule

`default_nettype wire
