// SPDX-License-Identifier: Apache-2.0
// Ports of a SoC.
    input  wire        clk_i,
    input  wire        rst_ni,
    // How clocks are left out is no part of the SoC: not in a waveform.
    // verilator tracing_off
    input  wire [31:0] skip_i,   // clocks left out before this edge
    output wire [63:0] cycle_o,  // clocks since reset
    output wire        quiet_o,  // nothing is under way: clocks may be left out ...
    output wire [31:0] timer_o   // ... this many, until a timer interrupt may rise
    // verilator tracing_on
