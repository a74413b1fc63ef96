// SPDX-License-Identifier: Apache-2.0
// The waveform of an Icarus run, limited to a window of simulated time (plus arguments, in ns).
//
// $dumpvars begins with all values of its time; before it, and after $dumpoff, no value is written.
`timescale 1ns / 1ns

module ampsim_waves;
  string       file;
  reg   [63:0] from;
  reg   [63:0] to;

  initial begin
    if ($value$plusargs("dumpfile_path=%s", file)) begin
      if (!$value$plusargs("dump_from=%d", from)) from = 64'd0;
      if (from != 64'd0) #(from);
      $dumpfile(file);
      $dumpvars(0, `AMPSIM_TOP);
      if ($value$plusargs("dump_to=%d", to)) begin
        #(to - from + 64'd1) $dumpoff;
      end
    end
  end
endmodule
