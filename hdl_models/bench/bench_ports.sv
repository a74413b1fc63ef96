// SPDX-License-Identifier: Apache-2.0
// Measuring top: the shared fabric with the ports of both masters open, for masters in a testbench.
//
// soft0_o and soft1_o are the doorbells (CLINT msip) of master 0 and 1. The clock is the
// testbench's; no clock is left out.
`default_nettype none

module bench_ports (
    input  wire        clk_i,
    input  wire        rst_ni,
    output wire        soft0_o,
    output wire        soft1_o,
    input  wire [3:0]  s0_axi_awid,
    input  wire [31:0] s0_axi_awaddr,
    input  wire [7:0]  s0_axi_awlen,
    input  wire [2:0]  s0_axi_awsize,
    input  wire [1:0]  s0_axi_awburst,
    input  wire        s0_axi_awvalid,
    output wire        s0_axi_awready,
    input  wire [63:0] s0_axi_wdata,
    input  wire [7:0]  s0_axi_wstrb,
    input  wire        s0_axi_wlast,
    input  wire        s0_axi_wvalid,
    output wire        s0_axi_wready,
    output wire [3:0]  s0_axi_bid,
    output wire [1:0]  s0_axi_bresp,
    output wire        s0_axi_bvalid,
    input  wire        s0_axi_bready,
    input  wire [3:0]  s0_axi_arid,
    input  wire [31:0] s0_axi_araddr,
    input  wire [7:0]  s0_axi_arlen,
    input  wire [2:0]  s0_axi_arsize,
    input  wire [1:0]  s0_axi_arburst,
    input  wire        s0_axi_arvalid,
    output wire        s0_axi_arready,
    output wire [3:0]  s0_axi_rid,
    output wire [63:0] s0_axi_rdata,
    output wire [1:0]  s0_axi_rresp,
    output wire        s0_axi_rlast,
    output wire        s0_axi_rvalid,
    input  wire        s0_axi_rready,

    input  wire [3:0]  s1_axi_awid,
    input  wire [31:0] s1_axi_awaddr,
    input  wire [7:0]  s1_axi_awlen,
    input  wire [2:0]  s1_axi_awsize,
    input  wire [1:0]  s1_axi_awburst,
    input  wire        s1_axi_awvalid,
    output wire        s1_axi_awready,
    input  wire [63:0] s1_axi_wdata,
    input  wire [7:0]  s1_axi_wstrb,
    input  wire        s1_axi_wlast,
    input  wire        s1_axi_wvalid,
    output wire        s1_axi_wready,
    output wire [3:0]  s1_axi_bid,
    output wire [1:0]  s1_axi_bresp,
    output wire        s1_axi_bvalid,
    input  wire        s1_axi_bready,
    input  wire [3:0]  s1_axi_arid,
    input  wire [31:0] s1_axi_araddr,
    input  wire [7:0]  s1_axi_arlen,
    input  wire [2:0]  s1_axi_arsize,
    input  wire [1:0]  s1_axi_arburst,
    input  wire        s1_axi_arvalid,
    output wire        s1_axi_arready,
    output wire [3:0]  s1_axi_rid,
    output wire [63:0] s1_axi_rdata,
    output wire [1:0]  s1_axi_rresp,
    output wire        s1_axi_rlast,
    output wire        s1_axi_rvalid,
    input  wire        s1_axi_rready
);
  wire [5:0]  lines;
  wire [31:0] timer;

  assign soft0_o = lines[0];
  assign soft1_o = lines[3];

  bench_fabric fabric (
      .clk_i(clk_i), .write_clk_i(clk_i), .read_clk_i(clk_i), .rst_ni(rst_ni),
      .skip_i(32'd0), .timer_o(timer), .lines_o(lines),
      .s_axi_awid({s1_axi_awid, s0_axi_awid}),
      .s_axi_awaddr({s1_axi_awaddr, s0_axi_awaddr}),
      .s_axi_awlen({s1_axi_awlen, s0_axi_awlen}),
      .s_axi_awsize({s1_axi_awsize, s0_axi_awsize}),
      .s_axi_awburst({s1_axi_awburst, s0_axi_awburst}),
      .s_axi_awvalid({s1_axi_awvalid, s0_axi_awvalid}),
      .s_axi_awready({s1_axi_awready, s0_axi_awready}),
      .s_axi_wdata({s1_axi_wdata, s0_axi_wdata}),
      .s_axi_wstrb({s1_axi_wstrb, s0_axi_wstrb}),
      .s_axi_wlast({s1_axi_wlast, s0_axi_wlast}),
      .s_axi_wvalid({s1_axi_wvalid, s0_axi_wvalid}),
      .s_axi_wready({s1_axi_wready, s0_axi_wready}),
      .s_axi_bid({s1_axi_bid, s0_axi_bid}),
      .s_axi_bresp({s1_axi_bresp, s0_axi_bresp}),
      .s_axi_bvalid({s1_axi_bvalid, s0_axi_bvalid}),
      .s_axi_bready({s1_axi_bready, s0_axi_bready}),
      .s_axi_arid({s1_axi_arid, s0_axi_arid}),
      .s_axi_araddr({s1_axi_araddr, s0_axi_araddr}),
      .s_axi_arlen({s1_axi_arlen, s0_axi_arlen}),
      .s_axi_arsize({s1_axi_arsize, s0_axi_arsize}),
      .s_axi_arburst({s1_axi_arburst, s0_axi_arburst}),
      .s_axi_arvalid({s1_axi_arvalid, s0_axi_arvalid}),
      .s_axi_arready({s1_axi_arready, s0_axi_arready}),
      .s_axi_rid({s1_axi_rid, s0_axi_rid}),
      .s_axi_rdata({s1_axi_rdata, s0_axi_rdata}),
      .s_axi_rresp({s1_axi_rresp, s0_axi_rresp}),
      .s_axi_rlast({s1_axi_rlast, s0_axi_rlast}),
      .s_axi_rvalid({s1_axi_rvalid, s0_axi_rvalid}),
      .s_axi_rready({s1_axi_rready, s0_axi_rready}));

  wire unused = &{1'b0, timer, lines[5:4], lines[2:1]};
endmodule

`default_nettype wire
