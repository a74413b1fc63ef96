// SPDX-License-Identifier: Apache-2.0
// RAM behind an AXI4 slave: 64-bit, INCR bursts of one beat a cycle, byte strobes, narrow beats.
//
// Latency: rvalid one clock after the AR handshake; bvalid one clock after the last W beat; the
// first W beat is taken one clock after AW. Reads and writes run at the same time; a read beat
// fetched in the clock in which the same word is written returns the old word.
//
// A burst that is not wholly inside BASE .. BASE + BYTES - 1 is answered DECERR, a FIXED or WRAP
// burst of several beats SLVERR; neither writes anything. Words that were never written read as X
// where the simulator has X (clearing tens of MiB at time 0 would cost Icarus seconds).
`default_nettype none

module axi_ram #(
  parameter [31:0] BASE  = 32'h4000_0000,  // byte address of the first word, multiple of 8
  parameter [31:0] BYTES = 32'h0080_0000   // size, multiple of 8
) (
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
  input  wire        s_axi_rready
);

  localparam integer WORDS = BYTES / 8;
  localparam integer INDEX = (WORDS > 1) ? $clog2(WORDS) : 1;

  reg [63:0] mem_q [0:WORDS-1] /* verilator public_flat_rd */;

  // Writes: the burst engine walks the addresses, the memory takes a merged word a beat. The mask
  // is made where a beat is written: as a wire, each strobe would run through all of it on Icarus.
  wire [INDEX-1:0] write_index;
  wire             write_enable;

  function [63:0] merged(input [63:0] old, input [63:0] data, input [7:0] strobes);
    reg [63:0] mask;
    begin
      mask = {{8{strobes[7]}}, {8{strobes[6]}}, {8{strobes[5]}}, {8{strobes[4]}},
              {8{strobes[3]}}, {8{strobes[2]}}, {8{strobes[1]}}, {8{strobes[0]}}};
      merged = (old & ~mask) | (data & mask);
    end
  endfunction

  always @(posedge write_clk_i) begin
    if (write_enable) begin
      mem_q[write_index] <= merged(mem_q[write_index], s_axi_wdata, s_axi_wstrb);
    end
  end

  axi_ram_write #(.BASE(BASE), .BYTES(BYTES), .INDEX(INDEX)) u_write (
    .clk_i(write_clk_i), .rst_ni,
    .s_axi_awid, .s_axi_awaddr, .s_axi_awlen, .s_axi_awsize, .s_axi_awburst,
    .s_axi_awvalid, .s_axi_awready,
    .s_axi_wlast, .s_axi_wvalid, .s_axi_wready,
    .s_axi_bid, .s_axi_bresp, .s_axi_bvalid, .s_axi_bready,
    .index_o(write_index), .enable_o(write_enable)
  );

  // Reads: the word is fetched in the clock that loads the R channel's other registers.
  wire [INDEX-1:0] read_index;
  wire             read_enable;
  reg  [63:0]      rdata_q;

  assign s_axi_rdata = (s_axi_rresp == 2'd0) ? rdata_q : 64'd0;

  always @(posedge read_clk_i) begin
    if (read_enable) rdata_q <= mem_q[read_index];
  end

  axi_ram_read #(.BASE(BASE), .BYTES(BYTES), .INDEX(INDEX)) u_read (
    .clk_i(read_clk_i), .rst_ni,
    .s_axi_arid, .s_axi_araddr, .s_axi_arlen, .s_axi_arsize, .s_axi_arburst,
    .s_axi_arvalid, .s_axi_arready,
    .s_axi_rid, .s_axi_rresp, .s_axi_rlast, .s_axi_rvalid, .s_axi_rready,
    .index_o(read_index), .enable_o(read_enable)
  );

endmodule

`default_nettype wire
