// SPDX-License-Identifier: Apache-2.0
// Core-local interruptor: software interrupt bits and the machine timer of every hart.
//
// SiFive layout: msip[h] at 4*h, mtimecmp[h] at 0x4000 + 8*h, mtime at 0xBFF8. The 64-bit registers
// are two 32-bit words on the bus, low word first; register map: ../registers/clint.rdl.
//
// skip_i says how many clocks were left out before this edge; timer_o promises how many may be: no
// timer interrupt rises in the next timer_o clocks.
`default_nettype none

module clint #(
  parameter int HARTS           = 5,
  parameter int CLOCKS_PER_TICK = 25
) (
  input  wire              clk_i,
  input  wire              rst_ni,
  // verilator tracing_off
  input  wire  [31:0]      skip_i,
  output wire  [31:0]      timer_o,
  // verilator tracing_on

  input  wire  [15:0]      s_apb_paddr,
  input  wire              s_apb_psel,
  input  wire              s_apb_penable,
  input  wire              s_apb_pwrite,
  input  wire  [31:0]      s_apb_pwdata,
  input  wire  [3:0]       s_apb_pstrb,
  output wire              s_apb_pready,
  output logic [31:0]      s_apb_prdata,
  output wire              s_apb_pslverr,

  output logic [HARTS-1:0] msip_o /* verilator public_flat_rd */,
  output logic [HARTS-1:0] mtip_o,
  output wire  [63:0]      mtime_o
);

  localparam int PRESCALE_WIDTH = $clog2(CLOCKS_PER_TICK);
  localparam logic [PRESCALE_WIDTH-1:0] LAST_CLOCK = PRESCALE_WIDTH'(CLOCKS_PER_TICK - 1);
  localparam logic [12:0] MTIME_DOUBLEWORD = 13'h17FF;  // 0xBFF8 / 8

  // ---------------------------------------------------------------------------------------------
  // Bus: reads are sampled in the setup phase, writes are done in the access phase, no wait states.

  wire read  = s_apb_psel && !s_apb_penable && !s_apb_pwrite;
  wire write = s_apb_psel && s_apb_penable && s_apb_pwrite;

  wire [11:0] word     = s_apb_paddr[13:2];
  wire        is_msip  = s_apb_paddr[15:14] == 2'd0 && word < 12'(HARTS);
  wire        is_cmp   = s_apb_paddr[15:14] == 2'd1 && word < 12'(2 * HARTS);
  wire        is_mtime = s_apb_paddr[15:3] == MTIME_DOUBLEWORD;
  wire        high     = s_apb_paddr[2];

  // A process: as a wire, each strobe would run through all of the mask on Icarus.
  reg [31:0] mask;
  always @* mask = {{8{s_apb_pstrb[3]}}, {8{s_apb_pstrb[2]}},
                    {8{s_apb_pstrb[1]}}, {8{s_apb_pstrb[0]}}};
  wire [31:0] wdata = s_apb_pwdata & mask;

  assign s_apb_pready  = 1'b1;
  assign s_apb_pslverr = 1'b0;

  // ---------------------------------------------------------------------------------------------
  // Time

  // verilator tracing_off
  logic [PRESCALE_WIDTH-1:0] prescale_q;
  // verilator tracing_on
  logic [63:0]               mtime_q;
  logic [HARTS*64-1:0]       mtimecmp_q;
  // verilator tracing_off
  logic                      compare_q;  // mtime or a mtimecmp has changed: compare again

  wire tick = prescale_q == LAST_CLOCK;
  // verilator tracing_on

  assign mtime_o = mtime_q;

  // Clocks since the last tick of mtime, at an edge before which clocks were left out.
  function automatic [31:0] clocks_since_tick(input [PRESCALE_WIDTH-1:0] prescale,
                                              input [31:0] skipped);
    clocks_since_tick = 32'(prescale) + skipped + 32'd1;
  endfunction

  // Ticks from mtime to the next compare value, FAR where there is none near.
  localparam logic [63:0] FAR = 64'd255;

  function automatic [7:0] ticks_to_next(input [63:0] mtime, input [HARTS*64-1:0] compares);
    ticks_to_next = FAR[7:0];
    for (int h = 0; h < HARTS; h++) begin
      if (compares[64*h +: 64] > mtime && compares[64*h +: 64] - mtime < 64'(ticks_to_next))
        ticks_to_next = 8'(compares[64*h +: 64] - mtime);
    end
  endfunction

  logic [7:0] due_q;  // as of the last comparison

  // One process, its rare cases guarded: it runs in every clock of the simulation.
  always @(posedge clk_i) begin
    if (!rst_ni) begin
      prescale_q <= '0;
      mtime_q    <= '0;
      mtimecmp_q <= '1;
      compare_q  <= 1'b0;
      due_q      <= '0;
      msip_o     <= '0;
      mtip_o     <= '0;
    end else begin
      if (skip_i != 32'd0) begin
        prescale_q <= PRESCALE_WIDTH'(clocks_since_tick(prescale_q, skip_i) % CLOCKS_PER_TICK);
        mtime_q    <= mtime_q + 64'(clocks_since_tick(prescale_q, skip_i) / CLOCKS_PER_TICK);
        compare_q  <= 1'b1;
      end else if (tick) begin
        prescale_q <= '0;
        mtime_q    <= mtime_q + 64'd1;
        compare_q  <= 1'b1;
      end else begin
        prescale_q <= prescale_q + 1'b1;
        compare_q  <= 1'b0;
      end

      if (compare_q) begin
        due_q <= ticks_to_next(mtime_q, mtimecmp_q);
        for (int h = 0; h < HARTS; h++) mtip_o[h] <= mtime_q >= mtimecmp_q[64*h +: 64];
      end

      if (write) begin
        if (is_msip && s_apb_pstrb[0]) msip_o[word[$clog2(HARTS)-1:0]] <= s_apb_pwdata[0];
        if (is_cmp) begin
          mtimecmp_q[32*word +: 32] <= (mtimecmp_q[32*word +: 32] & ~mask) | wdata;
          compare_q <= 1'b1;
        end
        if (is_mtime) begin
          mtime_q   <= high ? {(mtime_q[63:32] & ~mask) | wdata, mtime_q[31:0]}
                            : {mtime_q[63:32], (mtime_q[31:0] & ~mask) | wdata};
          compare_q <= 1'b1;
        end
      end
    end
  end

  // Less the tick in progress and one to spare; nothing while a comparison is still to be made.
  assign timer_o = compare_q || due_q < 8'd2 ? 32'd0 : (32'(due_q) - 32'd2) * CLOCKS_PER_TICK;

  // ---------------------------------------------------------------------------------------------
  // Read data

  always @(posedge clk_i) begin
    if (!rst_ni) s_apb_prdata <= '0;
    else if (read) begin
      if (is_msip) s_apb_prdata <= {31'd0, msip_o[word[$clog2(HARTS)-1:0]]};
      else if (is_cmp) s_apb_prdata <= mtimecmp_q[32*word +: 32];
      else if (is_mtime) s_apb_prdata <= high ? mtime_q[63:32] : mtime_q[31:0];
      else s_apb_prdata <= '0;
    end
  end

  wire unused = &{1'b0, s_apb_paddr[1:0]};

endmodule

`default_nettype wire
