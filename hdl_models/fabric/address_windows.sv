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
  output wire [SELECT-1:0] select_o
);

  // A process for each window: Icarus would pay for the steps of a loop over them.
  // addr - base < bytes: also right for a window that ends at the top of the address space.
  wire [SELECT-1:0] select [0:N];   // among the windows from this one on
  genvar g;
  generate
    for (g = 0; g < N; g = g + 1) begin : g_window
      reg hit;
      // verilator lint_off UNSIGNED
      // (a window may have no bytes)
      always @* hit = addr_i - BASE[g*32 +: 32] < BYTES[g*32 +: 32];
      // verilator lint_on UNSIGNED
      assign select[g] = hit ? g[SELECT-1:0] : select[g+1];
    end
  endgenerate
  assign select[N] = N[SELECT-1:0];
  assign select_o  = select[0];

endmodule

`default_nettype wire
