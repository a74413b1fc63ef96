// SPDX-License-Identifier: Apache-2.0
// Passive observer of an AXI4 slave: reports every transaction as it passes on the wires.
//
// Sits at the port of a memory, behind arbiter, access windows and decoder. One read and one write
// at a time, address first, as axi_demux sees to. The calls are in observer_calls.svh; the core
// port puts what they say before all that software does in the same clock.
`default_nettype none

module axi_observer #(
    parameter integer PORT = 0  // orders the reports of one clock; unique in a SoC
) (
    // verilator tracing_off
    input wire        write_clk_i,  // may rest while no write is under way
    input wire        read_clk_i,   // may rest while no read is under way
    input wire        rst_ni,
    input wire [63:0] cycle_i,

    input wire [3:0]  s_axi_awid,
    input wire [31:0] s_axi_awaddr,
    input wire [7:0]  s_axi_awlen,
    input wire [2:0]  s_axi_awsize,
    input wire [1:0]  s_axi_awburst,
    input wire        s_axi_awvalid,
    input wire        s_axi_awready,
    input wire [63:0] s_axi_wdata,
    input wire [7:0]  s_axi_wstrb,
    input wire        s_axi_wlast,
    input wire        s_axi_wvalid,
    input wire        s_axi_wready,
    input wire [3:0]  s_axi_bid,
    input wire [1:0]  s_axi_bresp,
    input wire        s_axi_bvalid,
    input wire        s_axi_bready,

    input wire [3:0]  s_axi_arid,
    input wire [31:0] s_axi_araddr,
    input wire [7:0]  s_axi_arlen,
    input wire [2:0]  s_axi_arsize,
    input wire [1:0]  s_axi_arburst,
    input wire        s_axi_arvalid,
    input wire        s_axi_arready,
    input wire [3:0]  s_axi_rid,
    input wire [63:0] s_axi_rdata,
    input wire [1:0]  s_axi_rresp,
    input wire        s_axi_rlast,
    input wire        s_axi_rvalid,
    input wire        s_axi_rready
);
`include "observer_calls.svh"
  localparam integer Reads = 2 * PORT;
  localparam integer Writes = 2 * PORT + 1;

  wire wbeat = s_axi_wvalid && s_axi_wready;
  wire written = s_axi_bvalid && s_axi_bready;
  wire rbeat = s_axi_rvalid && s_axi_rready;
  wire read = rbeat && s_axi_rlast;

  // The addresses under way, and the last beat of the write, which waits for its response.
  reg [63:0] write_place_q, read_place_q;
  reg [2:0]  write_size_q, read_size_q;
  reg [63:0] wdata_q;
  reg [7:0]  wstrb_q;
  reg [1:0]  rresp_q;  // of the beats before

  wire [31:0] write_about = {15'd0, s_axi_bresp, write_size_q, s_axi_bid, wstrb_q};
  wire [31:0] read_about = {15'd0, s_axi_rresp | rresp_q, read_size_q, s_axi_rid, 8'd0};

  always @(posedge write_clk_i) begin
    if (rst_ni) begin
      if (s_axi_awvalid && s_axi_awready) begin
        write_place_q <= {cycle_i[31:0], s_axi_awaddr};
        write_size_q  <= s_axi_awsize;
      end
      if (wbeat && s_axi_wlast) begin
        wdata_q <= s_axi_wdata;
        wstrb_q <= s_axi_wstrb;
      end
      if (wbeat && !s_axi_wlast) begin
        `OBSERVED_BEAT(Writes, s_axi_wdata, {24'd0, s_axi_wstrb});
      end
      if (written) begin
        `OBSERVED(Writes, cycle_i, write_place_q, write_about, wdata_q);
      end
    end
  end

  always @(posedge read_clk_i) begin
    if (rst_ni) begin
      if (s_axi_arvalid && s_axi_arready) begin
        read_place_q <= {cycle_i[31:0], s_axi_araddr};
        read_size_q  <= s_axi_arsize;
        rresp_q      <= 2'd0;
      end
      if (rbeat && !s_axi_rlast) begin
        rresp_q <= rresp_q | s_axi_rresp;
        `OBSERVED_BEAT(Reads, s_axi_rdata, 0);
      end
      if (read) begin
        `OBSERVED(Reads, cycle_i, read_place_q, read_about, s_axi_rdata);
      end
    end
  end

`ifdef CORE_PORT_SIGNALS
  // What the calls above will say at the next edge, for the port to read from the falling edge on.
  reg wake_q /* verilator public_flat_rd */;
  reg wake_read_q /* verilator public_flat_rd */;
  initial {wake_q, wake_read_q} = 2'b00;
  wire [3:0]   events /* verilator public_flat_rd */ =
      {written, wbeat && !s_axi_wlast, read, rbeat && !s_axi_rlast};
  wire [63:0]  cycle /* verilator public_flat_rd */ = cycle_i;
  wire [31:0]  channels /* verilator public_flat_rd */ = Reads;
  wire [127:0] places /* verilator public_flat_rd */ = {write_place_q, read_place_q};
  wire [63:0]  abouts /* verilator public_flat_rd */ = {write_about, read_about};
  wire [127:0] beats /* verilator public_flat_rd */ = {s_axi_wdata, s_axi_rdata};
  wire [7:0]   strobes /* verilator public_flat_rd */ = s_axi_wstrb;
  wire [127:0] lasts /* verilator public_flat_rd */ = {wdata_q, s_axi_rdata};
  always @(negedge write_clk_i) if (rst_ni && |events[3:2]) wake_q <= !wake_q;
  always @(negedge read_clk_i) if (rst_ni && |events[1:0]) wake_read_q <= !wake_read_q;
`endif

  // The length of a burst shows in its last beat; its type in what the slave answers.
  wire unused = &{1'b0, s_axi_awid, s_axi_awlen, s_axi_awburst, s_axi_arid, s_axi_arlen,
                  s_axi_arburst};
endmodule

`default_nettype wire
