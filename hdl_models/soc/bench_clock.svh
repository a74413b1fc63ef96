// SPDX-License-Identifier: Apache-2.0
// Clock and power-on reset of a simulation top, for the inside of its module.
//
// The clock comes from the simulator's main program where that is cheapest (Verilator), and is
// made here elsewhere. The reset lasts 16 clocks: the bench is attached before a hart runs.
// Clocks in which nothing in the design can change are left out: the core port says how many, after
// each falling edge at which the design is quiet, and skip_i tells the counters in the design.
`ifndef VERILATOR
  reg         clk_i = 1'b0;
  reg  [31:0] skip_i = 32'd0;
  wire [63:0] cycle_o;
  wire        quiet_o;
  wire [31:0] timer_o;

  always begin
    #5 clk_i = 1'b1;
    #5 clk_i = 1'b0;
`ifndef CORE_PORT_SIGNALS
    if (skip_i != 32'd0) skip_i = 32'd0;
    if (quiet_o) begin
      $core_port_skip(cycle_o, quiet_o, timer_o, skip_i);
      if (skip_i != 32'd0) #(skip_i * 10);
    end
`endif
  end
`endif

  // The one signal that is public: a simulator shows no design to VPI that has none.
  reg [4:0] reset_count /* verilator public_flat_rd */;
  wire      rst_n = reset_count[4];
  initial reset_count = 5'd0;
  always @(posedge clk_i) if (!rst_n) reset_count <= reset_count + 5'd1;
