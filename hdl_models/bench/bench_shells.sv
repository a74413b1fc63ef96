// SPDX-License-Identifier: Apache-2.0
// Measuring top: two core shells on the shared fabric, as harts of the SoC are on theirs.
//
// Clock, reset and left-out clocks are those of a SoC's simulation top.
`default_nettype none

module bench_shells (
`include "bench_ports.svh"
);
`include "bench_clock.svh"

  wire [7:0]   awid, arid, bid, rid;
  wire [63:0]  awaddr, araddr;
  wire [15:0]  awlen, arlen, wstrb;
  wire [5:0]   awsize, arsize, lines;
  wire [3:0]   awburst, arburst, bresp, rresp;
  wire [127:0] wdata, rdata;
  wire [1:0]   awvalid, awready, wlast, wvalid, wready, bvalid, bready;
  wire [1:0]   wfi, arvalid, arready, rlast, rvalid, rready;
  wire         tx_valid, write_clk, read_clk;
  wire [7:0]   tx_data;

  core_cluster #(.HARTS(2), .TERMINALS(1)) cluster (
      .clk_i(clk_i), .rst_ni(rst_n), .skip_i(skip_i), .cycle_o(cycle_o), .quiet_o(quiet_o),
      .write_clk_o(write_clk), .read_clk_o(read_clk),
      .run_i(2'b11), .boot_address_i(64'd0), .lines_i(lines),
      .wfi_o(wfi),
      .terminal_rx_valid_i(1'b0), .terminal_rx_data_i(8'd0),
      .terminal_tx_valid_o(tx_valid), .terminal_tx_data_o(tx_data), .terminal_tx_ready_i(1'b0),
      .m_axi_awid(awid), .m_axi_awaddr(awaddr), .m_axi_awlen(awlen), .m_axi_awsize(awsize),
      .m_axi_awburst(awburst), .m_axi_awvalid(awvalid), .m_axi_awready(awready),
      .m_axi_wdata(wdata), .m_axi_wstrb(wstrb), .m_axi_wlast(wlast), .m_axi_wvalid(wvalid),
      .m_axi_wready(wready), .m_axi_bresp(bresp), .m_axi_bvalid(bvalid), .m_axi_bready(bready),
      .m_axi_arid(arid), .m_axi_araddr(araddr), .m_axi_arlen(arlen), .m_axi_arsize(arsize),
      .m_axi_arburst(arburst), .m_axi_arvalid(arvalid), .m_axi_arready(arready),
      .m_axi_rdata(rdata), .m_axi_rresp(rresp), .m_axi_rlast(rlast), .m_axi_rvalid(rvalid),
      .m_axi_rready(rready));

  bench_fabric fabric (
      .clk_i(clk_i), .write_clk_i(write_clk), .read_clk_i(read_clk), .rst_ni(rst_n),
      .skip_i(skip_i), .timer_o(timer_o), .lines_o(lines),
      .s_axi_awid(awid), .s_axi_awaddr(awaddr), .s_axi_awlen(awlen), .s_axi_awsize(awsize),
      .s_axi_awburst(awburst), .s_axi_awvalid(awvalid), .s_axi_awready(awready),
      .s_axi_wdata(wdata), .s_axi_wstrb(wstrb), .s_axi_wlast(wlast), .s_axi_wvalid(wvalid),
      .s_axi_wready(wready), .s_axi_bid(bid), .s_axi_bresp(bresp), .s_axi_bvalid(bvalid),
      .s_axi_bready(bready), .s_axi_arid(arid), .s_axi_araddr(araddr), .s_axi_arlen(arlen),
      .s_axi_arsize(arsize), .s_axi_arburst(arburst), .s_axi_arvalid(arvalid),
      .s_axi_arready(arready), .s_axi_rid(rid), .s_axi_rdata(rdata), .s_axi_rresp(rresp),
      .s_axi_rlast(rlast), .s_axi_rvalid(rvalid), .s_axi_rready(rready));

  // A shell has one transaction in flight and needs no ID; there is no terminal here.
  wire unused = &{1'b0, wfi, bid, rid, tx_valid, tx_data};
endmodule

`default_nettype wire
