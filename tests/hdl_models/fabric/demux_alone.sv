// SPDX-License-Identifier: Apache-2.0
// Test top: axi_demux with one clock for both halves.
`default_nettype none

module demux_alone #(
  parameter integer N      = 2,
  parameter integer SELECT = 1
) (
  input  wire              clk_i,
  input  wire              rst_ni,

  input  wire [SELECT-1:0] aw_select_i,
  input  wire [SELECT-1:0] ar_select_i,

  input  wire              s_axi_awvalid,
  output wire              s_axi_awready,
  input  wire              s_axi_wlast,
  input  wire              s_axi_wvalid,
  output wire              s_axi_wready,
  output wire [3:0]        s_axi_bid,
  output wire [1:0]        s_axi_bresp,
  output wire              s_axi_bvalid,
  input  wire              s_axi_bready,
  input  wire              s_axi_arvalid,
  output wire              s_axi_arready,
  output wire [3:0]        s_axi_rid,
  output wire [63:0]       s_axi_rdata,
  output wire [1:0]        s_axi_rresp,
  output wire              s_axi_rlast,
  output wire              s_axi_rvalid,
  input  wire              s_axi_rready,

  output wire [N-1:0]      m_axi_awvalid,
  input  wire [N-1:0]      m_axi_awready,
  output wire [N-1:0]      m_axi_wvalid,
  input  wire [N-1:0]      m_axi_wready,
  input  wire [N*4-1:0]    m_axi_bid,
  input  wire [N*2-1:0]    m_axi_bresp,
  input  wire [N-1:0]      m_axi_bvalid,
  output wire [N-1:0]      m_axi_bready,
  output wire [N-1:0]      m_axi_arvalid,
  input  wire [N-1:0]      m_axi_arready,
  input  wire [N*4-1:0]    m_axi_rid,
  input  wire [N*64-1:0]   m_axi_rdata,
  input  wire [N*2-1:0]    m_axi_rresp,
  input  wire [N-1:0]      m_axi_rlast,
  input  wire [N-1:0]      m_axi_rvalid,
  output wire [N-1:0]      m_axi_rready
);

  axi_demux #(.N(N), .SELECT(SELECT)) u_block (
    .write_clk_i(clk_i), .read_clk_i(clk_i),
    .rst_ni, .aw_select_i, .ar_select_i, .s_axi_awvalid, .s_axi_awready, .s_axi_wlast,
    .s_axi_wvalid, .s_axi_wready, .s_axi_bid, .s_axi_bresp, .s_axi_bvalid, .s_axi_bready,
    .s_axi_arvalid, .s_axi_arready, .s_axi_rid, .s_axi_rdata, .s_axi_rresp, .s_axi_rlast,
    .s_axi_rvalid, .s_axi_rready, .m_axi_awvalid, .m_axi_awready, .m_axi_wvalid, .m_axi_wready,
    .m_axi_bid, .m_axi_bresp, .m_axi_bvalid, .m_axi_bready, .m_axi_arvalid, .m_axi_arready,
    .m_axi_rid, .m_axi_rdata, .m_axi_rresp, .m_axi_rlast, .m_axi_rvalid, .m_axi_rready
  );

endmodule

`default_nettype wire
