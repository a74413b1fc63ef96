// SPDX-License-Identifier: Apache-2.0
// The calls of the observers: DPI-C functions where the simulator has them, else VPI tasks; with
// CORE_PORT_SIGNALS neither: the port (sim/ports/cocotb_port.py) reads the observers' signals.
//
//   OBSERVED_BEAT(channel, data, strobes)              a beat that is not the last of its burst
//   OBSERVED(channel, clock, place, about, data)       the last one: the transaction is over
//   OBSERVED_LINE(number, clock, address, line, level) an edge of an interrupt source
//
// channel is 2 * PORT + 1 for writes, 2 * PORT for reads. place holds the clock of the address
// handshake [63:32] and the address. about: [17] a register bus of 32 bits  [16:15] response
// [14:12] log2 of the bytes of a beat  [11:8] master  [7:0] strobes.
`ifdef CORE_PORT_SIGNALS
  `define OBSERVED_BEAT(ch, d, s)
  `define OBSERVED(ch, c, p, a, d)
  `define OBSERVED_LINE(n, c, a, l, v)
`elsif VERILATOR
  import "DPI-C" function void core_port_observed_beat(
      input int channel, input longint unsigned data, input int strobes);
  import "DPI-C" function void core_port_observed(
      input int channel, input longint unsigned cycle, input longint unsigned place,
      input int about, input longint unsigned data);
  import "DPI-C" function void core_port_observed_line(
      input int number, input longint unsigned cycle, input int unsigned address, input int line,
      input int level);
  `define OBSERVED_BEAT(ch, d, s) core_port_observed_beat(ch, d, s)
  `define OBSERVED(ch, c, p, a, d) core_port_observed(ch, c, p, a, d)
  `define OBSERVED_LINE(n, c, a, l, v) core_port_observed_line(n, c, a, l, v)
`else
  `define OBSERVED_BEAT(ch, d, s) $core_port_observed_beat(ch, d, s)
  `define OBSERVED(ch, c, p, a, d) $core_port_observed(ch, c, p, a, d)
  `define OBSERVED_LINE(n, c, a, l, v) $core_port_observed_line(n, c, a, l, v)
`endif
