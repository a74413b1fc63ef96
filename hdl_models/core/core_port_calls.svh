// SPDX-License-Identifier: Apache-2.0
// The calls of the core port: DPI-C functions where the simulator has them, else VPI tasks; with
// CORE_PORT_SIGNALS neither, but the answers of the mailbox (core_mailbox.sv).
//
// All forms end in the same C functions (sim/native/core_port.h), so a run is the same in each.
`ifdef CORE_PORT_SIGNALS
  // The port has read at the mailbox what these would tell it.
  `define CORE_START(cmd, h, c, a) cmd = answer_command[h*64+:64]
  `define CORE_STOP(h, c)
  `define CORE_LINES(h, c, l)
  `define CORE_RBEAT(h, d)
  `define CORE_WBEAT(d, h) d = answer_wdata[h*64+:64]
  `define CORE_DONE(cmd, h, c, r, l) cmd = answer_command[h*64+:64]
  `define CORE_THREAD(d, h, half) d = answer_thread[h*128+64*(1-half)+:64]
  `define TERMINAL_RX(t, c, d)
  `define TERMINAL_TX(d, t, c) d = answer_character[t*9+:9]
`elsif VERILATOR
  import "DPI-C" function longint unsigned core_port_start(
      input int hart, input longint unsigned cycle, input int unsigned address);
  import "DPI-C" function void core_port_stop(input int hart, input longint unsigned cycle);
  import "DPI-C" function void core_port_lines(
      input int hart, input longint unsigned cycle, input int lines);
  import "DPI-C" function void core_port_rbeat(input int hart, input longint unsigned data);
  import "DPI-C" function longint unsigned core_port_wbeat(input int hart);
  import "DPI-C" function longint unsigned core_port_done(
      input int hart, input longint unsigned cycle, input int resp, input int unsigned left);
  import "DPI-C" function longint unsigned core_port_thread(input int hart, input int half);
  import "DPI-C" function void core_port_terminal_rx(
      input int terminal, input longint unsigned cycle, input int data);
  import "DPI-C" function shortint unsigned core_port_terminal_tx(
      input int terminal, input longint unsigned cycle);
  `define CORE_START(cmd, h, c, a) cmd = core_port_start(h, c, a)
  `define CORE_STOP(h, c) core_port_stop(h, c)
  `define CORE_LINES(h, c, l) core_port_lines(h, c, l)
  `define CORE_RBEAT(h, d) core_port_rbeat(h, d)
  `define CORE_WBEAT(d, h) d = core_port_wbeat(h)
  `define CORE_DONE(cmd, h, c, r, l) cmd = core_port_done(h, c, r, l)
  `define CORE_THREAD(d, h, half) d = core_port_thread(h, half)
  `define TERMINAL_RX(t, c, d) core_port_terminal_rx(t, c, d)
  `define TERMINAL_TX(d, t, c) d = 9'(core_port_terminal_tx(t, c))
`else
  `define CORE_START(cmd, h, c, a) $core_port_start(h, c, a, cmd)
  `define CORE_STOP(h, c) $core_port_stop(h, c)
  `define CORE_LINES(h, c, l) $core_port_lines(h, c, l)
  `define CORE_RBEAT(h, d) $core_port_rbeat(h, d)
  `define CORE_WBEAT(d, h) $core_port_wbeat(h, d)
  `define CORE_DONE(cmd, h, c, r, l) $core_port_done(h, c, r, l, cmd)
  `define CORE_THREAD(d, h, half) $core_port_thread(h, half, d)
  `define TERMINAL_RX(t, c, d) $core_port_terminal_rx(t, c, d)
  `define TERMINAL_TX(d, t, c) $core_port_terminal_tx(t, c, d)
`endif
