// SPDX-License-Identifier: Apache-2.0
// What every SoC has behind its decoder: the bridge to its registers, a RAM outside the simulator
// if it has one, the clock of its serial lines, the observers of its buses. The SoC has the wires.

  // A hart's interrupt lines: software, timer, external.
  genvar g;
  generate
    for (g = 0; g < Harts; g = g + 1) begin : line
      assign lines[g*3+:3] = {eip[g], mtip[g], msip[g]};
    end
  endgenerate

  generate
    if (Targets == 4) begin : outside
      axi_host_memory #(.BASE(LINUX_BASE), .BYTES(LINUX_BYTES)) linux_memory (
          .write_clk_i(write_clk), .read_clk_i(read_clk), .rst_ni(rst_ni), `AXI_TARGET(3));
      axi_observer #(.PORT(3)) observe_linux_memory (
          .write_clk_i(write_clk), .read_clk_i(read_clk), .rst_ni(rst_ni), .cycle_i(cycle_o),
          `AXI_TARGET(3));
    end
  endgenerate

  // The bridge is at work from the address to the response. Its clock edges are the fabric's.
  wire bridge_clk, bridge_busy;
  clock_gate #(.HOLD(4'd0)) bridge_gate (
      .clk_i(clk_i), .rst_ni(rst_ni),
      .active_i(bridge_busy), .step_i(1'b1),
      .clk_o(bridge_clk), .resting_o(resting[0]));

  axi_to_apb bridge (
      .clk_i(bridge_clk), .rst_ni(rst_ni), `AXI_TARGET(2), `APB_PORT(m, b_),
      .m_apb_decerr_i(b_decerr), .busy_o(bridge_busy));

  // 24 MHz of the 100 MHz: how often a serial line's clock ticks.
  wire sclk_en;
  clock_enable #(.NUMERATOR(6), .DENOMINATOR(25)) serial_clock (
      .clk_i(clk_i), .rst_ni(rst_ni), .skip_i(skip_i), .en_o(sclk_en));

  // What is recorded of the buses: the port says the order within a clock.
  axi_observer #(.PORT(0)) observe_memory0 (
      .write_clk_i(write_clk), .read_clk_i(read_clk), .rst_ni(rst_ni), .cycle_i(cycle_o),
      `AXI_TARGET(0));
  axi_observer #(.PORT(1)) observe_memory1 (
      .write_clk_i(write_clk), .read_clk_i(read_clk), .rst_ni(rst_ni), .cycle_i(cycle_o),
      `AXI_TARGET(1));
  apb_observer #(.PORT(2)) observe_registers (
      .clk_i(bridge_clk), .rst_ni(rst_ni), .cycle_i(cycle_o), .master_i(t_bid[11:8]),
      `APB_PORT(s, b_), .decerr_i(b_decerr));
