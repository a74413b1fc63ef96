// SPDX-License-Identifier: Apache-2.0
// What the ways of measuring share of the SoC: two masters, a memory, a CLINT for doorbells.
//
//   masters --> arbiter --> decoder --> memory
//                                   --> APB bridge --> CLINT
//
// The same modules as in jh7110_amp, so that what is measured here is what a run of the bench pays
// for a bus transaction. lines_o has {0, timer, software} of master i at bits 3*i.
`default_nettype none

module bench_fabric #(
    parameter [31:0] MEMORY_BASE  = 32'h8000_0000,
    parameter [31:0] MEMORY_BYTES = 32'h0004_0000,
    parameter [31:0] CLINT_BASE   = 32'h0200_0000
) (
    input  wire         clk_i,
    input  wire         write_clk_i,  // may rest while no write is under way
    input  wire         read_clk_i,   // may rest while no read is under way
    input  wire         rst_ni,
    input  wire [31:0]  skip_i,   // clocks left out before this edge
    output wire [31:0]  timer_o,  // clocks that may be left out
    output wire [5:0]   lines_o,

    input  wire [7:0]   s_axi_awid,
    input  wire [63:0]  s_axi_awaddr,
    input  wire [15:0]  s_axi_awlen,
    input  wire [5:0]   s_axi_awsize,
    input  wire [3:0]   s_axi_awburst,
    input  wire [1:0]   s_axi_awvalid,
    output wire [1:0]   s_axi_awready,
    input  wire [127:0] s_axi_wdata,
    input  wire [15:0]  s_axi_wstrb,
    input  wire [1:0]   s_axi_wlast,
    input  wire [1:0]   s_axi_wvalid,
    output wire [1:0]   s_axi_wready,
    output wire [7:0]   s_axi_bid,
    output wire [3:0]   s_axi_bresp,
    output wire [1:0]   s_axi_bvalid,
    input  wire [1:0]   s_axi_bready,
    input  wire [7:0]   s_axi_arid,
    input  wire [63:0]  s_axi_araddr,
    input  wire [15:0]  s_axi_arlen,
    input  wire [5:0]   s_axi_arsize,
    input  wire [3:0]   s_axi_arburst,
    input  wire [1:0]   s_axi_arvalid,
    output wire [1:0]   s_axi_arready,
    output wire [7:0]   s_axi_rid,
    output wire [127:0] s_axi_rdata,
    output wire [3:0]   s_axi_rresp,
    output wire [1:0]   s_axi_rlast,
    output wire [1:0]   s_axi_rvalid,
    input  wire [1:0]   s_axi_rready
);
  // ---- one bus behind the arbiter (a_), its two targets behind the decoder (t_) ----
  wire [3:0]   a_awid, a_bid, a_arid, a_rid, t_awid, t_arid;
  wire [31:0]  a_awaddr, a_araddr, t_awaddr, t_araddr;
  wire [7:0]   a_awlen, a_arlen, a_wstrb, t_awlen, t_arlen, t_wstrb;
  wire [2:0]   a_awsize, a_arsize, t_awsize, t_arsize;
  wire [1:0]   a_awburst, a_arburst, a_bresp, a_rresp, t_awburst, t_arburst;
  wire [63:0]  a_wdata, a_rdata, t_wdata;
  wire         a_awvalid, a_awready, a_wlast, a_wvalid, a_wready, a_bvalid, a_bready;
  wire         a_arvalid, a_arready, a_rlast, a_rvalid, a_rready, t_wlast;
  wire [1:0]   t_awvalid, t_awready, t_wvalid, t_wready, t_bvalid, t_bready;
  wire [1:0]   t_arvalid, t_arready, t_rlast, t_rvalid, t_rready;
  wire [7:0]   t_bid, t_rid;
  wire [3:0]   t_bresp, t_rresp;
  wire [127:0] t_rdata;

  axi_arbiter #(.N(2)) arbiter (
      .write_clk_i(write_clk_i), .read_clk_i(read_clk_i), .rst_ni(rst_ni),
      .s_axi_awid(s_axi_awid), .s_axi_awaddr(s_axi_awaddr), .s_axi_awlen(s_axi_awlen),
      .s_axi_awsize(s_axi_awsize), .s_axi_awburst(s_axi_awburst),
      .s_axi_awvalid(s_axi_awvalid), .s_axi_awready(s_axi_awready),
      .s_axi_wdata(s_axi_wdata), .s_axi_wstrb(s_axi_wstrb), .s_axi_wlast(s_axi_wlast),
      .s_axi_wvalid(s_axi_wvalid), .s_axi_wready(s_axi_wready), .s_axi_bid(s_axi_bid),
      .s_axi_bresp(s_axi_bresp), .s_axi_bvalid(s_axi_bvalid), .s_axi_bready(s_axi_bready),
      .s_axi_arid(s_axi_arid), .s_axi_araddr(s_axi_araddr), .s_axi_arlen(s_axi_arlen),
      .s_axi_arsize(s_axi_arsize), .s_axi_arburst(s_axi_arburst),
      .s_axi_arvalid(s_axi_arvalid), .s_axi_arready(s_axi_arready), .s_axi_rid(s_axi_rid),
      .s_axi_rdata(s_axi_rdata), .s_axi_rresp(s_axi_rresp), .s_axi_rlast(s_axi_rlast),
      .s_axi_rvalid(s_axi_rvalid), .s_axi_rready(s_axi_rready),
      .m_axi_awid(a_awid), .m_axi_awaddr(a_awaddr), .m_axi_awlen(a_awlen),
      .m_axi_awsize(a_awsize), .m_axi_awburst(a_awburst), .m_axi_awvalid(a_awvalid),
      .m_axi_awready(a_awready), .m_axi_wdata(a_wdata), .m_axi_wstrb(a_wstrb),
      .m_axi_wlast(a_wlast), .m_axi_wvalid(a_wvalid), .m_axi_wready(a_wready),
      .m_axi_bid(a_bid), .m_axi_bresp(a_bresp), .m_axi_bvalid(a_bvalid),
      .m_axi_bready(a_bready), .m_axi_arid(a_arid), .m_axi_araddr(a_araddr),
      .m_axi_arlen(a_arlen), .m_axi_arsize(a_arsize), .m_axi_arburst(a_arburst),
      .m_axi_arvalid(a_arvalid), .m_axi_arready(a_arready), .m_axi_rid(a_rid),
      .m_axi_rdata(a_rdata), .m_axi_rresp(a_rresp), .m_axi_rlast(a_rlast),
      .m_axi_rvalid(a_rvalid), .m_axi_rready(a_rready));

  axi_decode #(
      .N(2), .BASE({CLINT_BASE, MEMORY_BASE}), .BYTES({32'h0001_0000, MEMORY_BYTES})
  ) decode (
      .write_clk_i(write_clk_i), .read_clk_i(read_clk_i), .rst_ni(rst_ni),
      .s_axi_awid(a_awid), .s_axi_awaddr(a_awaddr), .s_axi_awlen(a_awlen),
      .s_axi_awsize(a_awsize), .s_axi_awburst(a_awburst), .s_axi_awvalid(a_awvalid),
      .s_axi_awready(a_awready), .s_axi_wdata(a_wdata), .s_axi_wstrb(a_wstrb),
      .s_axi_wlast(a_wlast), .s_axi_wvalid(a_wvalid), .s_axi_wready(a_wready),
      .s_axi_bid(a_bid), .s_axi_bresp(a_bresp), .s_axi_bvalid(a_bvalid),
      .s_axi_bready(a_bready), .s_axi_arid(a_arid), .s_axi_araddr(a_araddr),
      .s_axi_arlen(a_arlen), .s_axi_arsize(a_arsize), .s_axi_arburst(a_arburst),
      .s_axi_arvalid(a_arvalid), .s_axi_arready(a_arready), .s_axi_rid(a_rid),
      .s_axi_rdata(a_rdata), .s_axi_rresp(a_rresp), .s_axi_rlast(a_rlast),
      .s_axi_rvalid(a_rvalid), .s_axi_rready(a_rready),
      .m_axi_awid(t_awid), .m_axi_awaddr(t_awaddr), .m_axi_awlen(t_awlen),
      .m_axi_awsize(t_awsize), .m_axi_awburst(t_awburst), .m_axi_awvalid(t_awvalid),
      .m_axi_awready(t_awready), .m_axi_wdata(t_wdata), .m_axi_wstrb(t_wstrb),
      .m_axi_wlast(t_wlast), .m_axi_wvalid(t_wvalid), .m_axi_wready(t_wready),
      .m_axi_bid(t_bid), .m_axi_bresp(t_bresp), .m_axi_bvalid(t_bvalid),
      .m_axi_bready(t_bready), .m_axi_arid(t_arid), .m_axi_araddr(t_araddr),
      .m_axi_arlen(t_arlen), .m_axi_arsize(t_arsize), .m_axi_arburst(t_arburst),
      .m_axi_arvalid(t_arvalid), .m_axi_arready(t_arready), .m_axi_rid(t_rid),
      .m_axi_rdata(t_rdata), .m_axi_rresp(t_rresp), .m_axi_rlast(t_rlast),
      .m_axi_rvalid(t_rvalid), .m_axi_rready(t_rready));

`define BENCH_TARGET(i) \
  .s_axi_awid(t_awid), .s_axi_awaddr(t_awaddr), .s_axi_awlen(t_awlen), .s_axi_awsize(t_awsize), \
  .s_axi_awburst(t_awburst), .s_axi_awvalid(t_awvalid[i]), .s_axi_awready(t_awready[i]), \
  .s_axi_wdata(t_wdata), .s_axi_wstrb(t_wstrb), .s_axi_wlast(t_wlast), \
  .s_axi_wvalid(t_wvalid[i]), .s_axi_wready(t_wready[i]), .s_axi_bid(t_bid[i*4+:4]), \
  .s_axi_bresp(t_bresp[i*2+:2]), .s_axi_bvalid(t_bvalid[i]), .s_axi_bready(t_bready[i]), \
  .s_axi_arid(t_arid), .s_axi_araddr(t_araddr), .s_axi_arlen(t_arlen), .s_axi_arsize(t_arsize), \
  .s_axi_arburst(t_arburst), .s_axi_arvalid(t_arvalid[i]), .s_axi_arready(t_arready[i]), \
  .s_axi_rid(t_rid[i*4+:4]), .s_axi_rdata(t_rdata[i*64+:64]), .s_axi_rresp(t_rresp[i*2+:2]), \
  .s_axi_rlast(t_rlast[i]), .s_axi_rvalid(t_rvalid[i]), .s_axi_rready(t_rready[i])

  axi_ram #(.BASE(MEMORY_BASE), .BYTES(MEMORY_BYTES)) memory (
      .write_clk_i(write_clk_i), .read_clk_i(read_clk_i), .rst_ni(rst_ni), `BENCH_TARGET(0));

  wire [31:0] p_paddr, p_pwdata, p_prdata;
  wire [3:0]  p_pstrb;
  wire        p_psel, p_penable, p_pwrite, p_pready, p_pslverr;

  // As in the SoC: the bridge is at work from the address to the response.
  wire bridge_clk, bridge_busy;
  wire unused_resting;
  clock_gate #(.HOLD(4'd0)) bridge_gate (
      .clk_i(clk_i), .rst_ni(rst_ni),
      .active_i(bridge_busy), .step_i(1'b1),
      .clk_o(bridge_clk), .resting_o(unused_resting));

  axi_to_apb bridge (
      .clk_i(bridge_clk), .rst_ni(rst_ni), `BENCH_TARGET(1),
      .m_apb_paddr(p_paddr), .m_apb_psel(p_psel), .m_apb_penable(p_penable),
      .m_apb_pwrite(p_pwrite), .m_apb_pwdata(p_pwdata), .m_apb_pstrb(p_pstrb),
      .m_apb_pready(p_pready), .m_apb_prdata(p_prdata), .m_apb_pslverr(p_pslverr),
      .m_apb_decerr_i(1'b0), .busy_o(bridge_busy));

  wire [1:0]  msip, mtip;
  wire [63:0] mtime;

  clint #(.HARTS(2), .CLOCKS_PER_TICK(25)) clint (
      .clk_i(clk_i), .rst_ni(rst_ni), .skip_i(skip_i), .timer_o(timer_o),
      .s_apb_paddr(p_paddr[15:0]), .s_apb_psel(p_psel), .s_apb_penable(p_penable),
      .s_apb_pwrite(p_pwrite), .s_apb_pwdata(p_pwdata), .s_apb_pstrb(p_pstrb),
      .s_apb_pready(p_pready), .s_apb_prdata(p_prdata), .s_apb_pslverr(p_pslverr),
      .msip_o(msip), .mtip_o(mtip), .mtime_o(mtime));

  assign lines_o = {1'b0, mtip[1], msip[1], 1'b0, mtip[0], msip[0]};

  wire unused = &{1'b0, p_paddr[31:16], mtime};
`undef BENCH_TARGET
endmodule

`default_nettype wire
