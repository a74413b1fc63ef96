// SPDX-License-Identifier: Apache-2.0
// Allwinner V821 as an AMP system: A27 and E907, two memories, message boxes, PLIC, timers, UARTs.
//
//   core shells --> arbiter --> decoder --> DRAM
//                                       --> SRAM
//                                       --> APB bridge --> peripherals
//                                       --> RAM of a Linux outside the simulator, or none
//
// Hart 0 is the A27 (Linux), hart 1 the E907 (RTOS). The E907 leaves reset with the SoC, at its
// boot ROM; the A27 waits for its release. One PLIC and one timer block serve both cores. UART0 is
// Linux's, UART1 the RTOS's; the far end of each serial line is a terminal of the bench. What
// rests has a gated clock: it costs nothing to run.
`default_nettype none
`include "soc_bus.svh"

module v821_amp #(
    parameter [31:0] DRAM_BASE        = 32'h8000_0000,
    parameter [31:0] DRAM_BYTES       = 32'h0200_0000,
    parameter [31:0] LINUX_BASE       = 32'h8400_0000,
    parameter [31:0] LINUX_BYTES      = 32'h0000_0000,  // RAM of a kernel outside; 0: none
    parameter [31:0] SRAM_BASE        = 32'h0200_0000,
    parameter [31:0] SRAM_BYTES       = 32'h0002_0000,
    parameter [31:0] BROM_BASE        = 32'h0000_0000,
    parameter [31:0] CLINT_BASE       = 32'h4880_0000,
    parameter [31:0] PLIC_BASE        = 32'h4800_0000,
    parameter [31:0] UART0_BASE       = 32'h4250_0000,
    parameter [31:0] UART1_BASE       = 32'h4250_0800,
    parameter [31:0] CCU_BASE         = 32'h4200_1000,
    parameter [31:0] PRCM_BASE        = 32'h4A00_0000,
    parameter [31:0] A27CFG_BASE      = 32'h4910_0000,
    parameter [31:0] E907CFG_BASE     = 32'h4303_0000,
    parameter [31:0] MSGBOX_A27_BASE  = 32'h4910_2000,
    parameter [31:0] MSGBOX_E907_BASE = 32'h4303_3000,
    parameter [31:0] SPINLOCK_BASE    = 32'h4300_5000,
    parameter [31:0] UART1_BIT_CLOCKS = 32'd868  // of the terminal at the RTOS's line
) (
`include "soc_ports.svh"
);
  localparam integer A27 = 0;
  localparam integer E907 = 1;
  localparam integer Harts = 2;

  localparam integer Clint = 0;
  localparam integer Plic = 1;
  localparam integer Uart0 = 2;
  localparam integer Uart1 = 3;
  localparam integer Ccu = 4;
  localparam integer Rtc = 5;
  localparam integer A27Cfg = 6;
  localparam integer E907Cfg = 7;
  localparam integer MsgboxA27 = 8;
  localparam integer MsgboxE907 = 9;
  localparam integer Spinlock = 10;
  localparam integer Slaves = 11;

  localparam integer Targets = (LINUX_BYTES != 0) ? 4 : 3;

  // Each side's message box tells its owner of messages and the other side of room in it.
  wire a27_message, a27_room, e907_message, e907_room, uart0_irq, uart1_irq, spinlock_irq;

  // Interrupt sources of the chip, ascending from the right. The public devicetree's 130 is that of
  // the E907's block, which tells the A27 of room in it; 123 is that of the A27's own. The E907 has
  // its message box at 144 of its own controller, which has no number for the room in the A27's.
  localparam integer Sources = 6;
  localparam [Sources*10-1:0] SourceIds = {10'd144, 10'd130, 10'd123, 10'd55, 10'd5, 10'd3};
  wire [Sources-1:0] sources = {e907_message || a27_room, e907_room, a27_message, spinlock_irq,
                                uart1_irq, uart0_irq};

  // ---- harts ----
  wire [Harts-1:0]    msip, mtip, eip, wfi;
  wire [Harts*3-1:0]  lines;
  // verilator tracing_off
  wire                cores_quiet;
  // verilator tracing_on
  wire                write_clk, read_clk;  // run while a write, a read is under way
  // verilator tracing_off
  wire [3:0]          resting;  // clock gates: bridge, interrupts and registers, serial lines
  // verilator tracing_on
  wire [1:0]          rx_valid, tx_valid, tx_ready;
  wire [15:0]         rx_data, tx_data;

  wire        a27_rst_n, a27_cfg_rst_n, a27_msgbox_rst_n;
  wire        e907_rst_n, e907_cfg_rst_n, e907_msgbox_rst_n, spinlock_rst_n;
  wire [31:0] a27_start, e907_start;

  `AXI_WIRES(a_)
  // The waveform has these at each hart and at each target.
  // verilator tracing_off
  `AXI_MASTER_WIRES(h_, Harts)
  `AXI_TARGET_WIRES(t_, Targets)
  // verilator tracing_on
  `APB_WIRES(Slaves)

  core_cluster #(.HARTS(Harts), .TERMINALS(2)) cluster (
      .clk_i(clk_i), .rst_ni(rst_ni), .skip_i(skip_i), .cycle_o(cycle_o), .quiet_o(cores_quiet),
      .write_clk_o(write_clk), .read_clk_o(read_clk), .run_i({e907_rst_n, a27_rst_n}),
      .boot_address_i({e907_start, a27_start}), .lines_i(lines), .wfi_o(wfi),
      .terminal_rx_valid_i(rx_valid), .terminal_rx_data_i(rx_data),
      .terminal_tx_valid_o(tx_valid), .terminal_tx_data_o(tx_data),
      .terminal_tx_ready_i(tx_ready), `AXI_SIMPLE_PORT(m, h_));

  // ---- fabric ----
  axi_arbiter #(.N(Harts)) arbiter (
      .write_clk_i(write_clk), .read_clk_i(read_clk), .rst_ni(rst_ni),
      `AXI_PORT(s, h_), `AXI_PORT(m, a_));

  localparam [127:0] Bases = {LINUX_BASE, 32'h4000_0000, SRAM_BASE, DRAM_BASE};
  localparam [127:0] Sizes = {LINUX_BYTES, 32'h4000_0000, SRAM_BYTES, DRAM_BYTES};

  axi_decode #(
      .N(Targets), .BASE(Bases[Targets*32-1:0]), .BYTES(Sizes[Targets*32-1:0])
  ) decode (
      .write_clk_i(write_clk), .read_clk_i(read_clk), .rst_ni(rst_ni),
      `AXI_PORT(s, a_), `AXI_PORT(m, t_));

  axi_ram #(.BASE(DRAM_BASE), .BYTES(DRAM_BYTES)) dram (
      .write_clk_i(write_clk), .read_clk_i(read_clk), .rst_ni(rst_ni), `AXI_TARGET(0));

  axi_ram #(.BASE(SRAM_BASE), .BYTES(SRAM_BYTES)) sram (
      .write_clk_i(write_clk), .read_clk_i(read_clk), .rst_ni(rst_ni), `AXI_TARGET(1));

`include "soc_common.svh"

  apb_decode #(
      .N(Slaves),
      .BASE({SPINLOCK_BASE, MSGBOX_E907_BASE, MSGBOX_A27_BASE, E907CFG_BASE, A27CFG_BASE,
             PRCM_BASE, CCU_BASE, UART1_BASE, UART0_BASE, PLIC_BASE, CLINT_BASE}),
      .MASK({{7{32'hFFFF_F000}}, {2{32'hFFFF_FC00}}, 32'hFFC0_0000, 32'hFFFF_0000})
  ) peripherals (`APB_PORT(s, b_), .decerr_o(b_decerr), `APB_PORT(m, s_));

  // ---- interrupts and time ----
  wire [63:0] mtime;

  clint #(.HARTS(Harts), .CLOCKS_PER_TICK(25)) clint (
      `APB_SLAVE(Clint, clk_i, rst_ni, 16), .skip_i(skip_i), .timer_o(timer_o),
      .msip_o(msip), .mtip_o(mtip), .mtime_o(mtime));

  // Registers and interrupt controller: one is selected, or a source has changed.
  localparam [Slaves-1:0] Clocked = 11'b111_1111_0010;  // all but timer and UARTs
  reg  [Sources-1:0] sources_q;
  wire               system_clk;
  clock_gate system_gate (
      .clk_i(clk_i), .rst_ni(rst_ni),
      .active_i(|(s_psel & Clocked) || sources != sources_q), .step_i(1'b1),
      .clk_o(system_clk), .resting_o(resting[1]));
  always @(posedge system_clk) sources_q <= rst_ni ? sources : {Sources{1'b0}};

  // Contexts: 0 and 1 are the A27's machine and supervisor mode, 2 is the E907's machine mode.
  plic #(
      .HARTS(Harts), .CONTEXTS({5'd2, 5'd1}), .WIRED(Sources), .WIRED_IDS(SourceIds)
  ) plic (
      .clk_i(system_clk), .rst_ni(rst_ni), .s_apb_paddr({4'd0, s_paddr[21:0]}),
      `APB_SLAVE_REST(Plic), .irq_i(sources), .eip_o(eip));

  // ---- the cores' clocks, resets and configuration ----
  sun300iw1_ccu ccu (
      `APB_SLAVE(Ccu, system_clk, rst_ni, 12),
      .a27_rst_no(a27_rst_n), .a27_cfg_rst_no(a27_cfg_rst_n),
      .a27_msgbox_rst_no(a27_msgbox_rst_n), .e907_rst_no(e907_rst_n),
      .e907_cfg_rst_no(e907_cfg_rst_n), .e907_msgbox_rst_no(e907_msgbox_rst_n),
      .spinlock_rst_no(spinlock_rst_n));

  a27_cfg a27_cfg (
      `APB_SLAVE(A27Cfg, system_clk, rst_ni && a27_cfg_rst_n, 12),
      .wfi_i(wfi[A27]), .start_address_o(a27_start));

  e907_cfg #(.RESET_ADDRESS(BROM_BASE)) e907_cfg (
      `APB_SLAVE(E907Cfg, system_clk, rst_ni && e907_cfg_rst_n, 12),
      .run_i(e907_rst_n), .wfi_i(wfi[E907]), .boot_address_o(e907_start));

  sunxi_rtc_data rtc_data (`APB_SLAVE(Rtc, system_clk, rst_ni, 12));

  // ---- between the cores ----
  sunxi_msgbox msgbox_a27 (
      `APB_SLAVE(MsgboxA27, system_clk, rst_ni && a27_msgbox_rst_n, 12),
      .read_irq_o(a27_message), .write_irq_o(a27_room));

  sunxi_msgbox msgbox_e907 (
      `APB_SLAVE(MsgboxE907, system_clk, rst_ni && e907_msgbox_rst_n, 12),
      .read_irq_o(e907_message), .write_irq_o(e907_room));

  sunxi_hwspinlock hwspinlock (
      `APB_SLAVE(Spinlock, system_clk, rst_ni && spinlock_rst_n, 12), .irq_o(spinlock_irq));

  // ---- serial lines ----
  uart_console uart0 (
      `APB_SLAVE(Uart0, clk_i, rst_ni, 8), .sclk_en_i(sclk_en), .irq_o(uart0_irq),
      .resting_o(resting[2]), .rx_valid_o(rx_valid[0]), .rx_data_o(rx_data[7:0]),
      .tx_valid_i(tx_valid[0]), .tx_data_i(tx_data[7:0]), .tx_ready_o(tx_ready[0]));
  uart_console #(.CLOCKS_PER_BIT(UART1_BIT_CLOCKS)) uart1 (
      `APB_SLAVE(Uart1, clk_i, rst_ni, 8), .sclk_en_i(sclk_en), .irq_o(uart1_irq),
      .resting_o(resting[3]), .rx_valid_o(rx_valid[1]), .rx_data_o(rx_data[15:8]),
      .tx_valid_i(tx_valid[1]), .tx_data_i(tx_data[15:8]), .tx_ready_o(tx_ready[1]));

  assign quiet_o = cores_quiet && &resting;

  // ---- what is recorded of the interrupt lines ----
  // A message box has two outputs: 0 tells its owner of messages, 1 the other side of room.
  line_observer #(
      .N(9),
      .ADDRESS({CLINT_BASE + 32'd4, CLINT_BASE, {2{MSGBOX_E907_BASE}}, {2{MSGBOX_A27_BASE}},
                SPINLOCK_BASE, UART1_BASE, UART0_BASE}),
      .LINE({8'd0, 4'd1, 4'd0, 4'd1, 4'd0, 12'd0})
  ) observe_lines (
      .clk_i(clk_i), .rst_ni(rst_ni), .cycle_i(cycle_o),
      .lines_i({msip, e907_room, e907_message, a27_room, a27_message, spinlock_irq, uart1_irq,
                uart0_irq}));

  // A shell has one transaction in flight and needs no ID; a slave decodes its own bits.
  wire unused = &{1'b0, h_bid, h_rid, mtime, s_paddr[31:22]};
endmodule

`default_nettype wire
