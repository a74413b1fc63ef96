// SPDX-License-Identifier: Apache-2.0
// Stands in for the core shells and their core port: the harts' AXI ports, open for a testbench.
//
// Same module name and ports as hdl_models/core/core_cluster.sv, so that the whole SoC around it is
// the one of a run. No clock is left out; the serial terminals receive and never send.
`default_nettype none

module core_cluster #(
    parameter integer HARTS = 4,
    parameter integer TERMINALS = 2
) (
    input  wire                    clk_i,
    input  wire                    rst_ni,
    input  wire [31:0]             skip_i,
    output wire [63:0]             cycle_o,         // clocks since reset
    output wire                    quiet_o,         // no line or reset has just changed
    output wire                    write_clk_o,     // both run while a transaction is under way
    output wire                    read_clk_o,
    input  wire [HARTS-1:0]        run_i,           // out of reset
    input  wire [HARTS*32-1:0]     boot_address_i,
    input  wire [HARTS*3-1:0]      lines_i,         // {external, timer, software} each
    output wire [HARTS-1:0]        wfi_o,           // waits for an interrupt without limit

    input  wire [TERMINALS-1:0]    terminal_rx_valid_i,
    input  wire [TERMINALS*8-1:0]  terminal_rx_data_i,
    output wire [TERMINALS-1:0]    terminal_tx_valid_o,
    output wire [TERMINALS*8-1:0]  terminal_tx_data_o,
    input  wire [TERMINALS-1:0]    terminal_tx_ready_i,

    output wire [HARTS*4-1:0]      m_axi_awid,
    output wire [HARTS*32-1:0]     m_axi_awaddr,
    output wire [HARTS*8-1:0]      m_axi_awlen,
    output wire [HARTS*3-1:0]      m_axi_awsize,
    output wire [HARTS*2-1:0]      m_axi_awburst,
    output wire [HARTS-1:0]        m_axi_awvalid,
    input  wire [HARTS-1:0]        m_axi_awready,
    output wire [HARTS*64-1:0]     m_axi_wdata,
    output wire [HARTS*8-1:0]      m_axi_wstrb,
    output wire [HARTS-1:0]        m_axi_wlast,
    output wire [HARTS-1:0]        m_axi_wvalid,
    input  wire [HARTS-1:0]        m_axi_wready,
    input  wire [HARTS*2-1:0]      m_axi_bresp,
    input  wire [HARTS-1:0]        m_axi_bvalid,
    output wire [HARTS-1:0]        m_axi_bready,
    output wire [HARTS*4-1:0]      m_axi_arid,
    output wire [HARTS*32-1:0]     m_axi_araddr,
    output wire [HARTS*8-1:0]      m_axi_arlen,
    output wire [HARTS*3-1:0]      m_axi_arsize,
    output wire [HARTS*2-1:0]      m_axi_arburst,
    output wire [HARTS-1:0]        m_axi_arvalid,
    input  wire [HARTS-1:0]        m_axi_arready,
    input  wire [HARTS*64-1:0]     m_axi_rdata,
    input  wire [HARTS*2-1:0]      m_axi_rresp,
    input  wire [HARTS-1:0]        m_axi_rlast,
    input  wire [HARTS-1:0]        m_axi_rvalid,
    output wire [HARTS-1:0]        m_axi_rready
);

  reg [63:0] cycle_q;
  always @(posedge clk_i) cycle_q <= rst_ni ? cycle_q + 64'd1 + {32'd0, skip_i} : 64'd0;

  wire [HARTS-1:0] active;
  wire             resting;
  clock_gate #(.HOLD(4'd0)) bus_gate (
      .clk_i(clk_i), .rst_ni(rst_ni), .active_i(|active), .step_i(1'b1),
      .clk_o(write_clk_o), .resting_o(resting));
  assign read_clk_o = write_clk_o;

  assign cycle_o = cycle_q;
  assign quiet_o = resting;
  assign wfi_o   = {HARTS{1'b0}};
  assign terminal_tx_valid_o = {TERMINALS{1'b0}};
  assign terminal_tx_data_o  = {TERMINALS{8'd0}};

  genvar g;
  generate
    for (g = 0; g < HARTS; g = g + 1) begin : hart
      open_port port (
          .clk_i(clk_i), .rst_ni(rst_ni), .run_i(run_i[g]),
          .boot_address_i(boot_address_i[g*32+:32]), .lines_i(lines_i[g*3+:3]),
          .active_o(active[g]), .awready_i(m_axi_awready[g]), .wready_i(m_axi_wready[g]),
          .bresp_i(m_axi_bresp[g*2+:2]), .bvalid_i(m_axi_bvalid[g]),
          .arready_i(m_axi_arready[g]), .rdata_i(m_axi_rdata[g*64+:64]),
          .rresp_i(m_axi_rresp[g*2+:2]), .rlast_i(m_axi_rlast[g]), .rvalid_i(m_axi_rvalid[g]));
      assign m_axi_awid[g*4+:4] = port.s_axi_awid;
      assign m_axi_awaddr[g*32+:32] = port.s_axi_awaddr;
      assign m_axi_awlen[g*8+:8] = port.s_axi_awlen;
      assign m_axi_awsize[g*3+:3] = port.s_axi_awsize;
      assign m_axi_awburst[g*2+:2] = port.s_axi_awburst;
      assign m_axi_awvalid[g] = port.s_axi_awvalid;
      assign m_axi_wdata[g*64+:64] = port.s_axi_wdata;
      assign m_axi_wstrb[g*8+:8] = port.s_axi_wstrb;
      assign m_axi_wlast[g] = port.s_axi_wlast;
      assign m_axi_wvalid[g] = port.s_axi_wvalid;
      assign m_axi_bready[g] = port.s_axi_bready;
      assign m_axi_arid[g*4+:4] = port.s_axi_arid;
      assign m_axi_araddr[g*32+:32] = port.s_axi_araddr;
      assign m_axi_arlen[g*8+:8] = port.s_axi_arlen;
      assign m_axi_arsize[g*3+:3] = port.s_axi_arsize;
      assign m_axi_arburst[g*2+:2] = port.s_axi_arburst;
      assign m_axi_arvalid[g] = port.s_axi_arvalid;
      assign m_axi_rready[g] = port.s_axi_rready;
    end
  endgenerate

  wire unused = &{1'b0, terminal_rx_valid_i, terminal_rx_data_i, terminal_tx_ready_i};
endmodule

`default_nettype wire
