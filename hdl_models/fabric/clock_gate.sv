// SPDX-License-Identifier: Apache-2.0
// Clock gate of a part of the SoC: its clock runs while it is active, and HOLD edges longer.
//
// Where step_i is low an edge is left out even then: for a part that works at a slower rate. The
// enable is taken while the clock is low, as an integrated clock gating cell does. A part must have
// come to rest HOLD of its edges after active_i has fallen, and must not change while it is low;
// then gating changes nothing but the cost of simulating it.
`default_nettype none

module clock_gate #(
    parameter [3:0] HOLD = 4'd4
) (
    // verilator tracing_off
    input  wire clk_i,
    input  wire rst_ni,
    input  wire active_i,
    input  wire step_i,
    output wire clk_o,
    output wire resting_o  // no edge follows while active_i stays low
);
  reg       enable;
  reg [3:0] hold_q;

  // The clock runs from the start, so that the reset reaches the part.
  initial begin
    enable = 1'b1;
    hold_q = HOLD;
  end

  assign clk_o     = clk_i && enable;
  assign resting_o = !active_i && hold_q == 4'd0;

  wire next = !rst_ni || (step_i && !resting_o);

  // What the enable depends on changes at rising edges: the latch opens to its last value. Each
  // simulator has the form that costs it less: Verilator looks for edges, Icarus runs processes.
`ifdef VERILATOR
  always_latch if (!clk_i) enable = next;
`else
  always @(negedge clk_i) enable <= next;
`endif

  always @(posedge clk_o) begin
    if (active_i || !rst_ni) hold_q <= HOLD;
    else if (hold_q != 4'd0) hold_q <= hold_q - 4'd1;
  end
endmodule

`default_nettype wire
