// SPDX-License-Identifier: Apache-2.0
// Address decoder: one AXI4 master to N targets by address window, DECERR for every other address.
//
// Target i has the window BASE[i*32 +: 32] .. + BYTES[i*32 +: 32] - 1; windows do not overlap. A
// burst goes where its first address is: it must not leave the window (a target that cares checks).
// The payloads of AW, W and AR are common to all targets; valid, ready and responses are packed by
// target. Adds no clock to a read; W follows AW by one. Refusals take one clock (axi_error).
`default_nettype none

module axi_decode #(
  parameter integer       N     = 3,
  parameter [N*32-1:0]    BASE  = {N{32'h0}},
  parameter [N*32-1:0]    BYTES = {N{32'h0}}
) (
  input  wire             write_clk_i,  // may rest while no write is under way
  input  wire             read_clk_i,   // may rest while no read is under way
  input  wire             rst_ni,

  input  wire [3:0]       s_axi_awid,
  input  wire [31:0]      s_axi_awaddr,
  input  wire [7:0]       s_axi_awlen,
  input  wire [2:0]       s_axi_awsize,
  input  wire [1:0]       s_axi_awburst,
  input  wire             s_axi_awvalid,
  output wire             s_axi_awready,
  input  wire [63:0]      s_axi_wdata,
  input  wire [7:0]       s_axi_wstrb,
  input  wire             s_axi_wlast,
  input  wire             s_axi_wvalid,
  output wire             s_axi_wready,
  output wire [3:0]       s_axi_bid,
  output wire [1:0]       s_axi_bresp,
  output wire             s_axi_bvalid,
  input  wire             s_axi_bready,
  input  wire [3:0]       s_axi_arid,
  input  wire [31:0]      s_axi_araddr,
  input  wire [7:0]       s_axi_arlen,
  input  wire [2:0]       s_axi_arsize,
  input  wire [1:0]       s_axi_arburst,
  input  wire             s_axi_arvalid,
  output wire             s_axi_arready,
  output wire [3:0]       s_axi_rid,
  output wire [63:0]      s_axi_rdata,
  output wire [1:0]       s_axi_rresp,
  output wire             s_axi_rlast,
  output wire             s_axi_rvalid,
  input  wire             s_axi_rready,

  // The waveform has each target's bus at the target.
  // verilator tracing_off
  output wire [3:0]       m_axi_awid,
  output wire [31:0]      m_axi_awaddr,
  output wire [7:0]       m_axi_awlen,
  output wire [2:0]       m_axi_awsize,
  output wire [1:0]       m_axi_awburst,
  output wire [N-1:0]     m_axi_awvalid,
  input  wire [N-1:0]     m_axi_awready,
  output wire [63:0]      m_axi_wdata,
  output wire [7:0]       m_axi_wstrb,
  output wire             m_axi_wlast,
  output wire [N-1:0]     m_axi_wvalid,
  input  wire [N-1:0]     m_axi_wready,
  input  wire [N*4-1:0]   m_axi_bid,
  input  wire [N*2-1:0]   m_axi_bresp,
  input  wire [N-1:0]     m_axi_bvalid,
  output wire [N-1:0]     m_axi_bready,
  output wire [3:0]       m_axi_arid,
  output wire [31:0]      m_axi_araddr,
  output wire [7:0]       m_axi_arlen,
  output wire [2:0]       m_axi_arsize,
  output wire [1:0]       m_axi_arburst,
  output wire [N-1:0]     m_axi_arvalid,
  input  wire [N-1:0]     m_axi_arready,
  input  wire [N*4-1:0]   m_axi_rid,
  input  wire [N*64-1:0]  m_axi_rdata,
  input  wire [N*2-1:0]   m_axi_rresp,
  input  wire [N-1:0]     m_axi_rlast,
  input  wire [N-1:0]     m_axi_rvalid,
  output wire [N-1:0]     m_axi_rready
  // verilator tracing_on
);

  localparam integer SELECT = $clog2(N + 1);

  assign m_axi_awid    = s_axi_awid;
  assign m_axi_awaddr  = s_axi_awaddr;
  assign m_axi_awlen   = s_axi_awlen;
  assign m_axi_awsize  = s_axi_awsize;
  assign m_axi_awburst = s_axi_awburst;
  assign m_axi_wdata   = s_axi_wdata;
  assign m_axi_wstrb   = s_axi_wstrb;
  assign m_axi_wlast   = s_axi_wlast;
  assign m_axi_arid    = s_axi_arid;
  assign m_axi_araddr  = s_axi_araddr;
  assign m_axi_arlen   = s_axi_arlen;
  assign m_axi_arsize  = s_axi_arsize;
  assign m_axi_arburst = s_axi_arburst;

  // Target N, the one of every address without a window, is the error responder.
  // verilator tracing_off
  wire [SELECT-1:0] aw_select, ar_select;
  // verilator tracing_on

  address_windows #(.N(N), .SELECT(SELECT), .BASE(BASE), .BYTES(BYTES)) u_aw_windows (
    .addr_i(s_axi_awaddr), .select_o(aw_select)
  );
  address_windows #(.N(N), .SELECT(SELECT), .BASE(BASE), .BYTES(BYTES)) u_ar_windows (
    .addr_i(s_axi_araddr), .select_o(ar_select)
  );

  wire        error_awvalid, error_awready, error_wvalid, error_wready, error_bvalid, error_bready;
  wire        error_arvalid, error_arready, error_rvalid, error_rready, error_rlast;
  wire [3:0]  error_bid, error_rid;
  wire [1:0]  error_bresp, error_rresp;
  wire [63:0] error_rdata;

  axi_demux #(.N(N + 1), .SELECT(SELECT)) u_demux (
    .write_clk_i, .read_clk_i, .rst_ni,
    .aw_select_i(aw_select), .ar_select_i(ar_select),
    .s_axi_awvalid, .s_axi_awready, .s_axi_wlast,
    .s_axi_wvalid, .s_axi_wready,
    .s_axi_bid, .s_axi_bresp, .s_axi_bvalid, .s_axi_bready,
    .s_axi_arvalid, .s_axi_arready,
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

  axi_error #(.RESP(2'd3)) u_error (
    .write_clk_i, .read_clk_i, .rst_ni,
    .s_axi_awid, .s_axi_awvalid(error_awvalid), .s_axi_awready(error_awready),
    .s_axi_wlast, .s_axi_wvalid(error_wvalid), .s_axi_wready(error_wready),
    .s_axi_bid(error_bid), .s_axi_bresp(error_bresp),
    .s_axi_bvalid(error_bvalid), .s_axi_bready(error_bready),
    .s_axi_arid, .s_axi_arlen,
    .s_axi_arvalid(error_arvalid), .s_axi_arready(error_arready),
    .s_axi_rid(error_rid), .s_axi_rdata(error_rdata), .s_axi_rresp(error_rresp),
    .s_axi_rlast(error_rlast), .s_axi_rvalid(error_rvalid), .s_axi_rready(error_rready)
  );

endmodule

`default_nettype wire
