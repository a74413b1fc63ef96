// SPDX-License-Identifier: Apache-2.0
// The ports of a simulation top: none, where the clock is made in the top itself.
`ifdef VERILATOR
    input  wire        clk_i,
    // verilator tracing_off
    input  wire [31:0] skip_i,
    output wire [63:0] cycle_o,
    output wire        quiet_o,
    output wire [31:0] timer_o
    // verilator tracing_on
`endif
