// SPDX-License-Identifier: Apache-2.0
// General registers of the always-on domain: words that software leaves for other software.
//
// Register map: ../registers/rtc_data.rdl.
`default_nettype none

module sunxi_rtc_data (
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
  output wire         s_apb_pslverr
);

  localparam int WORDS = 8;
  localparam logic [6:0] GROUP = 7'h10;  // 0x200 / 32

  // Reads are sampled in the setup phase, writes are done in the access phase, no wait states.
  wire       read  = s_apb_psel && !s_apb_penable && !s_apb_pwrite;
  wire       write = s_apb_psel && s_apb_penable && s_apb_pwrite;
  wire       here  = s_apb_paddr[11:5] == GROUP;
  wire [2:0] which = s_apb_paddr[4:2];

  // A process: as a wire, each strobe would run through all of the mask on Icarus.
  reg [31:0] mask;
  always @* mask = {{8{s_apb_pstrb[3]}}, {8{s_apb_pstrb[2]}},
                    {8{s_apb_pstrb[1]}}, {8{s_apb_pstrb[0]}}};

  logic [32*WORDS-1:0] words_q;
  wire  [31:0]         old = words_q[32*which +: 32];

  assign s_apb_pready  = 1'b1;
  assign s_apb_pslverr = 1'b0;

  always @(posedge clk_i) begin
    if (!rst_ni) words_q <= '0;
    else if (write && here)
      words_q[32*which +: 32] <= (old & ~mask) | (s_apb_pwdata & mask);
  end

  always @(posedge clk_i) begin
    if (!rst_ni) s_apb_prdata <= '0;
    else if (read) s_apb_prdata <= here ? old : 32'd0;
  end

  wire unused = &{1'b0, s_apb_paddr[1:0]};

endmodule

`default_nettype wire
