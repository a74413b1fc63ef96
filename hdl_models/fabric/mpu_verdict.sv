// SPDX-License-Identifier: Apache-2.0
// Whether a master may make a burst: it is wholly inside one of its windows; combinational.
//
// Only bursts that touch GUARD_BASE .. GUARD_LIMIT are checked. A master whose enable is off may
// access everything. IDs above 3 have no windows: what they do in the guarded range is refused.
`default_nettype none

module mpu_verdict #(
  parameter [31:0] GUARD_BASE  = 32'h4000_0000,
  parameter [31:0] GUARD_LIMIT = 32'hFFFF_FFFF
) (
  // verilator tracing_off
  input  wire [3:0]   enable_i,
  input  wire [255:0] base_i,
  input  wire [255:0] limit_i,
  input  wire [3:0]   master_i,
  input  wire [31:0]  addr_i,
  input  wire [7:0]   len_i,
  input  wire [2:0]   size_i,
  output wire         refuse_o
);

  wire [32:0] first, last;
  axi_span u_span (.addr_i, .len_i, .size_i, .first_o(first), .last_o(last));

  wire        guarded = (last >= {1'b0, GUARD_BASE}) && (first <= {1'b0, GUARD_LIMIT});
  wire [63:0] base    = base_i[master_i[1:0]*64 +: 64];
  wire [63:0] limit   = limit_i[master_i[1:0]*64 +: 64];
  wire        in_0    = (first >= {1'b0, base[31:0]}) && (last <= {1'b0, limit[31:0]});
  wire        in_1    = (first >= {1'b0, base[63:32]}) && (last <= {1'b0, limit[63:32]});
  wire        unknown = (master_i[3:2] != 2'd0);

  assign refuse_o = guarded && (unknown || (enable_i[master_i[1:0]] && !in_0 && !in_1));

endmodule

`default_nettype wire
