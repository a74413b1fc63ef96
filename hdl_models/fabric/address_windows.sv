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
  genvar g;
  generate
    for (g = 0; g < N; g = g + 1) begin : g_window
      reg hit;
      // verilator lint_off UNSIGNED
      // (a window may have no bytes)
      always @* hit = addr_i - BASE[g*32 +: 32] < BYTES[g*32 +: 32];
      // verilator lint_on UNSIGNED

      wire [SELECT-1:0] select;   // among the windows up to this one
      if (g == 0) begin : g_first
        assign select = hit ? g[SELECT-1:0] : N[SELECT-1:0];
      end else begin : g_next
        assign select = hit ? g[SELECT-1:0] : g_window[g-1].select;
      end
    end
  endgenerate
  assign select_o = g_window[N-1].select;

endmodule

`default_nettype wire
