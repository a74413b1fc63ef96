// SPDX-License-Identifier: Apache-2.0
// The AXI port of one hart, open for a master in the testbench: its pins are the s_axi_ names here.
//
// The master drives registers that nothing in the design drives. A response carries the ID of the
// transaction that was accepted last: the fabric has one of each kind of a master in flight.
`default_nettype none

module open_port (
    input  wire        clk_i,
    input  wire        rst_ni,
    input  wire        run_i,           // out of reset
    input  wire [31:0] boot_address_i,
    input  wire [2:0]  lines_i,
    output wire        active_o,        // a transaction is under way
    input  wire        awready_i,
    input  wire        wready_i,
    input  wire [1:0]  bresp_i,
    input  wire        bvalid_i,
    input  wire        arready_i,
    input  wire [63:0] rdata_i,
    input  wire [1:0]  rresp_i,
    input  wire        rlast_i,
    input  wire        rvalid_i
);
  reg  [3:0]  s_axi_awid = 0, s_axi_arid = 0;
  reg  [31:0] s_axi_awaddr = 0, s_axi_araddr = 0;
  reg  [7:0]  s_axi_awlen = 0, s_axi_arlen = 0, s_axi_wstrb = 0;
  reg  [2:0]  s_axi_awsize = 0, s_axi_arsize = 0;
  reg  [1:0]  s_axi_awburst = 0, s_axi_arburst = 0;
  reg  [63:0] s_axi_wdata = 0;
  reg         s_axi_awvalid = 0, s_axi_wlast = 0, s_axi_wvalid = 0, s_axi_bready = 0;
  reg         s_axi_arvalid = 0, s_axi_rready = 0;
  reg  [3:0]  s_axi_bid = 0, s_axi_rid = 0;
  wire        s_axi_awready = awready_i;
  wire        s_axi_wready = wready_i;
  wire [1:0]  s_axi_bresp = bresp_i;
  wire        s_axi_bvalid = bvalid_i;
  wire        s_axi_arready = arready_i;
  wire [63:0] s_axi_rdata = rdata_i;
  wire [1:0]  s_axi_rresp = rresp_i;
  wire        s_axi_rlast = rlast_i;
  wire        s_axi_rvalid = rvalid_i;

  reg writing_q = 0, reading_q = 0;
  assign active_o = s_axi_awvalid || s_axi_wvalid || s_axi_arvalid || writing_q || reading_q;

  always @(posedge clk_i) begin
    if (s_axi_awvalid && awready_i) s_axi_bid <= s_axi_awid;
    if (s_axi_arvalid && arready_i) s_axi_rid <= s_axi_arid;
    writing_q <= rst_ni && (s_axi_awvalid || (writing_q && !(bvalid_i && s_axi_bready)));
    reading_q <= rst_ni &&
                 (s_axi_arvalid || (reading_q && !(rvalid_i && rlast_i && s_axi_rready)));
  end
endmodule

`default_nettype wire
