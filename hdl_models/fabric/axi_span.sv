// SPDX-License-Identifier: Apache-2.0
// First and last byte address that an AXI4 INCR burst touches; combinational.
//
// The sums are 33 bits wide, so a burst that runs past the top of the address space has a
// last_o above every 32-bit limit instead of wrapping to a small address.
`default_nettype none

module axi_span (
  // verilator tracing_off
  input  wire [31:0] addr_i,
  input  wire [7:0]  len_i,     // beats - 1
  input  wire [2:0]  size_i,    // log2 of the bytes of a beat
  output reg  [32:0] first_o,
  output reg  [32:0] last_o
);

  reg [31:0] beat_mask, bytes;

  // One process: as wires, the steps would cost Icarus several times as much.
  always @* begin
    beat_mask = (32'd1 << size_i) - 32'd1;
    bytes     = ({24'd0, len_i} + 32'd1) << size_i;
    first_o   = {1'b0, addr_i};
    last_o    = {1'b0, addr_i & ~beat_mask} + {1'b0, bytes} - 33'd1;
  end

endmodule

`default_nettype wire
