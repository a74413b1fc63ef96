// SPDX-License-Identifier: Apache-2.0
// RAM behind an AXI4 slave whose cells are memory of another process, mapped into the simulator.
//
// Bursts, latencies and refusals are those of axi_ram; only the array is elsewhere: byte BASE + n
// of the bus is byte n of the mapped memory. A beat to a byte that is not mapped is answered
// SLVERR; it reads as 0 and writes nothing. Whoever owns the memory stands still while the clock
// runs, so that what a beat finds depends on simulated time alone.
`default_nettype none

module axi_host_memory #(
  parameter [31:0] BASE  = 32'h6A40_0000,  // byte address of the first word, multiple of 8
  parameter [31:0] BYTES = 32'h0400_0000   // size of the window, multiple of 8
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
`include "host_memory_calls.svh"

  localparam integer INDEX = $clog2(BYTES / 8);
  localparam [1:0]   SLVERR = 2'd2;

  wire [INDEX-1:0] write_index, read_index;
  wire             write_enable, read_enable;
  wire [1:0]       write_resp, read_resp;

  // Scratch of the two processes below: set before it is used in the same clock.
  reg        write_missing, read_missing;
  reg [63:0] word;

  // Writes: a beat that has no cell makes the response of its burst SLVERR.
  reg write_missing_q;
  assign s_axi_bresp = write_missing_q ? SLVERR : write_resp;

  // verilator lint_off BLKSEQ
  always @(posedge write_clk_i) begin
    if (!rst_ni || (s_axi_bvalid && s_axi_bready)) begin
      write_missing_q <= 1'b0;
    end else if (write_enable) begin
      `HOST_WRITE(write_missing, 32'({write_index, 3'b000}), s_axi_wdata, 32'(s_axi_wstrb));
      write_missing_q <= write_missing_q | write_missing;
    end
  end

  axi_ram_write #(.BASE(BASE), .BYTES(BYTES), .INDEX(INDEX)) u_write (
    .clk_i(write_clk_i), .rst_ni,
    .s_axi_awid, .s_axi_awaddr, .s_axi_awlen, .s_axi_awsize, .s_axi_awburst,
    .s_axi_awvalid, .s_axi_awready,
    .s_axi_wlast, .s_axi_wvalid, .s_axi_wready,
    .s_axi_bid, .s_axi_bresp(write_resp), .s_axi_bvalid, .s_axi_bready,
    .index_o(write_index), .enable_o(write_enable)
  );

  // Reads: the word is fetched in the clock that loads the R channel's other registers.
  reg [63:0] rdata_q;
  reg        read_missing_q;

  assign s_axi_rdata = (s_axi_rresp == 2'd0) ? rdata_q : 64'd0;
  assign s_axi_rresp = (read_missing_q && read_resp == 2'd0) ? SLVERR : read_resp;

  always @(posedge read_clk_i) begin
    if (!rst_ni) begin
      read_missing_q <= 1'b0;
    end else if (read_enable) begin
      `HOST_READ(read_missing, word, 32'({read_index, 3'b000}));
      rdata_q        <= word;
      read_missing_q <= read_missing;
    end
  end
  // verilator lint_on BLKSEQ

  axi_ram_read #(.BASE(BASE), .BYTES(BYTES), .INDEX(INDEX)) u_read (
    .clk_i(read_clk_i), .rst_ni,
    .s_axi_arid, .s_axi_araddr, .s_axi_arlen, .s_axi_arsize, .s_axi_arburst,
    .s_axi_arvalid, .s_axi_arready,
    .s_axi_rid, .s_axi_rresp(read_resp), .s_axi_rlast, .s_axi_rvalid, .s_axi_rready,
    .index_o(read_index), .enable_o(read_enable)
  );

endmodule

`default_nettype wire
