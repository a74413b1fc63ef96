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
  input  wire  [31:0]      skip_i,
  output wire  [31:0]      timer_o,

  input  wire  [15:0]      s_apb_paddr,
  input  wire              s_apb_psel,
  input  wire              s_apb_penable,
  input  wire              s_apb_pwrite,
  input  wire  [31:0]      s_apb_pwdata,
  input  wire  [3:0]       s_apb_pstrb,
  output wire              s_apb_pready,
  output logic [31:0]      s_apb_prdata,
  output wire              s_apb_pslverr,

  output logic [HARTS-1:0] msip_o,
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

  wire [31:0] mask = {{8{s_apb_pstrb[3]}}, {8{s_apb_pstrb[2]}},
                      {8{s_apb_pstrb[1]}}, {8{s_apb_pstrb[0]}}};
  wire [31:0] wdata = s_apb_pwdata & mask;

  assign s_apb_pready  = 1'b1;
  assign s_apb_pslverr = 1'b0;

  // ---------------------------------------------------------------------------------------------
  // Time

  logic [PRESCALE_WIDTH-1:0] prescale_q;
  logic [63:0]               mtime_q;
  logic [HARTS*64-1:0]       mtimecmp_q;
  logic                      compare_q;  // mtime or a mtimecmp has changed: compare again

  wire tick = prescale_q == LAST_CLOCK;

  assign mtime_o = mtime_q;

  // Where the clocks left out lead to.
  wire [31:0] clocks = 32'(prescale_q) + skip_i + 32'd1;
  wire [31:0] landed = clocks % CLOCKS_PER_TICK;
  wire [31:0] ticks  = clocks / CLOCKS_PER_TICK;

  always @(posedge clk_i) begin
    if (!rst_ni) prescale_q <= '0;
    else if (skip_i != 32'd0) prescale_q <= landed[PRESCALE_WIDTH-1:0];
    else prescale_q <= tick ? '0 : prescale_q + 1'b1;
  end

  always @(posedge clk_i) begin
    if (!rst_ni) mtime_q <= '0;
    else if (write && is_mtime && high) mtime_q[63:32] <= (mtime_q[63:32] & ~mask) | wdata;
    else if (write && is_mtime) mtime_q[31:0] <= (mtime_q[31:0] & ~mask) | wdata;
    else if (skip_i != 32'd0) mtime_q <= mtime_q + 64'(ticks);
    else if (tick) mtime_q <= mtime_q + 64'd1;
  end

  always @(posedge clk_i) begin
    if (!rst_ni) mtimecmp_q <= '1;
    else if (write && is_cmp)
      mtimecmp_q[32*word +: 32] <= (mtimecmp_q[32*word +: 32] & ~mask) | wdata;
  end

  always @(posedge clk_i) begin
    if (!rst_ni) compare_q <= 1'b0;
    else compare_q <= tick || skip_i != 32'd0 || (write && (is_cmp || is_mtime));
  end

  for (genvar h = 0; h < HARTS; h++) begin : g_hart
    always @(posedge clk_i) begin
      if (!rst_ni) mtip_o[h] <= 1'b0;
      else if (compare_q) mtip_o[h] <= mtime_q >= mtimecmp_q[64*h +: 64];
    end

    always @(posedge clk_i) begin
      if (!rst_ni) msip_o[h] <= 1'b0;
      else if (write && is_msip && word == 12'(h) && s_apb_pstrb[0]) msip_o[h] <= s_apb_pwdata[0];
    end
  end

  // Ticks to the next compare value that is near, as of the last comparison.
  localparam logic [63:0] FAR = 64'd255;
  logic [7:0] due_q;
  logic [7:0] due;

  always @* begin
    due = FAR[7:0];
    for (int h = 0; h < HARTS; h++) begin
      if (compare_q && mtimecmp_q[64*h +: 64] > mtime_q
          && mtimecmp_q[64*h +: 64] - mtime_q < 64'(due))
        due = 8'(mtimecmp_q[64*h +: 64] - mtime_q);
    end
  end

  always @(posedge clk_i) begin
    if (!rst_ni) due_q <= '0;
    else if (compare_q) due_q <= due;
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

  wire unused = &{1'b0, s_apb_paddr[1:0], landed[31:PRESCALE_WIDTH]};

endmodule

`default_nettype wire
