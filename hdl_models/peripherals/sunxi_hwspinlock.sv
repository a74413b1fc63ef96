// SPDX-License-Identifier: Apache-2.0
// 32 hardware spinlocks: a read that returns 0 takes the lock, writing 0 frees it.
//
// Freeing a lock can raise an interrupt. Register map: ../registers/hwspinlock.rdl.
`default_nettype none

module sunxi_hwspinlock (
  input  wire         clk_i,
  input  wire         rst_ni,

  input  wire  [11:0] s_apb_paddr,
  input  wire         s_apb_psel,
  input  wire         s_apb_penable,
  input  wire         s_apb_pwrite,
  input  wire  [31:0] s_apb_pwdata,
  input  wire  [3:0]  s_apb_pstrb,
  output wire         s_apb_pready,
  output logic [31:0] s_apb_prdata,
  output wire         s_apb_pslverr,

  output wire         irq_o
);

  localparam logic [9:0] SYSTEM_STATUS = 10'h000 >> 2;
  localparam logic [9:0] STATUS        = 10'h010 >> 2;
  localparam logic [9:0] IRQ_ENABLE    = 10'h020 >> 2;
  localparam logic [9:0] IRQ_STATUS    = 10'h040 >> 2;

  localparam logic [31:0] LOCKS_32 = 32'h1000_0000;  // LOCKS_NUM: there are 32

  // Reads are sampled (and locks taken) in the setup phase, writes are done in the access phase,
  // no wait states. Two reads are two clocks apart: one of two takers comes first.
  wire        read  = s_apb_psel && !s_apb_penable && !s_apb_pwrite;
  wire        write = s_apb_psel && s_apb_penable && s_apb_pwrite;
  wire [9:0]  word  = s_apb_paddr[11:2];
  wire        lock  = word[9:5] == 5'd2;  // 0x100 + 4 * lock
  wire [31:0] which = 32'd1 << word[4:0];

  // A process: as a wire, each strobe would run through all of the mask on Icarus.
  reg [31:0] mask;
  always @* mask = {{8{s_apb_pstrb[3]}}, {8{s_apb_pstrb[2]}},
                    {8{s_apb_pstrb[1]}}, {8{s_apb_pstrb[0]}}};
  wire [31:0] wdata = s_apb_pwdata & mask;

  logic [31:0] taken_q;
  logic [31:0] enable_q;
  logic [31:0] pending_q;

  wire [31:0] take = (read && lock) ? which : 32'd0;
  wire [31:0] free = (write && lock && s_apb_pstrb[0] && !s_apb_pwdata[0]) ? which : 32'd0;
  wire [31:0] done = (write && word == IRQ_STATUS) ? wdata : 32'd0;

  assign s_apb_pready  = 1'b1;
  assign s_apb_pslverr = 1'b0;
  assign irq_o         = pending_q != 32'd0;

  always @(posedge clk_i) begin
    if (!rst_ni) begin
      taken_q   <= '0;
      enable_q  <= '0;
      pending_q <= '0;
    end else begin
      taken_q   <= (taken_q | take) & ~free;
      pending_q <= (pending_q & ~done) | (free & taken_q & enable_q);
      if (write && word == IRQ_ENABLE) enable_q <= (enable_q & ~mask) | wdata;
    end
  end

  always @(posedge clk_i) begin
    if (!rst_ni) s_apb_prdata <= '0;
    else if (read) begin
      if (lock) s_apb_prdata <= {31'd0, taken_q[word[4:0]]};
      else case (word)
        SYSTEM_STATUS: s_apb_prdata <= LOCKS_32 | {23'd0, taken_q != 32'd0, 8'd0};
        STATUS:        s_apb_prdata <= taken_q;
        IRQ_ENABLE:    s_apb_prdata <= enable_q;
        IRQ_STATUS:    s_apb_prdata <= pending_q;
        default:       s_apb_prdata <= '0;
      endcase
    end
  end

  wire unused = &{1'b0, s_apb_paddr[1:0]};

endmodule

`default_nettype wire
