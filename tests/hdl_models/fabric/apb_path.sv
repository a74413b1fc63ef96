// SPDX-License-Identifier: Apache-2.0
// Test top: axi_to_apb, apb_decode and two APB memories, at 0x1000_0000 and 0x1001_0000.
//
// As on an SoC, the bridge has no clock but while it says that it is busy.
`default_nettype none

module apb_path (
  input  wire        clk_i,
  input  wire        rst_ni,
  input  wire [3:0]  waits_i,

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
  input  wire        s_axi_rready
);

  wire [31:0] apb_paddr, apb_pwdata, apb_prdata, paddr, pwdata;
  wire        apb_psel, apb_penable, apb_pwrite, apb_pready, apb_pslverr, apb_decerr;
  wire        penable, pwrite;
  wire [3:0]  apb_pstrb, pstrb;
  wire [1:0]  psel, pready, pslverr;
  wire [63:0] prdata;

  wire bridge_clk, bridge_busy, bridge_resting;
  clock_gate #(.HOLD(4'd0)) u_gate (
    .clk_i, .rst_ni, .active_i(bridge_busy), .step_i(1'b1), .clk_o(bridge_clk),
    .resting_o(bridge_resting)
  );

  axi_to_apb u_bridge (
    .clk_i(bridge_clk), .rst_ni,
    .s_axi_awid, .s_axi_awaddr, .s_axi_awlen, .s_axi_awsize, .s_axi_awburst,
    .s_axi_awvalid, .s_axi_awready,
    .s_axi_wdata, .s_axi_wstrb, .s_axi_wlast, .s_axi_wvalid, .s_axi_wready,
    .s_axi_bid, .s_axi_bresp, .s_axi_bvalid, .s_axi_bready,
    .s_axi_arid, .s_axi_araddr, .s_axi_arlen, .s_axi_arsize, .s_axi_arburst,
    .s_axi_arvalid, .s_axi_arready,
    .s_axi_rid, .s_axi_rdata, .s_axi_rresp, .s_axi_rlast, .s_axi_rvalid, .s_axi_rready,
    .m_apb_paddr(apb_paddr), .m_apb_psel(apb_psel), .m_apb_penable(apb_penable),
    .m_apb_pwrite(apb_pwrite), .m_apb_pwdata(apb_pwdata), .m_apb_pstrb(apb_pstrb),
    .m_apb_pready(apb_pready), .m_apb_prdata(apb_prdata), .m_apb_pslverr(apb_pslverr),
    .m_apb_decerr_i(apb_decerr), .busy_o(bridge_busy)
  );

  apb_decode #(
    .N(2), .BASE({32'h1001_0000, 32'h1000_0000}), .MASK({32'hFFFF_0000, 32'hFFFF_0000})
  ) u_decode (
    .s_apb_paddr(apb_paddr), .s_apb_psel(apb_psel), .s_apb_penable(apb_penable),
    .s_apb_pwrite(apb_pwrite), .s_apb_pwdata(apb_pwdata), .s_apb_pstrb(apb_pstrb),
    .s_apb_pready(apb_pready), .s_apb_prdata(apb_prdata), .s_apb_pslverr(apb_pslverr),
    .decerr_o(apb_decerr),
    .m_apb_paddr(paddr), .m_apb_psel(psel), .m_apb_penable(penable), .m_apb_pwrite(pwrite),
    .m_apb_pwdata(pwdata), .m_apb_pstrb(pstrb),
    .m_apb_pready(pready), .m_apb_prdata(prdata), .m_apb_pslverr(pslverr)
  );

  genvar i;
  generate
    for (i = 0; i < 2; i = i + 1) begin : g_memory
      apb_memory u_memory (
        .clk_i, .rst_ni, .waits_i,
        .s_apb_paddr(paddr[5:0]), .s_apb_psel(psel[i]), .s_apb_penable(penable),
        .s_apb_pwrite(pwrite), .s_apb_pwdata(pwdata), .s_apb_pstrb(pstrb),
        .s_apb_pready(pready[i]), .s_apb_prdata(prdata[i*32 +: 32]),
        .s_apb_pslverr(pslverr[i])
      );
    end
  endgenerate

  wire unused = &{1'b0, bridge_resting, paddr[31:6]};

endmodule

`default_nettype wire
