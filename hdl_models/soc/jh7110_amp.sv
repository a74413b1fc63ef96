// SPDX-License-Identifier: Apache-2.0
// JH-7110 as an AMP system: four harts, two memories, CLINT, PLIC, two UARTs, hart control, MPU.
//
//   core shells --> arbiter --> MPU --> decoder --> DRAM
//                                              --> AMP memory (shared, RTOS code and heap)
//                                              --> APB bridge --> peripherals
//
// Fabric, UARTs, terminals and interrupt controller have gated clocks: they cost nothing to run
// while they rest. Harts 1..3 run Linux and leave reset with the SoC; hart 4 waits for its release.
// Index h - 1 is hart h in every packed vector. UART0 is Linux's, UART1 the RTOS's; the far end of
// each serial line is a terminal of the bench. The boot firmware starts at the base of DRAM.
`default_nettype none

module jh7110_amp #(
    parameter [31:0] DRAM_BASE   = 32'h4000_0000,
    parameter [31:0] DRAM_BYTES  = 32'h0080_0000,
    parameter [31:0] AMP_BASE    = 32'h6E40_0000,
    parameter [31:0] AMP_BYTES   = 32'h01C0_0000,
    parameter [31:0] CLINT_BASE  = 32'h0200_0000,
    parameter [31:0] PLIC_BASE   = 32'h0C00_0000,
    parameter [31:0] UART0_BASE  = 32'h1000_0000,
    parameter [31:0] UART1_BASE  = 32'h1001_0000,
    parameter [31:0] HARTCTL_BASE = 32'h1303_0000,
    parameter [31:0] MPU_BASE    = 32'h1305_0000
) (
    input  wire        clk_i,
    input  wire        rst_ni,
    input  wire [31:0] skip_i,   // clocks left out before this edge
    output wire [63:0] cycle_o,  // clocks since reset
    output wire        quiet_o,  // nothing is under way: clocks may be left out ...
    output wire [31:0] timer_o   // ... this many, until a timer interrupt may rise
);
  localparam integer Harts = 4;
  localparam integer Slaves = 6;  // CLINT, PLIC, UART0, UART1, hart control, MPU

  // ---- harts ----
  wire [Harts-1:0]    msip, mtip, eip;
  wire [Harts*3-1:0]  lines;
  wire                cores_quiet;
  wire [Harts-1:0]    wfi;
  wire                write_clk, read_clk;  // run while a write, a read is under way
  wire [5:0]          resting;  // clock gates: bridge, interrupts, UARTs, terminals
  wire [1:0]          to_terminal, from_terminal;  // the serial lines
  wire [1:0]          uart_active, terminal_active;
  wire                remote_run;
  wire [31:0]         remote_boot;
  wire [1:0]          rx_valid, rx_error, tx_valid, tx_ready;
  wire [15:0]         rx_data, tx_data;

  genvar g;
  generate
    for (g = 0; g < Harts; g = g + 1) begin : line
      assign lines[g*3+:3] = {eip[g], mtip[g], msip[g]};
    end
  endgenerate

  wire [Harts*4-1:0]  h_awid, h_arid, h_bid, h_rid;
  wire [Harts*32-1:0] h_awaddr, h_araddr;
  wire [Harts*8-1:0]  h_awlen, h_arlen, h_wstrb;
  wire [Harts*3-1:0]  h_awsize, h_arsize;
  wire [Harts*2-1:0]  h_awburst, h_arburst, h_bresp, h_rresp;
  wire [Harts*64-1:0] h_wdata, h_rdata;
  wire [Harts-1:0]    h_awvalid, h_awready, h_wlast, h_wvalid, h_wready, h_bvalid, h_bready;
  wire [Harts-1:0]    h_arvalid, h_arready, h_rlast, h_rvalid, h_rready;

  core_cluster #(.HARTS(Harts), .TERMINALS(2)) cluster (
      .clk_i(clk_i), .rst_ni(rst_ni), .skip_i(skip_i), .cycle_o(cycle_o), .quiet_o(cores_quiet),
      .write_clk_o(write_clk), .read_clk_o(read_clk),
      .run_i({remote_run, 3'b111}),
      .boot_address_i({remote_boot, {3{DRAM_BASE}}}), .lines_i(lines),
      .wfi_o(wfi),
      .terminal_rx_valid_i(rx_valid), .terminal_rx_data_i(rx_data),
      .terminal_tx_valid_o(tx_valid), .terminal_tx_data_o(tx_data), .terminal_tx_ready_i(tx_ready),
      .m_axi_awid(h_awid), .m_axi_awaddr(h_awaddr), .m_axi_awlen(h_awlen),
      .m_axi_awsize(h_awsize), .m_axi_awburst(h_awburst), .m_axi_awvalid(h_awvalid),
      .m_axi_awready(h_awready), .m_axi_wdata(h_wdata), .m_axi_wstrb(h_wstrb),
      .m_axi_wlast(h_wlast), .m_axi_wvalid(h_wvalid), .m_axi_wready(h_wready),
      .m_axi_bresp(h_bresp), .m_axi_bvalid(h_bvalid), .m_axi_bready(h_bready),
      .m_axi_arid(h_arid), .m_axi_araddr(h_araddr), .m_axi_arlen(h_arlen),
      .m_axi_arsize(h_arsize), .m_axi_arburst(h_arburst), .m_axi_arvalid(h_arvalid),
      .m_axi_arready(h_arready), .m_axi_rdata(h_rdata), .m_axi_rresp(h_rresp),
      .m_axi_rlast(h_rlast), .m_axi_rvalid(h_rvalid), .m_axi_rready(h_rready));

  // ---- one bus behind the arbiter (a_), guarded by the MPU (p_) ----
`define AXI_WIRES(x) \
  wire [3:0] x``awid, x``bid, x``arid, x``rid; \
  wire [31:0] x``awaddr, x``araddr; \
  wire [7:0] x``awlen, x``arlen, x``wstrb; \
  wire [2:0] x``awsize, x``arsize; \
  wire [1:0] x``awburst, x``arburst, x``bresp, x``rresp; \
  wire [63:0] x``wdata, x``rdata; \
  wire x``awvalid, x``awready, x``wlast, x``wvalid, x``wready, x``bvalid, x``bready; \
  wire x``arvalid, x``arready, x``rlast, x``rvalid, x``rready;
`define AXI_PORT(port, x) \
  .port``_axi_awid(x``awid), .port``_axi_awaddr(x``awaddr), .port``_axi_awlen(x``awlen), \
  .port``_axi_awsize(x``awsize), .port``_axi_awburst(x``awburst), \
  .port``_axi_awvalid(x``awvalid), .port``_axi_awready(x``awready), \
  .port``_axi_wdata(x``wdata), .port``_axi_wstrb(x``wstrb), .port``_axi_wlast(x``wlast), \
  .port``_axi_wvalid(x``wvalid), .port``_axi_wready(x``wready), .port``_axi_bid(x``bid), \
  .port``_axi_bresp(x``bresp), .port``_axi_bvalid(x``bvalid), .port``_axi_bready(x``bready), \
  .port``_axi_arid(x``arid), .port``_axi_araddr(x``araddr), .port``_axi_arlen(x``arlen), \
  .port``_axi_arsize(x``arsize), .port``_axi_arburst(x``arburst), \
  .port``_axi_arvalid(x``arvalid), .port``_axi_arready(x``arready), .port``_axi_rid(x``rid), \
  .port``_axi_rdata(x``rdata), .port``_axi_rresp(x``rresp), .port``_axi_rlast(x``rlast), \
  .port``_axi_rvalid(x``rvalid), .port``_axi_rready(x``rready)
`define AXI_TARGET(i) \
  .s_axi_awid(t_awid), .s_axi_awaddr(t_awaddr), .s_axi_awlen(t_awlen), .s_axi_awsize(t_awsize), \
  .s_axi_awburst(t_awburst), .s_axi_awvalid(t_awvalid[i]), .s_axi_awready(t_awready[i]), \
  .s_axi_wdata(t_wdata), .s_axi_wstrb(t_wstrb), .s_axi_wlast(t_wlast), \
  .s_axi_wvalid(t_wvalid[i]), .s_axi_wready(t_wready[i]), .s_axi_bid(t_bid[i*4+:4]), \
  .s_axi_bresp(t_bresp[i*2+:2]), .s_axi_bvalid(t_bvalid[i]), .s_axi_bready(t_bready[i]), \
  .s_axi_arid(t_arid), .s_axi_araddr(t_araddr), .s_axi_arlen(t_arlen), .s_axi_arsize(t_arsize), \
  .s_axi_arburst(t_arburst), .s_axi_arvalid(t_arvalid[i]), .s_axi_arready(t_arready[i]), \
  .s_axi_rid(t_rid[i*4+:4]), .s_axi_rdata(t_rdata[i*64+:64]), .s_axi_rresp(t_rresp[i*2+:2]), \
  .s_axi_rlast(t_rlast[i]), .s_axi_rvalid(t_rvalid[i]), .s_axi_rready(t_rready[i])

  `AXI_WIRES(a_)
  `AXI_WIRES(p_)

  wire [3:0]         t_awid, t_arid;
  wire [31:0]        t_awaddr, t_araddr;
  wire [7:0]         t_awlen, t_arlen, t_wstrb;
  wire [2:0]         t_awsize, t_arsize;
  wire [1:0]         t_awburst, t_arburst;
  wire [63:0]        t_wdata;
  wire               t_wlast;
  wire [2:0]         t_awvalid, t_awready, t_wvalid, t_wready, t_bvalid, t_bready;
  wire [2:0]         t_arvalid, t_arready, t_rlast, t_rvalid, t_rready;
  wire [11:0]        t_bid, t_rid;
  wire [5:0]         t_bresp, t_rresp;
  wire [3*64-1:0]    t_rdata;

  wire [31:0]          b_paddr, b_pwdata, b_prdata, s_paddr, s_pwdata;
  wire [3:0]           b_pstrb, s_pstrb;
  wire                 b_psel, b_penable, b_pwrite, b_pready, b_pslverr, b_decerr;
  wire                 s_penable, s_pwrite;
  wire [Slaves-1:0]    s_psel, s_pready, s_pslverr;
  wire [Slaves*32-1:0] s_prdata;
  wire                 mpu_irq;

  // The bridge is at work from the address to the response. Its clock edges are the fabric's.
  wire bridge_clk;
  clock_gate #(.HOLD(4'd0)) bridge_gate (
      .clk_i(clk_i), .rst_ni(rst_ni),
      .active_i(|{t_awvalid[2], t_bready[2], t_arvalid[2], t_rready[2]}), .step_i(1'b1),
      .clk_o(bridge_clk), .resting_o(resting[0]));

  axi_arbiter #(.N(Harts)) arbiter (
      .write_clk_i(write_clk), .read_clk_i(read_clk), .rst_ni(rst_ni),
      .s_axi_awid(h_awid), .s_axi_awaddr(h_awaddr), .s_axi_awlen(h_awlen),
      .s_axi_awsize(h_awsize), .s_axi_awburst(h_awburst), .s_axi_awvalid(h_awvalid),
      .s_axi_awready(h_awready), .s_axi_wdata(h_wdata), .s_axi_wstrb(h_wstrb),
      .s_axi_wlast(h_wlast), .s_axi_wvalid(h_wvalid), .s_axi_wready(h_wready), .s_axi_bid(h_bid),
      .s_axi_bresp(h_bresp), .s_axi_bvalid(h_bvalid), .s_axi_bready(h_bready),
      .s_axi_arid(h_arid), .s_axi_araddr(h_araddr), .s_axi_arlen(h_arlen),
      .s_axi_arsize(h_arsize), .s_axi_arburst(h_arburst), .s_axi_arvalid(h_arvalid),
      .s_axi_arready(h_arready), .s_axi_rid(h_rid), .s_axi_rdata(h_rdata), .s_axi_rresp(h_rresp),
      .s_axi_rlast(h_rlast), .s_axi_rvalid(h_rvalid), .s_axi_rready(h_rready),
      `AXI_PORT(m, a_));

  axi_mpu mpu (
      .clk_i(clk_i), .write_clk_i(write_clk), .read_clk_i(read_clk), .rst_ni(rst_ni),
      `AXI_PORT(s, a_), `AXI_PORT(m, p_),
      .s_apb_paddr(s_paddr[11:0]), .s_apb_psel(s_psel[5]), .s_apb_penable(s_penable),
      .s_apb_pwrite(s_pwrite), .s_apb_pwdata(s_pwdata), .s_apb_pstrb(s_pstrb),
      .s_apb_pready(s_pready[5]), .s_apb_prdata(s_prdata[5*32+:32]),
      .s_apb_pslverr(s_pslverr[5]), .irq_o(mpu_irq));

  axi_decode #(
      .N(3),
      .BASE({32'h0000_0000, AMP_BASE, DRAM_BASE}),
      .BYTES({32'h4000_0000, AMP_BYTES, DRAM_BYTES})
  ) decode (
      .write_clk_i(write_clk), .read_clk_i(read_clk), .rst_ni(rst_ni), `AXI_PORT(s, p_),
      .m_axi_awid(t_awid), .m_axi_awaddr(t_awaddr), .m_axi_awlen(t_awlen),
      .m_axi_awsize(t_awsize), .m_axi_awburst(t_awburst), .m_axi_awvalid(t_awvalid),
      .m_axi_awready(t_awready), .m_axi_wdata(t_wdata), .m_axi_wstrb(t_wstrb),
      .m_axi_wlast(t_wlast), .m_axi_wvalid(t_wvalid), .m_axi_wready(t_wready),
      .m_axi_bid(t_bid), .m_axi_bresp(t_bresp), .m_axi_bvalid(t_bvalid), .m_axi_bready(t_bready),
      .m_axi_arid(t_arid), .m_axi_araddr(t_araddr), .m_axi_arlen(t_arlen),
      .m_axi_arsize(t_arsize), .m_axi_arburst(t_arburst), .m_axi_arvalid(t_arvalid),
      .m_axi_arready(t_arready), .m_axi_rid(t_rid), .m_axi_rdata(t_rdata),
      .m_axi_rresp(t_rresp), .m_axi_rlast(t_rlast), .m_axi_rvalid(t_rvalid),
      .m_axi_rready(t_rready));

  axi_ram #(.BASE(DRAM_BASE), .BYTES(DRAM_BYTES)) dram (
      .write_clk_i(write_clk), .read_clk_i(read_clk), .rst_ni(rst_ni), `AXI_TARGET(0));

  axi_ram #(.BASE(AMP_BASE), .BYTES(AMP_BYTES)) amp_memory (
      .write_clk_i(write_clk), .read_clk_i(read_clk), .rst_ni(rst_ni), `AXI_TARGET(1));

  axi_to_apb bridge (
      .clk_i(bridge_clk), .rst_ni(rst_ni), `AXI_TARGET(2),
      .m_apb_paddr(b_paddr), .m_apb_psel(b_psel), .m_apb_penable(b_penable),
      .m_apb_pwrite(b_pwrite), .m_apb_pwdata(b_pwdata), .m_apb_pstrb(b_pstrb),
      .m_apb_pready(b_pready), .m_apb_prdata(b_prdata), .m_apb_pslverr(b_pslverr),
      .m_apb_decerr_i(b_decerr));

  // ---- peripherals ----
  apb_decode #(
      .N(Slaves),
      .BASE({MPU_BASE, HARTCTL_BASE, UART1_BASE, UART0_BASE, PLIC_BASE, CLINT_BASE}),
      .MASK({32'hFFFF_F000, 32'hFFFF_F000, 32'hFFFF_0000, 32'hFFFF_0000, 32'hFC00_0000,
             32'hFFFF_0000})
  ) peripherals (
      .s_apb_paddr(b_paddr), .s_apb_psel(b_psel), .s_apb_penable(b_penable),
      .s_apb_pwrite(b_pwrite), .s_apb_pwdata(b_pwdata), .s_apb_pstrb(b_pstrb),
      .s_apb_pready(b_pready), .s_apb_prdata(b_prdata), .s_apb_pslverr(b_pslverr),
      .decerr_o(b_decerr),
      .m_apb_paddr(s_paddr), .m_apb_psel(s_psel), .m_apb_penable(s_penable),
      .m_apb_pwrite(s_pwrite), .m_apb_pwdata(s_pwdata), .m_apb_pstrb(s_pstrb),
      .m_apb_pready(s_pready), .m_apb_prdata(s_prdata), .m_apb_pslverr(s_pslverr));

`define APB_SLAVE(i, clk, bits) \
  .clk_i(clk), .rst_ni(rst_ni), .s_apb_paddr(s_paddr[bits-1:0]), .s_apb_psel(s_psel[i]), \
  .s_apb_penable(s_penable), .s_apb_pwrite(s_pwrite), .s_apb_pwdata(s_pwdata), \
  .s_apb_pstrb(s_pstrb), .s_apb_pready(s_pready[i]), .s_apb_prdata(s_prdata[i*32+:32]), \
  .s_apb_pslverr(s_pslverr[i])

  wire [4:0]  clint_msip, clint_mtip;
  wire [63:0] mtime;
  assign msip = clint_msip[4:1];
  assign mtip = clint_mtip[4:1];

  clint #(.HARTS(5), .CLOCKS_PER_TICK(25)) clint (
      `APB_SLAVE(0, clk_i, 16), .skip_i(skip_i), .timer_o(timer_o),
      .msip_o(clint_msip), .mtip_o(clint_mtip), .mtime_o(mtime));

  wire [1:0] uart_irq, uart_clk, terminal_clk;

  // Interrupt controller and hart control: selected, or a source has changed.
  wire [2:0] sources = {mpu_irq, uart_irq};
  reg  [2:0] sources_q;
  wire       system_clk;
  clock_gate system_gate (
      .clk_i(clk_i), .rst_ni(rst_ni),
      .active_i(s_psel[1] || s_psel[4] || sources != sources_q), .step_i(1'b1),
      .clk_o(system_clk), .resting_o(resting[1]));
  always @(posedge system_clk) sources_q <= rst_ni ? sources : 3'd0;

  plic #(.HARTS(Harts)) plic (`APB_SLAVE(1, system_clk, 26), .irq_i(sources), .eip_o(eip));

  wire sclk_en;
  clock_enable #(.NUMERATOR(6), .DENOMINATOR(25)) serial_clock (
      .clk_i(clk_i), .rst_ni(rst_ni), .skip_i(skip_i), .en_o(sclk_en));

  assign quiet_o = cores_quiet && &resting;

  uart_dw uart0 (
      `APB_SLAVE(2, uart_clk[0], 8), .sclk_en_i(sclk_en),
      .rxd_i(from_terminal[0]), .txd_o(to_terminal[0]),
      .irq_o(uart_irq[0]), .active_o(uart_active[0]));
  uart_dw uart1 (
      `APB_SLAVE(3, uart_clk[1], 8), .sclk_en_i(sclk_en),
      .rxd_i(from_terminal[1]), .txd_o(to_terminal[1]),
      .irq_o(uart_irq[1]), .active_o(uart_active[1]));

  hart_control hart_control (
      `APB_SLAVE(4, system_clk, 12), .hart_run_o(remote_run), .boot_addr_o(remote_boot));

  generate
    for (g = 0; g < 2; g = g + 1) begin : terminal
      // The UART works at the rate of its serial clock, and where it is selected.
      clock_gate uart_gate (
          .clk_i(clk_i), .rst_ni(rst_ni),
          .active_i(s_psel[2+g] || uart_active[g] || !from_terminal[g]),
          .step_i(s_psel[2+g] || sclk_en),
          .clk_o(uart_clk[g]), .resting_o(resting[2+g]));

      clock_gate terminal_gate (
          .clk_i(clk_i), .rst_ni(rst_ni),
          .active_i(terminal_active[g] || tx_valid[g] || !to_terminal[g]), .step_i(1'b1),
          .clk_o(terminal_clk[g]), .resting_o(resting[4+g]));

      uart_terminal far_end (
          .clk_i(terminal_clk[g]), .rst_ni(rst_ni),
          .rxd_i(to_terminal[g]), .txd_o(from_terminal[g]),
          .rx_valid_o(rx_valid[g]), .rx_data_o(rx_data[g*8+:8]), .rx_error_o(rx_error[g]),
          .tx_valid_i(tx_valid[g]), .tx_data_i(tx_data[g*8+:8]), .tx_ready_o(tx_ready[g]),
          .active_o(terminal_active[g]));
    end
  endgenerate

  // For the waveform: hart 0 (S7) is off; a shell has one transaction in flight and needs no ID.
  wire unused = &{1'b0, wfi, h_bid, h_rid, mtime, rx_error, clint_msip[0], clint_mtip[0],
                  s_paddr[31:26]};
`undef AXI_WIRES
`undef AXI_PORT
`undef AXI_TARGET
`undef APB_SLAVE
endmodule

`default_nettype wire
