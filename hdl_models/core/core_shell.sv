// SPDX-License-Identifier: Apache-2.0
// The bus side of one hart: performs the command it is given as AXI4 cycles, or waits.
//
// A command stands in cmd_ for as long as it runs. The shell drives the AXI channels straight
// from it, so that a transaction starts in the clock after the previous one ended. It raises
// done_o in the clock in which the last response beat arrives (or the wait is over); at that edge
// the core port replaces the command. An address stays until the next command of its kind: what a
// channel does not need does not change.
//
//   READ   burst of cmd_beats_i + 1 beats; every beat is offered on rbeat_o
//   WRITE  burst; wdata_i must hold the current beat, wnext_o asks for the following one
//   WAIT   until its clocks are over, or for ever, or until one of the lines in cmd_mask_i is high
`default_nettype none

module core_shell #(
    parameter integer ID = 0
) (
    input  wire         write_clk_i,    // must run in the clocks of a WRITE
    input  wire         read_clk_i,     // must run in the clocks of a READ
    input  wire         rst_ni,
    input  wire         ran_out_i,      // a WAIT that has an end is over in this clock
    // verilator tracing_off
    input  wire         timed_i,        // in a WAIT that has an end
    input  wire         woken_i,        // in a WAIT that one of its lines ends
    // verilator tracing_on
    input  wire [2:0]   lines_i,        // {external, timer, software}

    input  wire         cmd_valid_i,
    input  wire [1:0]   cmd_op_i,
    input  wire [2:0]   cmd_size_i,     // log2 of the bytes of a beat
    input  wire [7:0]   cmd_beats_i,    // beats - 1
    input  wire [2:0]   cmd_mask_i,
    input  wire         cmd_forever_i,
    input  wire [7:0]   cmd_first_strobe_i,
    input  wire [7:0]   cmd_last_strobe_i,
    input  wire [31:0]  araddr_i,       // of the last READ
    input  wire [31:0]  awaddr_i,       // of the last WRITE
    input  wire [63:0]  wdata_i,
    input  wire [127:0] thread_i,       // name of the running thread, ASCII

    output wire         done_o,
    output wire [1:0]   resp_o,
    output wire         wfi_o,          // in a WAIT for ever
    output wire         rbeat_o,
    output wire [63:0]  rdata_o,
    output wire         wnext_o,

    output wire [3:0]   m_axi_awid,
    output wire [7:0]   m_axi_awlen,
    output wire [2:0]   m_axi_awsize,
    output wire [1:0]   m_axi_awburst,
    output wire         m_axi_awvalid,
    input  wire         m_axi_awready,
    output wire [63:0]  m_axi_wdata,
    output wire [7:0]   m_axi_wstrb,
    output wire         m_axi_wlast,
    output wire         m_axi_wvalid,
    input  wire         m_axi_wready,
    input  wire [1:0]   m_axi_bresp,
    input  wire         m_axi_bvalid,
    output wire         m_axi_bready,
    output wire [3:0]   m_axi_arid,
    output wire [7:0]   m_axi_arlen,
    output wire [2:0]   m_axi_arsize,
    output wire [1:0]   m_axi_arburst,
    output wire         m_axi_arvalid,
    input  wire         m_axi_arready,
    input  wire [63:0]  m_axi_rdata,
    input  wire [1:0]   m_axi_rresp,
    input  wire         m_axi_rlast,
    input  wire         m_axi_rvalid,
    output wire         m_axi_rready
);
  localparam [1:0] OpRead = 2'd0;
  localparam [1:0] OpWrite = 2'd1;
  localparam [1:0] OpWait = 2'd2;

  wire reading = cmd_valid_i && cmd_op_i == OpRead;
  wire writing = cmd_valid_i && cmd_op_i == OpWrite;
  wire waiting = cmd_valid_i && cmd_op_i == OpWait;

  // Progress inside the command; all of it is back at zero when the command ends.
  reg        aw_sent_q /* verilator public_flat_rd */;
  reg        data_sent_q /* verilator public_flat_rd */;
  reg [7:0]  beat_q;
  reg        ar_sent_q /* verilator public_flat_rd */;
  reg [1:0]  resp_q;   // of the beats read

  // What a person reads in the waveform. The addresses go to the fabric as the cluster has them.
  // verilator lint_off UNUSEDSIGNAL
  wire [31:0]  m_axi_awaddr = awaddr_i;
  wire [31:0]  m_axi_araddr = araddr_i;
  wire [127:0] thread = thread_i;
  reg  [63:0]  operation;
  // verilator lint_on UNUSEDSIGNAL
  always @* begin
    operation = "idle    ";
    if (reading) operation = "read    ";
    if (writing) operation = "write   ";
    if (waiting) operation = wfi_o ? "wfi     " : "run     ";
  end

  assign m_axi_awid    = ID[3:0];
  assign m_axi_awlen   = cmd_beats_i;
  assign m_axi_awsize  = cmd_size_i;
  assign m_axi_awburst = 2'b01;
  assign m_axi_awvalid = writing && !aw_sent_q;
  assign m_axi_wdata   = wdata_i;
  assign m_axi_wlast   = writing && beat_q == cmd_beats_i;
  assign m_axi_wstrb   = (beat_q == 8'd0) ? cmd_first_strobe_i :
                         (beat_q == cmd_beats_i) ? cmd_last_strobe_i : 8'hff;
  assign m_axi_wvalid  = writing && !data_sent_q;
  assign m_axi_bready  = writing;
  assign m_axi_arid    = ID[3:0];
  assign m_axi_arlen   = cmd_beats_i;
  assign m_axi_arsize  = cmd_size_i;
  assign m_axi_arburst = 2'b01;
  assign m_axi_arvalid = reading && !ar_sent_q;
  assign m_axi_rready  = reading;

  // verilator tracing_off
  wire wbeat = m_axi_wvalid && m_axi_wready;

  assign rbeat_o = reading && m_axi_rvalid;
  assign rdata_o = m_axi_rdata;
  assign wnext_o = wbeat && !m_axi_wlast;
  assign resp_o  = (writing ? m_axi_bresp : m_axi_rresp) | resp_q;
  assign wfi_o   = waiting && cmd_forever_i;
  wire written = writing && m_axi_bvalid;
  wire read    = rbeat_o && m_axi_rlast;
  // verilator tracing_on

  assign done_o  = read || written || woken_i || (timed_i && ran_out_i);

  wire unused = &{1'b0, lines_i, cmd_mask_i};  // for the waveform

  always @(posedge write_clk_i) begin
    if (!rst_ni || written) begin
      aw_sent_q   <= 1'b0;
      data_sent_q <= 1'b0;
      beat_q      <= 8'd0;
    end else begin
      if (m_axi_awvalid && m_axi_awready) aw_sent_q <= 1'b1;
      if (wbeat) begin
        beat_q      <= beat_q + 8'd1;
        data_sent_q <= m_axi_wlast;
      end
    end
  end

  always @(posedge read_clk_i) begin
    if (!rst_ni || read) begin
      ar_sent_q <= 1'b0;
      resp_q    <= 2'd0;
    end else begin
      if (m_axi_arvalid && m_axi_arready) ar_sent_q <= 1'b1;
      if (rbeat_o) resp_q <= resp_q | m_axi_rresp;
    end
  end
endmodule

`default_nettype wire
