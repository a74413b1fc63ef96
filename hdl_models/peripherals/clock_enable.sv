// SPDX-License-Identifier: Apache-2.0
// Clock enable that is high in NUMERATOR of every DENOMINATOR clocks, spread evenly.
//
// A slow peripheral clock (24 MHz of the 100 MHz bus clock: 6 in 25) without a second clock domain.
// skip_i says how many clocks were left out before this edge: the phase goes on as if they had run.
`default_nettype none

module clock_enable #(
  parameter int NUMERATOR   = 6,
  parameter int DENOMINATOR = 25
) (
  input  wire         clk_i,
  input  wire         rst_ni,
  // verilator tracing_off
  input  wire  [31:0] skip_i,
  // verilator tracing_on
  output logic        en_o
);

  localparam int WIDTH = $clog2(DENOMINATOR);
  localparam logic [WIDTH-1:0] STEP = WIDTH'(NUMERATOR);
  localparam logic [WIDTH-1:0] WRAP = WIDTH'(DENOMINATOR - NUMERATOR);

  // Always below DENOMINATOR: the phase of the slow clock in units of 1/DENOMINATOR.
  // verilator tracing_off
  logic [WIDTH-1:0] phase_q;
  // verilator tracing_on

  // The phase that a number of clocks lead to; computed only where clocks were left out.
  function automatic [WIDTH-1:0] phase_after(input [WIDTH-1:0] phase, input [31:0] clocks);
    phase_after = WIDTH'((32'(phase) + clocks * NUMERATOR) % DENOMINATOR);
  endfunction

  always @(posedge clk_i) begin
    if (!rst_ni) begin
      phase_q <= '0;
      en_o    <= 1'b0;
    end else if (skip_i != 32'd0) begin
      phase_q <= phase_after(phase_q, skip_i + 32'd1);
      en_o    <= phase_after(phase_q, skip_i + 32'd1) < STEP;
    end else if (phase_q >= WRAP) begin
      phase_q <= phase_q - WRAP;
      en_o    <= 1'b1;
    end else begin
      phase_q <= phase_q + STEP;
      en_o    <= 1'b0;
    end
  end

endmodule

`default_nettype wire
