// SPDX-License-Identifier: Apache-2.0
// APB decoder: one master to N slaves by address; an access to no slave ends with decerr_o.
//
// Slave i answers where (paddr & MASK[i*32 +: 32]) == BASE[i*32 +: 32]; windows do not overlap.
// Combinational: paddr, penable, pwrite, pwdata and pstrb are common to all slaves, the rest is
// packed by slave. An unmapped access takes no wait state.
`default_nettype none

module apb_decode #(
  parameter integer    N    = 5,
  parameter [N*32-1:0] BASE = {N{32'h0}},
  parameter [N*32-1:0] MASK = {N{32'hFFFF_FFFF}}
) (
  input  wire [31:0]     s_apb_paddr,
  input  wire            s_apb_psel,
  input  wire            s_apb_penable,
  input  wire            s_apb_pwrite,
  input  wire [31:0]     s_apb_pwdata,
  input  wire [3:0]      s_apb_pstrb,
  output reg             s_apb_pready,
  output reg  [31:0]     s_apb_prdata,
  output reg             s_apb_pslverr,
  output wire            decerr_o,        // the address is nobody's; with s_apb_pready

  output wire [31:0]     m_apb_paddr,
  output wire [N-1:0]    m_apb_psel,
  output wire            m_apb_penable,
  output wire            m_apb_pwrite,
  output wire [31:0]     m_apb_pwdata,
  output wire [3:0]      m_apb_pstrb,
  input  wire [N-1:0]    m_apb_pready,
  input  wire [N*32-1:0] m_apb_prdata,
  input  wire [N-1:0]    m_apb_pslverr
);

  assign m_apb_paddr   = s_apb_paddr;
  assign m_apb_penable = s_apb_penable;
  assign m_apb_pwrite  = s_apb_pwrite;
  assign m_apb_pwdata  = s_apb_pwdata;
  assign m_apb_pstrb   = s_apb_pstrb;

  // Select and answer are separate processes: in one, a simulator sees a combinational loop through
  // a slave whose answer depends on its select.
  wire [N-1:0] match;
  genvar g;
  generate
    for (g = 0; g < N; g = g + 1) begin : g_match
      assign match[g] = ((s_apb_paddr & MASK[g*32 +: 32]) == BASE[g*32 +: 32]);
    end
  endgenerate

  assign m_apb_psel = match & {N{s_apb_psel}};
  assign decerr_o   = s_apb_psel && !(|match);

  integer i;
  always @* begin
    s_apb_pready  = 1'b1;
    s_apb_prdata  = 32'd0;
    s_apb_pslverr = 1'b0;
    for (i = 0; i < N; i = i + 1) begin
      if (match[i]) begin
        s_apb_pready  = m_apb_pready[i];
        s_apb_prdata  = m_apb_prdata[i*32 +: 32];
        s_apb_pslverr = m_apb_pslverr[i];
      end
    end
  end

endmodule

`default_nettype wire
