// SPDX-License-Identifier: Apache-2.0
// Test top: the memory path of the SoC with four masters s0 to s3 and small memories.
//
// axi_arbiter, axi_mpu, axi_decode; then 64 KiB RAMs at 0x4000_0000 and 0x6E40_0000, and below
// 0x4000_0000 axi_to_apb and apb_decode with the MPU's registers at 0x1305_0000.
`default_nettype none

`define MASTER_PORTS(P) \
  input  wire [3:0]  P``_axi_awid, \
  input  wire [31:0] P``_axi_awaddr, \
  input  wire [7:0]  P``_axi_awlen, \
  input  wire [2:0]  P``_axi_awsize, \
  input  wire [1:0]  P``_axi_awburst, \
  input  wire        P``_axi_awvalid, \
  output wire        P``_axi_awready, \
  input  wire [63:0] P``_axi_wdata, \
  input  wire [7:0]  P``_axi_wstrb, \
  input  wire        P``_axi_wlast, \
  input  wire        P``_axi_wvalid, \
  output wire        P``_axi_wready, \
  output wire [3:0]  P``_axi_bid, \
  output wire [1:0]  P``_axi_bresp, \
  output wire        P``_axi_bvalid, \
  input  wire        P``_axi_bready, \
  input  wire [3:0]  P``_axi_arid, \
  input  wire [31:0] P``_axi_araddr, \
  input  wire [7:0]  P``_axi_arlen, \
  input  wire [2:0]  P``_axi_arsize, \
  input  wire [1:0]  P``_axi_arburst, \
  input  wire        P``_axi_arvalid, \
  output wire        P``_axi_arready, \
  output wire [3:0]  P``_axi_rid, \
  output wire [63:0] P``_axi_rdata, \
  output wire [1:0]  P``_axi_rresp, \
  output wire        P``_axi_rlast, \
  output wire        P``_axi_rvalid, \
  input  wire        P``_axi_rready

`define PACK(X) .s_axi_``X({s3_axi_``X, s2_axi_``X, s1_axi_``X, s0_axi_``X})

// The nets of one 64-bit AXI4 port to N targets: packed handshakes and responses, one payload.
`define AXI_NETS(P, N) \
  wire [3:0]      P``_awid, P``_arid; \
  wire [31:0]     P``_awaddr, P``_araddr; \
  wire [7:0]      P``_awlen, P``_arlen, P``_wstrb; \
  wire [2:0]      P``_awsize, P``_arsize; \
  wire [1:0]      P``_awburst, P``_arburst; \
  wire [63:0]     P``_wdata; \
  wire            P``_wlast; \
  wire [N-1:0]    P``_awvalid, P``_awready, P``_wvalid, P``_wready, P``_bvalid, P``_bready; \
  wire [N-1:0]    P``_arvalid, P``_arready, P``_rvalid, P``_rready, P``_rlast; \
  wire [N*4-1:0]  P``_bid, P``_rid; \
  wire [N*2-1:0]  P``_bresp, P``_rresp; \
  wire [N*64-1:0] P``_rdata

`define AXI_CONNECT(Q, P) \
  .Q``_axi_awid(P``_awid), .Q``_axi_awaddr(P``_awaddr), .Q``_axi_awlen(P``_awlen), \
  .Q``_axi_awsize(P``_awsize), .Q``_axi_awburst(P``_awburst), .Q``_axi_awvalid(P``_awvalid), \
  .Q``_axi_awready(P``_awready), .Q``_axi_wdata(P``_wdata), .Q``_axi_wstrb(P``_wstrb), \
  .Q``_axi_wlast(P``_wlast), .Q``_axi_wvalid(P``_wvalid), .Q``_axi_wready(P``_wready), \
  .Q``_axi_bid(P``_bid), .Q``_axi_bresp(P``_bresp), .Q``_axi_bvalid(P``_bvalid), \
  .Q``_axi_bready(P``_bready), .Q``_axi_arid(P``_arid), .Q``_axi_araddr(P``_araddr), \
  .Q``_axi_arlen(P``_arlen), .Q``_axi_arsize(P``_arsize), .Q``_axi_arburst(P``_arburst), \
  .Q``_axi_arvalid(P``_arvalid), .Q``_axi_arready(P``_arready), .Q``_axi_rid(P``_rid), \
  .Q``_axi_rdata(P``_rdata), .Q``_axi_rresp(P``_rresp), .Q``_axi_rlast(P``_rlast), \
  .Q``_axi_rvalid(P``_rvalid), .Q``_axi_rready(P``_rready)

// The slave port of target I of such a port.
`define AXI_TARGET(P, I) \
  .s_axi_awid(P``_awid), .s_axi_awaddr(P``_awaddr), .s_axi_awlen(P``_awlen), \
  .s_axi_awsize(P``_awsize), .s_axi_awburst(P``_awburst), .s_axi_awvalid(P``_awvalid[I]), \
  .s_axi_awready(P``_awready[I]), .s_axi_wdata(P``_wdata), .s_axi_wstrb(P``_wstrb), \
  .s_axi_wlast(P``_wlast), .s_axi_wvalid(P``_wvalid[I]), .s_axi_wready(P``_wready[I]), \
  .s_axi_bid(P``_bid[I*4 +: 4]), .s_axi_bresp(P``_bresp[I*2 +: 2]), \
  .s_axi_bvalid(P``_bvalid[I]), .s_axi_bready(P``_bready[I]), \
  .s_axi_arid(P``_arid), .s_axi_araddr(P``_araddr), .s_axi_arlen(P``_arlen), \
  .s_axi_arsize(P``_arsize), .s_axi_arburst(P``_arburst), .s_axi_arvalid(P``_arvalid[I]), \
  .s_axi_arready(P``_arready[I]), .s_axi_rid(P``_rid[I*4 +: 4]), \
  .s_axi_rdata(P``_rdata[I*64 +: 64]), .s_axi_rresp(P``_rresp[I*2 +: 2]), \
  .s_axi_rlast(P``_rlast[I]), .s_axi_rvalid(P``_rvalid[I]), .s_axi_rready(P``_rready[I])

module fabric_path (
  input  wire clk_i,
  input  wire rst_ni,
  output wire irq_o,
  `MASTER_PORTS(s0),
  `MASTER_PORTS(s1),
  `MASTER_PORTS(s2),
  `MASTER_PORTS(s3)
);

  `AXI_NETS(joined, 1);
  `AXI_NETS(checked, 1);
  `AXI_NETS(target, 3);

  axi_arbiter #(.N(4)) u_arbiter (
    .write_clk_i(clk_i), .read_clk_i(clk_i), .rst_ni,
    `PACK(awid), `PACK(awaddr), `PACK(awlen), `PACK(awsize), `PACK(awburst),
    `PACK(awvalid), `PACK(awready),
    `PACK(wdata), `PACK(wstrb), `PACK(wlast), `PACK(wvalid), `PACK(wready),
    `PACK(bid), `PACK(bresp), `PACK(bvalid), `PACK(bready),
    `PACK(arid), `PACK(araddr), `PACK(arlen), `PACK(arsize), `PACK(arburst),
    `PACK(arvalid), `PACK(arready),
    `PACK(rid), `PACK(rdata), `PACK(rresp), `PACK(rlast), `PACK(rvalid), `PACK(rready),
    `AXI_CONNECT(m, joined)
  );

  wire [31:0] apb_paddr, apb_pwdata, apb_prdata, mpu_paddr, mpu_pwdata, mpu_prdata;
  wire [3:0]  apb_pstrb, mpu_pstrb;
  wire        apb_psel, apb_penable, apb_pwrite, apb_pready, apb_pslverr, apb_decerr;
  wire        mpu_psel, mpu_penable, mpu_pwrite, mpu_pready, mpu_pslverr;

  axi_mpu u_mpu (
    .clk_i, .write_clk_i(clk_i), .read_clk_i(clk_i), .rst_ni,
    `AXI_CONNECT(s, joined),
    `AXI_CONNECT(m, checked),
    .s_apb_paddr(mpu_paddr[11:0]), .s_apb_psel(mpu_psel), .s_apb_penable(mpu_penable),
    .s_apb_pwrite(mpu_pwrite), .s_apb_pwdata(mpu_pwdata), .s_apb_pstrb(mpu_pstrb),
    .s_apb_pready(mpu_pready), .s_apb_prdata(mpu_prdata), .s_apb_pslverr(mpu_pslverr),
    .irq_o
  );

  axi_decode #(
    .N(3),
    .BASE({32'h0000_0000, 32'h6E40_0000, 32'h4000_0000}),
    .BYTES({32'h4000_0000, 32'h0001_0000, 32'h0001_0000})
  ) u_decode (
    .write_clk_i(clk_i), .read_clk_i(clk_i), .rst_ni,
    `AXI_CONNECT(s, checked),
    `AXI_CONNECT(m, target)
  );

  axi_ram #(.BASE(32'h4000_0000), .BYTES(32'h0001_0000)) u_dram (
    .write_clk_i(clk_i), .read_clk_i(clk_i), .rst_ni, `AXI_TARGET(target, 0)
  );
  axi_ram #(.BASE(32'h6E40_0000), .BYTES(32'h0001_0000)) u_amp_ram (
    .write_clk_i(clk_i), .read_clk_i(clk_i), .rst_ni, `AXI_TARGET(target, 1)
  );
  wire bridge_busy;
  axi_to_apb u_bridge (
    .clk_i, .rst_ni, `AXI_TARGET(target, 2),
    .m_apb_paddr(apb_paddr), .m_apb_psel(apb_psel), .m_apb_penable(apb_penable),
    .m_apb_pwrite(apb_pwrite), .m_apb_pwdata(apb_pwdata), .m_apb_pstrb(apb_pstrb),
    .m_apb_pready(apb_pready), .m_apb_prdata(apb_prdata), .m_apb_pslverr(apb_pslverr),
    .m_apb_decerr_i(apb_decerr), .busy_o(bridge_busy)
  );

  apb_decode #(.N(1), .BASE(32'h1305_0000), .MASK(32'hFFFF_F000)) u_apb_decode (
    .s_apb_paddr(apb_paddr), .s_apb_psel(apb_psel), .s_apb_penable(apb_penable),
    .s_apb_pwrite(apb_pwrite), .s_apb_pwdata(apb_pwdata), .s_apb_pstrb(apb_pstrb),
    .s_apb_pready(apb_pready), .s_apb_prdata(apb_prdata), .s_apb_pslverr(apb_pslverr),
    .decerr_o(apb_decerr),
    .m_apb_paddr(mpu_paddr), .m_apb_psel(mpu_psel), .m_apb_penable(mpu_penable),
    .m_apb_pwrite(mpu_pwrite), .m_apb_pwdata(mpu_pwdata), .m_apb_pstrb(mpu_pstrb),
    .m_apb_pready(mpu_pready), .m_apb_prdata(mpu_prdata), .m_apb_pslverr(mpu_pslverr)
  );

  wire unused = &{1'b0, bridge_busy, mpu_paddr[31:12]};

endmodule

`default_nettype wire
