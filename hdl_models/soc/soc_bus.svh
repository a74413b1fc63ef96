// SPDX-License-Identifier: Apache-2.0
// Bundles of bus signals, for the inside of a SoC: their wires, and how blocks are connected.
//
//   h_ harts   a_ behind the arbiter   p_ behind the access windows   t_ RAMs and APB bridge
//   b_ APB at the bridge               s_ APB at its slaves
`ifndef SOC_BUS
`define SOC_BUS

// An AXI4 bus: single bits are no vectors, so that a waveform has one signal for wire and port.
`define AXI_WIRES(x) \
  wire [3:0]  x``awid, x``bid, x``arid, x``rid; \
  wire [31:0] x``awaddr, x``araddr; \
  wire [7:0]  x``awlen, x``arlen, x``wstrb; \
  wire [2:0]  x``awsize, x``arsize; \
  wire [1:0]  x``awburst, x``arburst, x``bresp, x``rresp; \
  wire [63:0] x``wdata, x``rdata; \
  wire        x``awvalid, x``awready, x``wlast, x``wvalid, x``wready, x``bvalid, x``bready; \
  wire        x``arvalid, x``arready, x``rlast, x``rvalid, x``rready;

// n of them side by side.
`define AXI_MASTER_WIRES(x, n) \
  wire [n*4-1:0]  x``awid, x``bid, x``arid, x``rid; \
  wire [n*32-1:0] x``awaddr, x``araddr; \
  wire [n*8-1:0]  x``awlen, x``arlen, x``wstrb; \
  wire [n*3-1:0]  x``awsize, x``arsize; \
  wire [n*2-1:0]  x``awburst, x``arburst, x``bresp, x``rresp; \
  wire [n*64-1:0] x``wdata, x``rdata; \
  wire [n-1:0]    x``awvalid, x``awready, x``wlast, x``wvalid, x``wready, x``bvalid, x``bready; \
  wire [n-1:0]    x``arvalid, x``arready, x``rlast, x``rvalid, x``rready;

// The wires of n targets that share the request: all but what says yes and what answers.
`define AXI_TARGET_WIRES(x, n) \
  wire [3:0]      x``awid, x``arid; \
  wire [31:0]     x``awaddr, x``araddr; \
  wire [7:0]      x``awlen, x``arlen, x``wstrb; \
  wire [2:0]      x``awsize, x``arsize; \
  wire [1:0]      x``awburst, x``arburst; \
  wire [63:0]     x``wdata; \
  wire            x``wlast; \
  wire [n*4-1:0]  x``bid, x``rid; \
  wire [n*2-1:0]  x``bresp, x``rresp; \
  wire [n*64-1:0] x``rdata; \
  wire [n-1:0]    x``awvalid, x``awready, x``wvalid, x``wready, x``bvalid, x``bready; \
  wire [n-1:0]    x``arvalid, x``arready, x``rlast, x``rvalid, x``rready;

// A port of a master with one transaction in flight, which needs no response IDs.
`define AXI_SIMPLE_PORT(port, x) \
  .port``_axi_awid(x``awid), .port``_axi_awaddr(x``awaddr), .port``_axi_awlen(x``awlen), \
  .port``_axi_awsize(x``awsize), .port``_axi_awburst(x``awburst), \
  .port``_axi_awvalid(x``awvalid), .port``_axi_awready(x``awready), \
  .port``_axi_wdata(x``wdata), .port``_axi_wstrb(x``wstrb), .port``_axi_wlast(x``wlast), \
  .port``_axi_wvalid(x``wvalid), .port``_axi_wready(x``wready), \
  .port``_axi_bresp(x``bresp), .port``_axi_bvalid(x``bvalid), .port``_axi_bready(x``bready), \
  .port``_axi_arid(x``arid), .port``_axi_araddr(x``araddr), .port``_axi_arlen(x``arlen), \
  .port``_axi_arsize(x``arsize), .port``_axi_arburst(x``arburst), \
  .port``_axi_arvalid(x``arvalid), .port``_axi_arready(x``arready), \
  .port``_axi_rdata(x``rdata), .port``_axi_rresp(x``rresp), .port``_axi_rlast(x``rlast), \
  .port``_axi_rvalid(x``rvalid), .port``_axi_rready(x``rready)

`define AXI_PORT(port, x) \
  `AXI_SIMPLE_PORT(port, x), .port``_axi_bid(x``bid), .port``_axi_rid(x``rid)

// The port of target i behind the decoder.
`define AXI_TARGET(i) \
  .s_axi_awid(t_awid), .s_axi_awaddr(t_awaddr), .s_axi_awlen(t_awlen), .s_axi_awsize(t_awsize), \
  .s_axi_awburst(t_awburst), .s_axi_awvalid(t_awvalid[i]), .s_axi_awready(t_awready[i]), \
  .s_axi_wdata(t_wdata), .s_axi_wstrb(t_wstrb), .s_axi_wlast(t_wlast), \
  .s_axi_wvalid(t_wvalid[i]), .s_axi_wready(t_wready[i]), .s_axi_bid(t_bid[i*4+:4]), \
  .s_axi_bresp(t_bresp[i*2+:2]), .s_axi_bvalid(t_bvalid[i]), .s_axi_bready(t_bready[i]), \
  .s_axi_arid(t_arid), .s_axi_araddr(t_araddr), .s_axi_arlen(t_arlen), .s_axi_arsize(t_arsize), \
  .s_axi_arburst(t_arburst), .s_axi_arvalid(t_arvalid[i]), .s_axi_arready(t_arready[i]), \
  .s_axi_rid(t_rid[i*4+:4]), .s_axi_rdata(t_rdata[i*64+:64]), .s_axi_rresp(t_rresp[i*2+:2]), \
  .s_axi_rlast(t_rlast[i]), .s_axi_rvalid(t_rvalid[i]), .s_axi_rready(t_rready[i])

// APB: the bridge's side, and n slaves behind the decoder.
`define APB_WIRES(n) \
  wire [31:0]     b_paddr, b_pwdata, b_prdata, s_paddr, s_pwdata; \
  wire [3:0]      b_pstrb, s_pstrb; \
  wire            b_psel, b_penable, b_pwrite, b_pready, b_pslverr, b_decerr; \
  wire            s_penable, s_pwrite; \
  wire [n-1:0]    s_psel, s_pready, s_pslverr; \
  wire [n*32-1:0] s_prdata;

`define APB_PORT(port, x) \
  .port``_apb_paddr(x``paddr), .port``_apb_psel(x``psel), .port``_apb_penable(x``penable), \
  .port``_apb_pwrite(x``pwrite), .port``_apb_pwdata(x``pwdata), .port``_apb_pstrb(x``pstrb), \
  .port``_apb_pready(x``pready), .port``_apb_prdata(x``prdata), .port``_apb_pslverr(x``pslverr)

// The APB port of slave i but its address; and all of it, with so many bits of address.
`define APB_SLAVE_REST(i) \
  .s_apb_psel(s_psel[i]), .s_apb_penable(s_penable), .s_apb_pwrite(s_pwrite), \
  .s_apb_pwdata(s_pwdata), .s_apb_pstrb(s_pstrb), .s_apb_pready(s_pready[i]), \
  .s_apb_prdata(s_prdata[i*32+:32]), .s_apb_pslverr(s_pslverr[i])

`define APB_SLAVE(i, clk, rst_n, bits) \
  .clk_i(clk), .rst_ni(rst_n), .s_apb_paddr(s_paddr[bits-1:0]), `APB_SLAVE_REST(i)

`endif
