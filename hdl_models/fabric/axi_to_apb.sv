// SPDX-License-Identifier: Apache-2.0
// AXI4 slave to APB master, for the peripheral window.
//
// A beat of 1, 2 or 4 bytes is one APB access of the word it is in, with pstrb; one of 8 bytes is
// two, the low word first, and stops at a word that fails. PSLVERR is answered SLVERR, an access
// with m_apb_decerr_i DECERR. A burst of several beats is answered SLVERR without an APB access.
//
// Latency without wait states: rvalid three clocks after the AR handshake, bvalid four after AW;
// two more for the second word of 8 bytes. Reads and writes take turns.
`default_nettype none

module axi_to_apb (
  input  wire        clk_i,
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

  output wire [31:0] m_apb_paddr,
  output wire        m_apb_psel,
  output wire        m_apb_penable,
  output wire        m_apb_pwrite,
  output wire [31:0] m_apb_pwdata,
  output wire [3:0]  m_apb_pstrb,
  input  wire        m_apb_pready,
  input  wire [31:0] m_apb_prdata,
  input  wire        m_apb_pslverr,
  input  wire        m_apb_decerr_i,  // with pready: no slave has this address

  output wire        busy_o           // asked for something, or not done with it: needs its clock
);

  // Target 0 is the bridge for single beats, target 1 refuses bursts.
  wire [1:0] awvalid, awready, wvalid, wready, bvalid, bready;
  wire [1:0] arvalid, arready, rvalid, rready;
  wire [3:0] bridge_bid, bridge_rid, error_bid, error_rid;
  wire [1:0] bridge_bresp, bridge_rresp, error_bresp, error_rresp;
  wire       error_rlast;
  wire [63:0] bridge_rdata, error_rdata;

  axi_demux #(.N(2), .SELECT(1)) u_demux (
    .write_clk_i(clk_i), .read_clk_i(clk_i), .rst_ni,
    .aw_select_i(s_axi_awlen != 8'd0), .ar_select_i(s_axi_arlen != 8'd0),
    .s_axi_awvalid, .s_axi_awready, .s_axi_wlast,
    .s_axi_wvalid, .s_axi_wready,
    .s_axi_bid, .s_axi_bresp, .s_axi_bvalid, .s_axi_bready,
    .s_axi_arvalid, .s_axi_arready,
    .s_axi_rid, .s_axi_rdata, .s_axi_rresp, .s_axi_rlast, .s_axi_rvalid, .s_axi_rready,
    .m_axi_awvalid(awvalid), .m_axi_awready(awready),
    .m_axi_wvalid(wvalid), .m_axi_wready(wready),
    .m_axi_bid({error_bid, bridge_bid}), .m_axi_bresp({error_bresp, bridge_bresp}),
    .m_axi_bvalid(bvalid), .m_axi_bready(bready),
    .m_axi_arvalid(arvalid), .m_axi_arready(arready),
    .m_axi_rid({error_rid, bridge_rid}), .m_axi_rdata({error_rdata, bridge_rdata}),
    .m_axi_rresp({error_rresp, bridge_rresp}), .m_axi_rlast({error_rlast, 1'b1}),
    .m_axi_rvalid(rvalid), .m_axi_rready(rready)
  );

  apb_bridge u_bridge (
    .clk_i, .rst_ni,
    .s_axi_awid, .s_axi_awaddr, .s_axi_awsize,
    .s_axi_awvalid(awvalid[0]), .s_axi_awready(awready[0]),
    .s_axi_wdata, .s_axi_wstrb, .s_axi_wvalid(wvalid[0]), .s_axi_wready(wready[0]),
    .s_axi_bid(bridge_bid), .s_axi_bresp(bridge_bresp),
    .s_axi_bvalid(bvalid[0]), .s_axi_bready(bready[0]),
    .s_axi_arid, .s_axi_araddr, .s_axi_arsize,
    .s_axi_arvalid(arvalid[0]), .s_axi_arready(arready[0]),
    .s_axi_rid(bridge_rid), .s_axi_rdata(bridge_rdata), .s_axi_rresp(bridge_rresp),
    .s_axi_rvalid(rvalid[0]), .s_axi_rready(rready[0]),
    .m_apb_paddr, .m_apb_psel, .m_apb_penable, .m_apb_pwrite, .m_apb_pwdata, .m_apb_pstrb,
    .m_apb_pready, .m_apb_prdata, .m_apb_pslverr, .m_apb_decerr_i
  );

  axi_error #(.RESP(2'd2)) u_error (
    .write_clk_i(clk_i), .read_clk_i(clk_i), .rst_ni,
    .s_axi_awid, .s_axi_awvalid(awvalid[1]), .s_axi_awready(awready[1]),
    .s_axi_wlast, .s_axi_wvalid(wvalid[1]), .s_axi_wready(wready[1]),
    .s_axi_bid(error_bid), .s_axi_bresp(error_bresp),
    .s_axi_bvalid(bvalid[1]), .s_axi_bready(bready[1]),
    .s_axi_arid, .s_axi_arlen, .s_axi_arvalid(arvalid[1]), .s_axi_arready(arready[1]),
    .s_axi_rid(error_rid), .s_axi_rdata(error_rdata), .s_axi_rresp(error_rresp),
    .s_axi_rlast(error_rlast), .s_axi_rvalid(rvalid[1]), .s_axi_rready(rready[1])
  );

  // Between the address and the response no valid or ready need be high.
  reg write_open_q, read_open_q;
  always @(posedge clk_i) begin
    if (!rst_ni) write_open_q <= 1'b0;
    else if (s_axi_awvalid && s_axi_awready) write_open_q <= 1'b1;
    else if (s_axi_bvalid && s_axi_bready) write_open_q <= 1'b0;
    if (!rst_ni) read_open_q <= 1'b0;
    else if (s_axi_arvalid && s_axi_arready) read_open_q <= 1'b1;
    else if (s_axi_rvalid && s_axi_rready && s_axi_rlast) read_open_q <= 1'b0;
  end
  assign busy_o = s_axi_awvalid || s_axi_arvalid || write_open_q || read_open_q;

  // For a single beat all burst types mean the same.
  wire unused = &{1'b0, s_axi_awburst, s_axi_arburst};

endmodule

`default_nettype wire
