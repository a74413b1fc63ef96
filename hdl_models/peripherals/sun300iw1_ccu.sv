// SPDX-License-Identifier: Apache-2.0
// Clock gates and resets of the V821's application domain, as far as its two cores need them.
//
// A reset bit is 1 where the block is out of reset. The E907 is the first core: it runs from the
// start, its own message box and the spinlocks with it; the A27 and all that is its own are held.
// Clock bits are kept for software that reads them back: the bench stops no clock by them.
// Register map: ../registers/ccu.rdl.
`default_nettype none

module sun300iw1_ccu (
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

  output wire         e907_rst_no,
  output wire         e907_cfg_rst_no,
  output wire         e907_msgbox_rst_no,
  output wire         spinlock_rst_no,
  output wire         a27_rst_no,
  output wire         a27_cfg_rst_no,
  output wire         a27_msgbox_rst_no
);

  localparam logic [9:0] E907_TS   = 10'h00C >> 2;
  localparam logic [9:0] A27_MT    = 10'h010 >> 2;
  localparam logic [9:0] A27_CLOCK = 10'h07C >> 2;
  localparam logic [9:0] GATING0   = 10'h080 >> 2;
  localparam logic [9:0] RESET0    = 10'h090 >> 2;
  localparam logic [9:0] RESET1    = 10'h094 >> 2;
  localparam logic [9:0] E907_RST  = 10'h09C >> 2;

  // The bits there are; all others read 0.
  localparam logic [31:0] TIMER_BITS   = 32'b1000_0001 << 24;  // enable, source
  localparam logic [31:0] A27_BITS     = 32'h0000_03C0;  // divider, gates: configuration, msgbox
  localparam logic [31:0] GATING0_BITS = 32'h0000_0015;  // gates: E907, its msgbox, spinlocks
  localparam logic [31:0] RESET0_BITS  = 32'h0000_0017;  // E907's configuration, bus, msgbox; locks
  localparam logic [31:0] RESET1_BITS  = 32'h1C00_0000;  // A27's configuration, msgbox, core

  localparam logic [15:0] KEY = 16'hA569;  // in the upper half of a write to E907_RST

  // Reads are sampled in the setup phase, writes are done in the access phase, no wait states.
  wire       read  = s_apb_psel && !s_apb_penable && !s_apb_pwrite;
  wire       write = s_apb_psel && s_apb_penable && s_apb_pwrite;
  wire [9:0] word  = s_apb_paddr[11:2];

  // A process: as a wire, each strobe would run through all of the mask on Icarus.
  reg [31:0] mask;
  always @* mask = {{8{s_apb_pstrb[3]}}, {8{s_apb_pstrb[2]}},
                    {8{s_apb_pstrb[1]}}, {8{s_apb_pstrb[0]}}};

  logic [31:0] e907_ts_q, a27_mt_q, a27_clock_q, gating0_q, reset0_q, reset1_q;
  logic        e907_rst_q;

  assign s_apb_pready  = 1'b1;
  assign s_apb_pslverr = 1'b0;

  assign e907_cfg_rst_no    = reset0_q[0];  // bit 1 is the E907's APB: nothing here is behind it
  assign e907_msgbox_rst_no = reset0_q[2];
  assign spinlock_rst_no    = reset0_q[4];
  assign a27_rst_no         = reset1_q[26];
  assign a27_msgbox_rst_no  = reset1_q[27];
  assign a27_cfg_rst_no     = reset1_q[28];
  assign e907_rst_no        = e907_rst_q;

  // The addressed register as it is.
  logic [31:0] value;

  always @* begin
    case (word)
      E907_TS:   value = e907_ts_q;
      A27_MT:    value = a27_mt_q;
      A27_CLOCK: value = a27_clock_q;
      GATING0:   value = gating0_q;
      RESET0:    value = reset0_q;
      RESET1:    value = reset1_q;
      E907_RST:  value = {31'd0, e907_rst_q};
      default:   value = 32'd0;
    endcase
  end

  wire [31:0] merged = (value & ~mask) | (s_apb_pwdata & mask);

  always @(posedge clk_i) begin
    if (!rst_ni) begin
      e907_ts_q   <= '0;
      a27_mt_q    <= '0;
      a27_clock_q <= '0;
      gating0_q   <= '0;
      reset0_q    <= RESET0_BITS;
      reset1_q    <= '0;
      e907_rst_q  <= 1'b1;
    end else if (write) begin
      case (word)
        E907_TS:   e907_ts_q   <= merged & TIMER_BITS;
        A27_MT:    a27_mt_q    <= merged & TIMER_BITS;
        A27_CLOCK: a27_clock_q <= merged & A27_BITS;
        GATING0:   gating0_q   <= merged & GATING0_BITS;
        RESET0:    reset0_q    <= merged & RESET0_BITS;
        RESET1:    reset1_q    <= merged & RESET1_BITS;
        E907_RST:  if (merged[31:16] == KEY) e907_rst_q <= merged[0];
        default: ;
      endcase
    end
  end

  always @(posedge clk_i) begin
    if (!rst_ni) s_apb_prdata <= '0;
    else if (read) s_apb_prdata <= value;
  end

  wire unused = &{1'b0, s_apb_paddr[1:0]};

endmodule

`default_nettype wire
