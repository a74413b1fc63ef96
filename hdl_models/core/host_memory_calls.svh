// SPDX-License-Identifier: Apache-2.0
// The calls of memory that lies outside the simulator: DPI-C, or VPI tasks where there is none.
//
// Both end in sim/native/host_memory.c. A word is 64 bits at a byte offset; the flag says that the
// offset is not backed. Where the core port is plain signals nothing is backed.
`ifdef CORE_PORT_SIGNALS
  `define HOST_READ(missing, word, offset) begin missing = 1'b1; word = 64'd0; end
  `define HOST_WRITE(missing, offset, word, strobe) missing = 1'b1
`elsif VERILATOR
  import "DPI-C" function int host_memory_read(
      input int unsigned offset, output longint unsigned data);
  import "DPI-C" function int host_memory_write(
      input int unsigned offset, input longint unsigned data, input int strobe);
  `define HOST_READ(missing, word, offset) missing = 1'(host_memory_read(offset, word))
  `define HOST_WRITE(missing, offset, word, strobe) \
      missing = 1'(host_memory_write(offset, word, strobe))
`else
  `define HOST_READ(missing, word, offset) $host_memory_read(offset, word, missing)
  `define HOST_WRITE(missing, offset, word, strobe) \
      $host_memory_write(offset, word, strobe, missing)
`endif
