// SPDX-License-Identifier: Apache-2.0
// JH-7110 as an AMP system: four harts, two memories, CLINT, PLIC, two UARTs, hart control, MPU.
//
//   core shells --> arbiter --> MPU --> decoder --> DRAM
//                                              --> AMP memory (shared, RTOS code and heap)
//                                              --> APB bridge --> peripherals
//                                              --> RAM of a Linux outside the simulator, or none
//
// Fabric, UARTs, terminals and interrupt controller have gated clocks: they cost nothing to run
// while they rest. Harts 1..3 run Linux and leave reset with the SoC; hart 4 waits for its release.
// Index h - 1 is hart h in every packed vector. UART0 is Linux's, UART1 the RTOS's; the far end of
// each serial line is a terminal of the bench. The boot firmware starts at the base of DRAM.
`default_nettype none
`include "soc_bus.svh"

module jh7110_amp #(
    parameter [31:0] DRAM_BASE   = 32'h4000_0000,
    parameter [31:0] DRAM_BYTES  = 32'h0080_0000,
    parameter [31:0] AMP_BASE    = 32'h6E40_0000,
    parameter [31:0] AMP_BYTES   = 32'h01C0_0000,
    parameter [31:0] LINUX_BASE  = 32'h6A40_0000,
    parameter [31:0] LINUX_BYTES = 32'h0000_0000,  // RAM of a kernel outside the simulator; 0: none
    parameter [31:0] CLINT_BASE  = 32'h0200_0000,
    parameter [31:0] PLIC_BASE   = 32'h0C00_0000,
    parameter [31:0] UART0_BASE  = 32'h1000_0000,
    parameter [31:0] UART1_BASE  = 32'h1001_0000,
    parameter [31:0] HARTCTL_BASE = 32'h1303_0000,
    parameter [31:0] MPU_BASE    = 32'h1305_0000
) (
`include "soc_ports.svh"
);
  localparam integer Harts = 4;
  localparam integer Targets = (LINUX_BYTES != 0) ? 4 : 3;
  localparam integer Slaves = 6;  // CLINT, PLIC, UART0, UART1, hart control, MPU

  // ---- harts ----
  wire [Harts-1:0]    msip, mtip, eip;
  wire [Harts*3-1:0]  lines;
  // verilator tracing_off
  wire                cores_quiet;
  // verilator tracing_on
  wire [Harts-1:0]    wfi;
  wire                write_clk, read_clk;  // run while a write, a read is under way
  // verilator tracing_off
  wire [3:0]          resting;  // clock gates: bridge, interrupts, serial lines
  // verilator tracing_on
  wire                remote_run;
  wire [31:0]         remote_boot;
  wire [1:0]          rx_valid, tx_valid, tx_ready;
  wire [15:0]         rx_data, tx_data;

  `AXI_WIRES(a_)
  `AXI_WIRES(p_)
  // The waveform has these at each hart and at each target.
  // verilator tracing_off
  `AXI_MASTER_WIRES(h_, Harts)
  `AXI_TARGET_WIRES(t_, Targets)
  // verilator tracing_on
  `APB_WIRES(Slaves)
  wire mpu_irq;

  core_cluster #(.HARTS(Harts), .TERMINALS(2)) cluster (
      .clk_i(clk_i), .rst_ni(rst_ni), .skip_i(skip_i), .cycle_o(cycle_o), .quiet_o(cores_quiet),
      .write_clk_o(write_clk), .read_clk_o(read_clk),
      .run_i({remote_run, 3'b111}),
      .boot_address_i({remote_boot, {3{DRAM_BASE}}}), .lines_i(lines),
      .wfi_o(wfi),
      .terminal_rx_valid_i(rx_valid), .terminal_rx_data_i(rx_data),
      .terminal_tx_valid_o(tx_valid), .terminal_tx_data_o(tx_data), .terminal_tx_ready_i(tx_ready),
      `AXI_SIMPLE_PORT(m, h_));

  // ---- one bus behind the arbiter (a_), guarded by the MPU (p_) ----
  axi_arbiter #(.N(Harts)) arbiter (
      .write_clk_i(write_clk), .read_clk_i(read_clk), .rst_ni(rst_ni),
      `AXI_PORT(s, h_), `AXI_PORT(m, a_));

  axi_mpu mpu (
      .clk_i(clk_i), .write_clk_i(write_clk), .read_clk_i(read_clk), .rst_ni(rst_ni),
      `AXI_PORT(s, a_), `AXI_PORT(m, p_),
      .s_apb_paddr(s_paddr[11:0]), `APB_SLAVE_REST(5), .irq_o(mpu_irq));

  localparam [127:0] Bases = {LINUX_BASE, 32'h0000_0000, AMP_BASE, DRAM_BASE};
  localparam [127:0] Sizes = {LINUX_BYTES, 32'h4000_0000, AMP_BYTES, DRAM_BYTES};

  axi_decode #(
      .N(Targets), .BASE(Bases[Targets*32-1:0]), .BYTES(Sizes[Targets*32-1:0])
  ) decode (
      .write_clk_i(write_clk), .read_clk_i(read_clk), .rst_ni(rst_ni),
      `AXI_PORT(s, p_), `AXI_PORT(m, t_));

  axi_ram #(.BASE(DRAM_BASE), .BYTES(DRAM_BYTES)) dram (
      .write_clk_i(write_clk), .read_clk_i(read_clk), .rst_ni(rst_ni), `AXI_TARGET(0));

  axi_ram #(.BASE(AMP_BASE), .BYTES(AMP_BYTES)) amp_memory (
      .write_clk_i(write_clk), .read_clk_i(read_clk), .rst_ni(rst_ni), `AXI_TARGET(1));

`include "soc_common.svh"

  // ---- peripherals ----
  apb_decode #(
      .N(Slaves),
      .BASE({MPU_BASE, HARTCTL_BASE, UART1_BASE, UART0_BASE, PLIC_BASE, CLINT_BASE}),
      .MASK({32'hFFFF_F000, 32'hFFFF_F000, 32'hFFFF_0000, 32'hFFFF_0000, 32'hFC00_0000,
             32'hFFFF_0000})
  ) peripherals (`APB_PORT(s, b_), .decerr_o(b_decerr), `APB_PORT(m, s_));

  wire [4:0]  clint_msip, clint_mtip;
  wire [63:0] mtime;
  assign msip = clint_msip[4:1];
  assign mtip = clint_mtip[4:1];

  clint #(.HARTS(5), .CLOCKS_PER_TICK(25)) clint (
      `APB_SLAVE(0, clk_i, rst_ni, 16), .skip_i(skip_i), .timer_o(timer_o),
      .msip_o(clint_msip), .mtip_o(clint_mtip), .mtime_o(mtime));

  wire [1:0] uart_irq;

  // Interrupt controller and hart control: selected, or a source has changed.
  wire [2:0] sources = {mpu_irq, uart_irq};
  reg  [2:0] sources_q;
  wire       system_clk;
  clock_gate system_gate (
      .clk_i(clk_i), .rst_ni(rst_ni),
      .active_i(s_psel[1] || s_psel[4] || sources != sources_q), .step_i(1'b1),
      .clk_o(system_clk), .resting_o(resting[1]));
  always @(posedge system_clk) sources_q <= rst_ni ? sources : 3'd0;

  plic #(.HARTS(Harts)) plic (`APB_SLAVE(1, system_clk, rst_ni, 26), .irq_i(sources), .eip_o(eip));

  assign quiet_o = cores_quiet && &resting;

  uart_console uart0 (
      `APB_SLAVE(2, clk_i, rst_ni, 8), .sclk_en_i(sclk_en), .irq_o(uart_irq[0]),
      .resting_o(resting[2]), .rx_valid_o(rx_valid[0]), .rx_data_o(rx_data[7:0]),
      .tx_valid_i(tx_valid[0]), .tx_data_i(tx_data[7:0]), .tx_ready_o(tx_ready[0]));
  uart_console uart1 (
      `APB_SLAVE(3, clk_i, rst_ni, 8), .sclk_en_i(sclk_en), .irq_o(uart_irq[1]),
      .resting_o(resting[3]), .rx_valid_o(rx_valid[1]), .rx_data_o(rx_data[15:8]),
      .tx_valid_i(tx_valid[1]), .tx_data_i(tx_data[15:8]), .tx_ready_o(tx_ready[1]));

  hart_control hart_control (
      `APB_SLAVE(4, system_clk, rst_ni, 12), .hart_run_o(remote_run), .boot_addr_o(remote_boot));

  // ---- what is recorded of the interrupt lines ----
  line_observer #(
      .N(7),
      .ADDRESS({CLINT_BASE + 32'd16, CLINT_BASE + 32'd12, CLINT_BASE + 32'd8, CLINT_BASE + 32'd4,
                MPU_BASE, UART1_BASE, UART0_BASE}),
      .LINE(28'd0)
  ) observe_lines (
      .clk_i(clk_i), .rst_ni(rst_ni), .cycle_i(cycle_o), .lines_i({msip, sources}));

  // For the waveform: hart 0 (S7) is off; a shell has one transaction in flight and needs no ID.
  wire unused = &{1'b0, wfi, h_bid, h_rid, mtime, clint_msip[0], clint_mtip[0],
                  s_paddr[31:26]};
endmodule

`default_nettype wire
