// SPDX-License-Identifier: Apache-2.0
// Index of the window that an address is in, N if it is in none; combinational.
`default_nettype none

module address_windows #(
  parameter integer    N      = 3,
  parameter integer    SELECT = 2,   // bits that hold 0 .. N
  parameter [N*32-1:0] BASE   = 0,
  parameter [N*32-1:0] BYTES  = 0
) (
  // verilator tracing_off
  input  wire [31:0]       addr_i,
  output reg  [SELECT-1:0] select_o
);

  integer i;

  // addr - base < bytes: also right for a window that ends at the top of the address space.
  always @* begin
    select_o = N[SELECT-1:0];
    for (i = 0; i < N; i = i + 1) begin
      if (addr_i - BASE[i*32 +: 32] < BYTES[i*32 +: 32]) select_o = i[SELECT-1:0];
    end
  end

endmodule

`default_nettype wire
