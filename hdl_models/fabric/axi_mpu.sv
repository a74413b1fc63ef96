// SPDX-License-Identifier: Apache-2.0
// Memory protection unit: windows of addresses for each of four masters, told apart by AxID.
//
// Sits in front of the RAMs. A burst in GUARD_BASE .. GUARD_LIMIT that does not lie wholly inside
// one of its master's two windows (base and limit inclusive) is refused: SLVERR on every beat,
// write data swallowed, nothing passed on, counted and latched in the registers, interrupt level.
// After reset everything is allowed. Register map: ../registers/mpu.rdl.
//
// Latency: one clock on AR (the address is registered with its verdict), none on R; two clocks on
// AW to W. A changed window holds for addresses accepted from the clock after the APB write on.
`default_nettype none

module axi_mpu #(
  parameter [31:0] GUARD_BASE  = 32'h4000_0000,
  parameter [31:0] GUARD_LIMIT = 32'hFFFF_FFFF
) (
  input  wire        clk_i,
  input  wire        write_clk_i,  // may rest while no write is under way
  input  wire        read_clk_i,   // may rest while no read is under way
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

  output wire [3:0]  m_axi_awid,
  output wire [31:0] m_axi_awaddr,
  output wire [7:0]  m_axi_awlen,
  output wire [2:0]  m_axi_awsize,
  output wire [1:0]  m_axi_awburst,
  output wire        m_axi_awvalid,
  input  wire        m_axi_awready,
  output wire [63:0] m_axi_wdata,
  output wire [7:0]  m_axi_wstrb,
  output wire        m_axi_wlast,
  output wire        m_axi_wvalid,
  input  wire        m_axi_wready,
  input  wire [3:0]  m_axi_bid,
  input  wire [1:0]  m_axi_bresp,
  input  wire        m_axi_bvalid,
  output wire        m_axi_bready,
  output wire [3:0]  m_axi_arid,
  output wire [31:0] m_axi_araddr,
  output wire [7:0]  m_axi_arlen,
  output wire [2:0]  m_axi_arsize,
  output wire [1:0]  m_axi_arburst,
  output wire        m_axi_arvalid,
  input  wire        m_axi_arready,
  input  wire [3:0]  m_axi_rid,
  input  wire [63:0] m_axi_rdata,
  input  wire [1:0]  m_axi_rresp,
  input  wire        m_axi_rlast,
  input  wire        m_axi_rvalid,
  output wire        m_axi_rready,

  input  wire [11:0] s_apb_paddr,
  input  wire        s_apb_psel,
  input  wire        s_apb_penable,
  input  wire        s_apb_pwrite,
  input  wire [31:0] s_apb_pwdata,
  input  wire [3:0]  s_apb_pstrb,
  output wire        s_apb_pready,
  output wire [31:0] s_apb_prdata,
  output wire        s_apb_pslverr,
  output wire        irq_o
);

  wire [3:0]   enable;
  wire [255:0] base, limit;

  // Addresses, each registered with its verdict.
  wire       aw_valid, aw_ready, aw_refuse, aw_refused;
  wire       ar_valid, ar_ready, ar_refuse, ar_refused;

  mpu_gate #(.GUARD_BASE(GUARD_BASE), .GUARD_LIMIT(GUARD_LIMIT)) u_aw (
    .clk_i(write_clk_i), .rst_ni, .enable_i(enable), .base_i(base), .limit_i(limit),
    .id_i(s_axi_awid), .addr_i(s_axi_awaddr), .len_i(s_axi_awlen), .size_i(s_axi_awsize),
    .burst_i(s_axi_awburst), .valid_i(s_axi_awvalid), .ready_o(s_axi_awready),
    .id_o(m_axi_awid), .addr_o(m_axi_awaddr), .len_o(m_axi_awlen), .size_o(m_axi_awsize),
    .burst_o(m_axi_awburst), .valid_o(aw_valid), .ready_i(aw_ready),
    .refuse_o(aw_refuse), .refused_o(aw_refused)
  );
  mpu_gate #(.GUARD_BASE(GUARD_BASE), .GUARD_LIMIT(GUARD_LIMIT)) u_ar (
    .clk_i(read_clk_i), .rst_ni, .enable_i(enable), .base_i(base), .limit_i(limit),
    .id_i(s_axi_arid), .addr_i(s_axi_araddr), .len_i(s_axi_arlen), .size_i(s_axi_arsize),
    .burst_i(s_axi_arburst), .valid_i(s_axi_arvalid), .ready_o(s_axi_arready),
    .id_o(m_axi_arid), .addr_o(m_axi_araddr), .len_o(m_axi_arlen), .size_o(m_axi_arsize),
    .burst_o(m_axi_arburst), .valid_o(ar_valid), .ready_i(ar_ready),
    .refuse_o(ar_refuse), .refused_o(ar_refused)
  );

  // Target 0 is the memory, target 1 the error responder.
  wire        error_awvalid, error_awready, error_wvalid, error_wready, error_bvalid, error_bready;
  wire        error_arvalid, error_arready, error_rvalid, error_rready, error_rlast;
  wire [3:0]  error_bid, error_rid;
  wire [1:0]  error_bresp, error_rresp;
  wire [63:0] error_rdata;

  assign m_axi_wdata = s_axi_wdata;
  assign m_axi_wstrb = s_axi_wstrb;
  assign m_axi_wlast = s_axi_wlast;

  axi_demux #(.N(2), .SELECT(1)) u_demux (
    .write_clk_i, .read_clk_i, .rst_ni,
    .aw_select_i(aw_refuse), .ar_select_i(ar_refuse),
    .s_axi_awvalid(aw_valid), .s_axi_awready(aw_ready), .s_axi_wlast,
    .s_axi_wvalid, .s_axi_wready,
    .s_axi_bid, .s_axi_bresp, .s_axi_bvalid, .s_axi_bready,
    .s_axi_arvalid(ar_valid), .s_axi_arready(ar_ready),
    .s_axi_rid, .s_axi_rdata, .s_axi_rresp, .s_axi_rlast, .s_axi_rvalid, .s_axi_rready,
    .m_axi_awvalid({error_awvalid, m_axi_awvalid}),
    .m_axi_awready({error_awready, m_axi_awready}),
    .m_axi_wvalid({error_wvalid, m_axi_wvalid}),
    .m_axi_wready({error_wready, m_axi_wready}),
    .m_axi_bid({error_bid, m_axi_bid}),
    .m_axi_bresp({error_bresp, m_axi_bresp}),
    .m_axi_bvalid({error_bvalid, m_axi_bvalid}),
    .m_axi_bready({error_bready, m_axi_bready}),
    .m_axi_arvalid({error_arvalid, m_axi_arvalid}),
    .m_axi_arready({error_arready, m_axi_arready}),
    .m_axi_rid({error_rid, m_axi_rid}),
    .m_axi_rdata({error_rdata, m_axi_rdata}),
    .m_axi_rresp({error_rresp, m_axi_rresp}),
    .m_axi_rlast({error_rlast, m_axi_rlast}),
    .m_axi_rvalid({error_rvalid, m_axi_rvalid}),
    .m_axi_rready({error_rready, m_axi_rready})
  );

  axi_error #(.RESP(2'd2)) u_error (
    .write_clk_i, .read_clk_i, .rst_ni,
    .s_axi_awid(m_axi_awid), .s_axi_awvalid(error_awvalid), .s_axi_awready(error_awready),
    .s_axi_wlast, .s_axi_wvalid(error_wvalid), .s_axi_wready(error_wready),
    .s_axi_bid(error_bid), .s_axi_bresp(error_bresp),
    .s_axi_bvalid(error_bvalid), .s_axi_bready(error_bready),
    .s_axi_arid(m_axi_arid), .s_axi_arlen(m_axi_arlen),
    .s_axi_arvalid(error_arvalid), .s_axi_arready(error_arready),
    .s_axi_rid(error_rid), .s_axi_rdata(error_rdata), .s_axi_rresp(error_rresp),
    .s_axi_rlast(error_rlast), .s_axi_rvalid(error_rvalid), .s_axi_rready(error_rready)
  );

  // The registers change where they are selected and where something is refused.
  wire registers_clk;
  wire unused_resting;
  clock_gate #(.HOLD(4'd0)) u_registers_gate (
    .clk_i, .rst_ni, .active_i(s_apb_psel || aw_refused || ar_refused), .step_i(1'b1),
    .clk_o(registers_clk), .resting_o(unused_resting)
  );

  mpu_registers u_registers (
    .clk_i(registers_clk), .rst_ni,
    .s_apb_paddr, .s_apb_psel, .s_apb_penable, .s_apb_pwrite, .s_apb_pwdata, .s_apb_pstrb,
    .s_apb_pready, .s_apb_prdata, .s_apb_pslverr,
    .enable_o(enable), .base_o(base), .limit_o(limit),
    .write_refused_i(aw_refused), .write_master_i(m_axi_awid), .write_addr_i(m_axi_awaddr),
    .read_refused_i(ar_refused), .read_master_i(m_axi_arid), .read_addr_i(m_axi_araddr),
    .irq_o
  );

endmodule

`default_nettype wire
