// SPDX-License-Identifier: Apache-2.0
// Configuration of the A27: where it starts, whether it may sleep, whether it waits.
//
// Register map: ../registers/a27_cfg.rdl.
`default_nettype none

module a27_cfg (
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

  input  wire         wfi_i,           // the core waits for an interrupt
  output logic [31:0] start_address_o
);

  localparam logic [9:0] WFI_MODE      = 10'h004 >> 2;
  localparam logic [9:0] START_ADDRESS = 10'h204 >> 2;
  localparam logic [9:0] STATUS        = 10'h248 >> 2;

  // Reads are sampled in the setup phase, writes are done in the access phase, no wait states.
  wire       read  = s_apb_psel && !s_apb_penable && !s_apb_pwrite;
  wire       write = s_apb_psel && s_apb_penable && s_apb_pwrite;
  wire [9:0] word  = s_apb_paddr[11:2];

  // A process: as a wire, each strobe would run through all of the mask on Icarus.
  reg [31:0] mask;
  always @* mask = {{8{s_apb_pstrb[3]}}, {8{s_apb_pstrb[2]}},
                    {8{s_apb_pstrb[1]}}, {8{s_apb_pstrb[0]}}};

  logic wfi_mode_q;

  assign s_apb_pready  = 1'b1;
  assign s_apb_pslverr = 1'b0;

  always @(posedge clk_i) begin
    if (!rst_ni) begin
      wfi_mode_q      <= 1'b0;
      start_address_o <= '0;
    end else if (write) begin
      if (word == WFI_MODE && s_apb_pstrb[0]) wfi_mode_q <= s_apb_pwdata[0];
      if (word == START_ADDRESS)
        start_address_o <= (start_address_o & ~mask) | (s_apb_pwdata & mask);
    end
  end

  always @(posedge clk_i) begin
    if (!rst_ni) s_apb_prdata <= '0;
    else if (read) begin
      case (word)
        WFI_MODE:      s_apb_prdata <= {31'd0, wfi_mode_q};
        START_ADDRESS: s_apb_prdata <= start_address_o;
        STATUS:        s_apb_prdata <= {30'd0, wfi_i, 1'b0};
        default:       s_apb_prdata <= '0;
      endcase
    end
  end

  wire unused = &{1'b0, s_apb_paddr[1:0]};

endmodule

`default_nettype wire
