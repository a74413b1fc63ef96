// SPDX-License-Identifier: Apache-2.0
// What axi_ram needs to know of a burst: the response it deserves; combinational.
`default_nettype none

module axi_ram_burst #(
  parameter [31:0] BASE  = 32'h4000_0000,
  parameter [31:0] BYTES = 32'h0080_0000
) (
  // verilator tracing_off
  input  wire [31:0] addr_i,
  input  wire [7:0]  len_i,
  input  wire [2:0]  size_i,
  input  wire [1:0]  burst_i,
  output wire [1:0]  resp_o
);

  localparam [1:0]  OKAY = 2'd0, SLVERR = 2'd2, DECERR = 2'd3;
  localparam [1:0]  INCR = 2'd1;
  localparam [32:0] FIRST = {1'b0, BASE};
  localparam [32:0] LAST  = {1'b0, BASE} + {1'b0, BYTES} - 33'd1;

  wire [32:0] first, last;
  axi_span u_span (.addr_i, .len_i, .size_i, .first_o(first), .last_o(last));

  wire in_range  = (first >= FIRST) && (last <= LAST);
  wire supported = (burst_i == INCR) || (len_i == 8'd0);

  assign resp_o = !in_range ? DECERR : (!supported ? SLVERR : OKAY);

endmodule

`default_nettype wire
