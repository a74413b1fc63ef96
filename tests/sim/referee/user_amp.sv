// SPDX-License-Identifier: Apache-2.0
// Test top: what a user's AMP system may look like. Two AXI4 masters (linux, rtos) on one memory, and
// two doorbell words in it, which raise and clear (1, 0) the interrupt of the other side.
//
// deaf_i keeps the interrupts down, false_i raises the RTOS's without a doorbell.
`default_nettype none

module user_amp #(
  parameter [31:0] BASE     = 32'h8000_0000,
  parameter [31:0] BYTES    = 32'h0000_8000,
  parameter [31:0] DOORBELL = 32'h8000_7000  // for the RTOS; Linux's is the next word
) (
  input  wire        clk_i,
  input  wire        rst_ni,
  input  wire        deaf_i,
  input  wire        false_i,
  output wire        irq_rtos_o,
  output wire        irq_linux_o,

  input  wire [3:0]  linux_axi_awid,
  input  wire [31:0] linux_axi_awaddr,
  input  wire [7:0]  linux_axi_awlen,
  input  wire [2:0]  linux_axi_awsize,
  input  wire [1:0]  linux_axi_awburst,
  input  wire        linux_axi_awvalid,
  output wire        linux_axi_awready,
  input  wire [63:0] linux_axi_wdata,
  input  wire [7:0]  linux_axi_wstrb,
  input  wire        linux_axi_wlast,
  input  wire        linux_axi_wvalid,
  output wire        linux_axi_wready,
  output wire [3:0]  linux_axi_bid,
  output wire [1:0]  linux_axi_bresp,
  output wire        linux_axi_bvalid,
  input  wire        linux_axi_bready,
  input  wire [3:0]  linux_axi_arid,
  input  wire [31:0] linux_axi_araddr,
  input  wire [7:0]  linux_axi_arlen,
  input  wire [2:0]  linux_axi_arsize,
  input  wire [1:0]  linux_axi_arburst,
  input  wire        linux_axi_arvalid,
  output wire        linux_axi_arready,
  output wire [3:0]  linux_axi_rid,
  output wire [63:0] linux_axi_rdata,
  output wire [1:0]  linux_axi_rresp,
  output wire        linux_axi_rlast,
  output wire        linux_axi_rvalid,
  input  wire        linux_axi_rready,

  input  wire [3:0]  rtos_axi_awid,
  input  wire [31:0] rtos_axi_awaddr,
  input  wire [7:0]  rtos_axi_awlen,
  input  wire [2:0]  rtos_axi_awsize,
  input  wire [1:0]  rtos_axi_awburst,
  input  wire        rtos_axi_awvalid,
  output wire        rtos_axi_awready,
  input  wire [63:0] rtos_axi_wdata,
  input  wire [7:0]  rtos_axi_wstrb,
  input  wire        rtos_axi_wlast,
  input  wire        rtos_axi_wvalid,
  output wire        rtos_axi_wready,
  output wire [3:0]  rtos_axi_bid,
  output wire [1:0]  rtos_axi_bresp,
  output wire        rtos_axi_bvalid,
  input  wire        rtos_axi_bready,
  input  wire [3:0]  rtos_axi_arid,
  input  wire [31:0] rtos_axi_araddr,
  input  wire [7:0]  rtos_axi_arlen,
  input  wire [2:0]  rtos_axi_arsize,
  input  wire [1:0]  rtos_axi_arburst,
  input  wire        rtos_axi_arvalid,
  output wire        rtos_axi_arready,
  output wire [3:0]  rtos_axi_rid,
  output wire [63:0] rtos_axi_rdata,
  output wire [1:0]  rtos_axi_rresp,
  output wire        rtos_axi_rlast,
  output wire        rtos_axi_rvalid,
  input  wire        rtos_axi_rready
);

  // The memory's bus, where the referee looks: AxID is the master, 0 for Linux.
  wire [3:0]  m_axi_awid;
  wire [31:0] m_axi_awaddr;
  wire [7:0]  m_axi_awlen;
  wire [2:0]  m_axi_awsize;
  wire [1:0]  m_axi_awburst;
  wire        m_axi_awvalid;
  wire        m_axi_awready;
  wire [63:0] m_axi_wdata;
  wire [7:0]  m_axi_wstrb;
  wire        m_axi_wlast;
  wire        m_axi_wvalid;
  wire        m_axi_wready;
  wire [3:0]  m_axi_bid;
  wire [1:0]  m_axi_bresp;
  wire        m_axi_bvalid;
  wire        m_axi_bready;
  wire [3:0]  m_axi_arid;
  wire [31:0] m_axi_araddr;
  wire [7:0]  m_axi_arlen;
  wire [2:0]  m_axi_arsize;
  wire [1:0]  m_axi_arburst;
  wire        m_axi_arvalid;
  wire        m_axi_arready;
  wire [3:0]  m_axi_rid;
  wire [63:0] m_axi_rdata;
  wire [1:0]  m_axi_rresp;
  wire        m_axi_rlast;
  wire        m_axi_rvalid;
  wire        m_axi_rready;

  axi_arbiter #(.N(2)) u_arbiter (
    .write_clk_i(clk_i), .read_clk_i(clk_i), .rst_ni,
    .s_axi_awid({rtos_axi_awid, linux_axi_awid}),
    .s_axi_awaddr({rtos_axi_awaddr, linux_axi_awaddr}),
    .s_axi_awlen({rtos_axi_awlen, linux_axi_awlen}),
    .s_axi_awsize({rtos_axi_awsize, linux_axi_awsize}),
    .s_axi_awburst({rtos_axi_awburst, linux_axi_awburst}),
    .s_axi_awvalid({rtos_axi_awvalid, linux_axi_awvalid}),
    .s_axi_awready({rtos_axi_awready, linux_axi_awready}),
    .s_axi_wdata({rtos_axi_wdata, linux_axi_wdata}),
    .s_axi_wstrb({rtos_axi_wstrb, linux_axi_wstrb}),
    .s_axi_wlast({rtos_axi_wlast, linux_axi_wlast}),
    .s_axi_wvalid({rtos_axi_wvalid, linux_axi_wvalid}),
    .s_axi_wready({rtos_axi_wready, linux_axi_wready}),
    .s_axi_bid({rtos_axi_bid, linux_axi_bid}),
    .s_axi_bresp({rtos_axi_bresp, linux_axi_bresp}),
    .s_axi_bvalid({rtos_axi_bvalid, linux_axi_bvalid}),
    .s_axi_bready({rtos_axi_bready, linux_axi_bready}),
    .s_axi_arid({rtos_axi_arid, linux_axi_arid}),
    .s_axi_araddr({rtos_axi_araddr, linux_axi_araddr}),
    .s_axi_arlen({rtos_axi_arlen, linux_axi_arlen}),
    .s_axi_arsize({rtos_axi_arsize, linux_axi_arsize}),
    .s_axi_arburst({rtos_axi_arburst, linux_axi_arburst}),
    .s_axi_arvalid({rtos_axi_arvalid, linux_axi_arvalid}),
    .s_axi_arready({rtos_axi_arready, linux_axi_arready}),
    .s_axi_rid({rtos_axi_rid, linux_axi_rid}),
    .s_axi_rdata({rtos_axi_rdata, linux_axi_rdata}),
    .s_axi_rresp({rtos_axi_rresp, linux_axi_rresp}),
    .s_axi_rlast({rtos_axi_rlast, linux_axi_rlast}),
    .s_axi_rvalid({rtos_axi_rvalid, linux_axi_rvalid}),
    .s_axi_rready({rtos_axi_rready, linux_axi_rready}),
    .m_axi_awid, .m_axi_awaddr, .m_axi_awlen, .m_axi_awsize,
    .m_axi_awburst, .m_axi_awvalid, .m_axi_awready, .m_axi_wdata,
    .m_axi_wstrb, .m_axi_wlast, .m_axi_wvalid, .m_axi_wready,
    .m_axi_bid, .m_axi_bresp, .m_axi_bvalid, .m_axi_bready,
    .m_axi_arid, .m_axi_araddr, .m_axi_arlen, .m_axi_arsize,
    .m_axi_arburst, .m_axi_arvalid, .m_axi_arready, .m_axi_rid,
    .m_axi_rdata, .m_axi_rresp, .m_axi_rlast, .m_axi_rvalid,
    .m_axi_rready
  );

  axi_ram #(.BASE(BASE), .BYTES(BYTES)) u_ram (
    .write_clk_i(clk_i), .read_clk_i(clk_i), .rst_ni,
    .s_axi_awid(m_axi_awid), .s_axi_awaddr(m_axi_awaddr), .s_axi_awlen(m_axi_awlen),
    .s_axi_awsize(m_axi_awsize), .s_axi_awburst(m_axi_awburst), .s_axi_awvalid(m_axi_awvalid),
    .s_axi_awready(m_axi_awready), .s_axi_wdata(m_axi_wdata), .s_axi_wstrb(m_axi_wstrb),
    .s_axi_wlast(m_axi_wlast), .s_axi_wvalid(m_axi_wvalid), .s_axi_wready(m_axi_wready),
    .s_axi_bid(m_axi_bid), .s_axi_bresp(m_axi_bresp), .s_axi_bvalid(m_axi_bvalid),
    .s_axi_bready(m_axi_bready), .s_axi_arid(m_axi_arid), .s_axi_araddr(m_axi_araddr),
    .s_axi_arlen(m_axi_arlen), .s_axi_arsize(m_axi_arsize), .s_axi_arburst(m_axi_arburst),
    .s_axi_arvalid(m_axi_arvalid), .s_axi_arready(m_axi_arready), .s_axi_rid(m_axi_rid),
    .s_axi_rdata(m_axi_rdata), .s_axi_rresp(m_axi_rresp), .s_axi_rlast(m_axi_rlast),
    .s_axi_rvalid(m_axi_rvalid), .s_axi_rready(m_axi_rready)
  );

  reg       rung_q;
  reg [1:0] irq_q;
  always @(posedge clk_i) begin
    if (!rst_ni) begin
      rung_q <= 1'b0;
      irq_q  <= 2'd0;
    end else begin
      if (m_axi_awvalid && m_axi_awready) rung_q <= m_axi_awaddr[31:3] == DOORBELL[31:3];
      if (m_axi_wvalid && m_axi_wready && rung_q) begin
        if (m_axi_wstrb[0]) irq_q[0] <= m_axi_wdata[0];
        if (m_axi_wstrb[4]) irq_q[1] <= m_axi_wdata[32];
      end
    end
  end

  assign irq_rtos_o  = (irq_q[0] && !deaf_i) || false_i;
  assign irq_linux_o = irq_q[1] && !deaf_i;

endmodule

`default_nettype wire
