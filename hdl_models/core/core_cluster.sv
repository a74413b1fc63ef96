// SPDX-License-Identifier: Apache-2.0
// All harts of the SoC: one core shell each, and the core port that fetches their commands.
//
// One process serves the harts in ascending order at every clock edge: first the change of the
// hart's interrupt lines, then read data, then the end of its command, at which the software of
// the hart runs and hands over the next command. The order is part of the model: what software
// sees does not depend on the simulator's choice among processes. Serial terminals follow.
//
// Where nothing can change, the clock leaves out skip_i clocks before an edge; counters count them.
// The process and the shells have gated clocks: a clock in which no hart is served and no
// transaction is under way costs next to nothing. write_clk_o and read_clk_o are for the fabric.
//
// Command word of core_port_start/core_port_done:
//   [63] valid  [62:61] op  [60:58] size or wait mask  [57:50] beats-1  [49] wait for ever
//   [48] thread name changed  [47:40] first strobe  [39:32] last strobe  [31:0] address or clocks
`default_nettype none

module core_cluster #(
    parameter integer HARTS = 4,
    parameter integer TERMINALS = 2
) (
    input  wire                    clk_i,
    input  wire                    rst_ni,
    // verilator tracing_off
    input  wire [31:0]             skip_i,
    output wire [63:0]             cycle_o,         // clocks since reset
    output wire                    quiet_o,         // no hart or terminal is served at this edge
    // verilator tracing_on
    output wire                    write_clk_o,     // runs while a write is under way
    output wire                    read_clk_o,      // runs while a read is under way
    input  wire [HARTS-1:0]        run_i,           // out of reset
    input  wire [HARTS*32-1:0]     boot_address_i,
    input  wire [HARTS*3-1:0]      lines_i,         // {external, timer, software} each
    output wire [HARTS-1:0]        wfi_o,           // waits for an interrupt without limit

    input  wire [TERMINALS-1:0]    terminal_rx_valid_i,
    input  wire [TERMINALS*8-1:0]  terminal_rx_data_i,
    output wire [TERMINALS-1:0]    terminal_tx_valid_o,
    output wire [TERMINALS*8-1:0]  terminal_tx_data_o,
    input  wire [TERMINALS-1:0]    terminal_tx_ready_i,

    // The waveform has each hart's bus at its shell.
    // verilator tracing_off
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
    // verilator tracing_on
);
`include "core_port_calls.svh"

  // verilator tracing_off
  reg [63:0]  cycle_q;
  // verilator tracing_on
  reg [63:49] command_q [0:HARTS-1];
  reg [15:0]  strobes_q [0:HARTS-1];  // of the last WRITE
  reg [63:0]  wdata_q [0:HARTS-1];
  reg [31:0]  end_q [0:HARTS-1];     // clock in which a wait runs out
  reg [127:0] thread_q [0:HARTS-1];
  // verilator lint_off UNUSEDSIGNAL
  reg [2:0]   lines_q [0:HARTS-1];   // as the core port has been told: for the waveform
  // verilator lint_on UNUSEDSIGNAL
  reg [HARTS-1:0] running_q /* verilator public_flat_rd */;
  reg [HARTS-1:0] resetting_q;       // reset while a transaction was under way

  // Addresses of the last READ and WRITE, packed as the fabric takes them: on Icarus putting them
  // together from the shells would cost as much as the arbiter.
  // verilator tracing_off
  reg [HARTS*32-1:0] araddr_q, awaddr_q;
  // verilator tracing_on
  assign m_axi_araddr = araddr_q;
  assign m_axi_awaddr = awaddr_q;

  // The lines by kind, of all harts at once: as they are, as the core port has been told, and which
  // of them end a WAIT. timed_q: the harts in a WAIT that has an end.
  // verilator tracing_off
  wire [HARTS-1:0] external, timer, software;
  reg  [HARTS-1:0] external_q, timer_q, software_q;
  reg  [HARTS-1:0] external_wakes_q, timer_wakes_q, software_wakes_q;
  reg  [HARTS-1:0] timed_q;

  wire [HARTS-1:0] lines_changed =
      (external ^ external_q) | (timer ^ timer_q) | (software ^ software_q);
  wire [HARTS-1:0] woken =
      (external & external_wakes_q) | (timer & timer_wakes_q) | (software & software_wakes_q);
  // verilator tracing_on

  reg [TERMINALS-1:0] tx_valid_q;
  reg [7:0]           tx_data_q [0:TERMINALS-1];

  // verilator tracing_off
  wire [HARTS-1:0] done;
  wire [HARTS-1:0] rbeat;
  wire [HARTS-1:0] wnext;
  wire [1:0]       resp [0:HARTS-1];
  wire [63:0]      rdata [0:HARTS-1];

  wire [HARTS-1:0] to_serve = done | rbeat | wnext | lines_changed | (running_q ^ run_i);
  wire something_to_serve = |to_serve;

  wire terminals_to_serve = |{terminal_rx_valid_i, tx_valid_q} || cycle_q[9:0] == 10'd0;

  wire serve_clk;
  wire write_resting, read_resting;
  wire unused_resting;  // what there is to serve shows in quiet_o and in the core port
  // verilator tracing_on
  clock_gate #(.HOLD(4'd0)) serve_gate (
      .clk_i(clk_i), .rst_ni(rst_ni), .active_i(something_to_serve || terminals_to_serve),
      .step_i(1'b1), .clk_o(serve_clk), .resting_o(unused_resting));

  // From a master's first valid to the end of its transaction; then all of the fabric is at rest.
  clock_gate #(.HOLD(4'd0)) write_gate (
      .clk_i(clk_i), .rst_ni(rst_ni), .active_i(|m_axi_bready),
      .step_i(1'b1), .clk_o(write_clk_o), .resting_o(write_resting));
  clock_gate #(.HOLD(4'd0)) read_gate (
      .clk_i(clk_i), .rst_ni(rst_ni), .active_i(|m_axi_rready),
      .step_i(1'b1), .clk_o(read_clk_o), .resting_o(read_resting));

  assign cycle_o = cycle_q;
  assign quiet_o = !something_to_serve && tx_valid_q == 0 && write_resting && read_resting;

  genvar g;
  generate
    for (g = 0; g < HARTS; g = g + 1) begin : hart
      // verilator tracing_off
      wire [63:49] command = command_q[g];
      wire [15:0]  strobes = strobes_q[g];
      // verilator tracing_on
      core_shell #(.ID(g)) shell (
          .write_clk_i(write_clk_o), .read_clk_i(read_clk_o), .rst_ni(rst_ni),
          .ran_out_i(cycle_q[31:0] == end_q[g]), .timed_i(timed_q[g]), .woken_i(woken[g]),
          .lines_i(lines_i[g*3+:3]),
          .cmd_valid_i(command[63]), .cmd_op_i(command[62:61]), .cmd_size_i(command[60:58]),
          .cmd_beats_i(command[57:50]), .cmd_mask_i(command[60:58]),
          .cmd_forever_i(command[49]), .cmd_first_strobe_i(strobes[15:8]),
          .cmd_last_strobe_i(strobes[7:0]), .araddr_i(araddr_q[g*32+:32]),
          .awaddr_i(awaddr_q[g*32+:32]), .wdata_i(wdata_q[g]), .thread_i(thread_q[g]),
          .done_o(done[g]), .resp_o(resp[g]), .wfi_o(wfi_o[g]),
          .rbeat_o(rbeat[g]), .rdata_o(rdata[g]), .wnext_o(wnext[g]),
          .m_axi_awid(m_axi_awid[g*4+:4]),
          .m_axi_awlen(m_axi_awlen[g*8+:8]), .m_axi_awsize(m_axi_awsize[g*3+:3]),
          .m_axi_awburst(m_axi_awburst[g*2+:2]), .m_axi_awvalid(m_axi_awvalid[g]),
          .m_axi_awready(m_axi_awready[g]), .m_axi_wdata(m_axi_wdata[g*64+:64]),
          .m_axi_wstrb(m_axi_wstrb[g*8+:8]), .m_axi_wlast(m_axi_wlast[g]),
          .m_axi_wvalid(m_axi_wvalid[g]), .m_axi_wready(m_axi_wready[g]),
          .m_axi_bresp(m_axi_bresp[g*2+:2]), .m_axi_bvalid(m_axi_bvalid[g]),
          .m_axi_bready(m_axi_bready[g]), .m_axi_arid(m_axi_arid[g*4+:4]),
          .m_axi_arlen(m_axi_arlen[g*8+:8]),
          .m_axi_arsize(m_axi_arsize[g*3+:3]), .m_axi_arburst(m_axi_arburst[g*2+:2]),
          .m_axi_arvalid(m_axi_arvalid[g]), .m_axi_arready(m_axi_arready[g]),
          .m_axi_rdata(m_axi_rdata[g*64+:64]), .m_axi_rresp(m_axi_rresp[g*2+:2]),
          .m_axi_rlast(m_axi_rlast[g]), .m_axi_rvalid(m_axi_rvalid[g]),
          .m_axi_rready(m_axi_rready[g]));
      assign {external[g], timer[g], software[g]} = lines_i[g*3+:3];
    end
    for (g = 0; g < TERMINALS; g = g + 1) begin : terminal
      assign terminal_tx_valid_o[g] = tx_valid_q[g];
      assign terminal_tx_data_o[g*8+:8] = tx_data_q[g];
    end
  endgenerate

`ifdef CORE_PORT_SIGNALS
  // What the process below tells the core port at the next edge, as signals.
  wire [HARTS-1:0]       off_bus, starts, ends, stops;
  wire [HARTS*2-1:0]     all_resp;
  wire [HARTS*32-1:0]    all_left;
  wire [HARTS*64-1:0]    all_rdata;
  wire [HARTS*64-1:0]    answer_command;
  wire [HARTS*64-1:0]    answer_wdata;
  wire [HARTS*128-1:0]   answer_thread;
  wire [TERMINALS*9-1:0] answer_character;
  wire [TERMINALS-1:0]   tx_poll =
      (cycle_q[9:0] == 10'd0) ? ~tx_valid_q & terminal_tx_ready_i : {TERMINALS{1'b0}};
  generate
    for (g = 0; g < HARTS; g = g + 1) begin : packed_hart
      assign off_bus[g] = !command_q[g][63] || command_q[g][62];
      assign starts[g] = run_i[g] && !running_q[g];
      assign ends[g] = run_i[g] && running_q[g] && !resetting_q[g] && done[g];
      assign stops[g] = running_q[g] && (!run_i[g] || resetting_q[g]) && (done[g] || off_bus[g]);
      assign all_resp[g*2+:2] = resp[g];
      assign all_left[g*32+:32] = end_q[g] - cycle_q[31:0];
      assign all_rdata[g*64+:64] = rdata[g];
    end
  endgenerate
  core_mailbox #(.HARTS(HARTS), .TERMINALS(TERMINALS)) mailbox (
      .clk_i(clk_i), .rst_ni(rst_ni), .cycle_i(cycle_q), .boot_address_i(boot_address_i),
      .starts_i(starts), .ends_i(ends), .stops_i(stops), .resp_i(all_resp), .left_i(all_left),
      .lines_i(lines_i), .lines_changed_i(lines_changed),
      .rbeat_i(rbeat), .rdata_i(all_rdata), .wnext_i(wnext),
      .rx_valid_i(terminal_rx_valid_i), .rx_data_i(terminal_rx_data_i), .tx_poll_i(tx_poll),
      .command_o(answer_command), .wdata_o(answer_wdata), .thread_o(answer_thread),
      .character_o(answer_character));
`endif

  // Scratch of the process below: each is set before it is used in the same clock.
  // verilator tracing_off
  integer h;
  integer t;
  reg [63:0] next;
  reg [63:0] word;
  reg [8:0]  got;
  reg        fetched;
  // verilator tracing_on

  always @(posedge clk_i) cycle_q <= rst_ni ? cycle_q + 64'd1 + {32'd0, skip_i} : 64'd0;

  // verilator lint_off BLKSEQ
  always @(posedge serve_clk) begin
    if (!rst_ni) begin
      running_q  <= {HARTS{1'b0}};
      resetting_q <= {HARTS{1'b0}};
      tx_valid_q <= {TERMINALS{1'b0}};
      for (h = 0; h < HARTS; h = h + 1) begin
        command_q[h] <= 15'd0;
        strobes_q[h] <= 16'd0;
        wdata_q[h]   <= 64'd0;
        end_q[h]     <= 32'd0;
        thread_q[h]  <= 128'd0;
        lines_q[h]   <= 3'd0;
      end
      {external_q, timer_q, software_q} <= {3*HARTS{1'b0}};
      {external_wakes_q, timer_wakes_q, software_wakes_q} <= {3*HARTS{1'b0}};
      timed_q <= {HARTS{1'b0}};
      araddr_q <= {HARTS{32'd0}};
      awaddr_q <= {HARTS{32'd0}};
      for (t = 0; t < TERMINALS; t = t + 1) tx_data_q[t] <= 8'd0;
    end else begin
      if (something_to_serve) begin
        // verilator unroll_full
        for (h = 0; h < HARTS; h = h + 1) if (to_serve[h]) begin
          if (lines_changed[h]) begin
            lines_q[h] <= {external[h], timer[h], software[h]};
            {external_q[h], timer_q[h], software_q[h]} <= {external[h], timer[h], software[h]};
            `CORE_LINES(h, cycle_q, {29'd0, external[h], timer[h], software[h]});
          end
          if (rbeat[h]) begin
            `CORE_RBEAT(h, rdata[h]);
          end
          if (wnext[h]) begin
            `CORE_WBEAT(word, h);
            wdata_q[h] <= word;
          end
          fetched = 1'b0;
          if (running_q[h] && (!run_i[h] || resetting_q[h])) begin
            // A transaction on the bus is never cut off: a reset takes effect at its end, even
            // one that is over by then.
            resetting_q[h] <= 1'b1;
            if (done[h] || !command_q[h][63] || command_q[h][62]) begin
              running_q[h]   <= 1'b0;
              resetting_q[h] <= 1'b0;
              fetched = 1'b1;
              next = 64'd0;
              `CORE_STOP(h, cycle_q);
            end
          end else if (run_i[h] && !running_q[h]) begin
            running_q[h] <= 1'b1;
            fetched = 1'b1;
            `CORE_START(next, h, cycle_q, boot_address_i[h*32+:32]);
          end else if (run_i[h] && done[h]) begin
            fetched = 1'b1;
            `CORE_DONE(next, h, cycle_q, {30'd0, resp[h]}, end_q[h] - cycle_q[31:0]);
          end
          if (fetched) begin
            command_q[h] <= next[63:49];
            timed_q[h] <= next[63:61] == 3'b110 && !next[49];
            {external_wakes_q[h], timer_wakes_q[h], software_wakes_q[h]} <=
                (next[63:61] == 3'b110) ? next[60:58] : 3'd0;
            if (!next[63] || next[62]) end_q[h] <= cycle_q[31:0] + skip_i + next[31:0];
            else if (!next[61]) araddr_q[h*32+:32] <= next[31:0];
            else begin
              awaddr_q[h*32+:32] <= next[31:0];
              strobes_q[h]       <= next[47:32];
              `CORE_WBEAT(word, h);
              wdata_q[h] <= word;
            end
            if (next[48]) begin
              `CORE_THREAD(word, h, 0);
              thread_q[h][127:64] <= word;
              `CORE_THREAD(word, h, 1);
              thread_q[h][63:0] <= word;
            end
          end
        end
      end
      // A terminal asks for the next character every 1024 clocks: longer than a bit, and none of
      // these clocks is ever left out.
      if (terminals_to_serve) begin
        for (t = 0; t < TERMINALS; t = t + 1) begin
          if (terminal_rx_valid_i[t]) begin
            `TERMINAL_RX(t, cycle_q, {24'd0, terminal_rx_data_i[t*8+:8]});
          end
          if (tx_valid_q[t] && terminal_tx_ready_i[t]) begin
            tx_valid_q[t] <= 1'b0;
          end else if (!tx_valid_q[t] && terminal_tx_ready_i[t] && cycle_q[9:0] == 10'd0) begin
            `TERMINAL_TX(got, t, cycle_q);
            tx_valid_q[t] <= got[8];
            tx_data_q[t]  <= got[7:0];
          end
        end
      end
    end
  end
  // verilator lint_on BLKSEQ
endmodule

`default_nettype wire
