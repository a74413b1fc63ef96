// SPDX-License-Identifier: Apache-2.0
// Configuration of the E907: where it starts, what wakes it, what it does.
//
// WORK_MODE follows the core's low-power state. Register map: ../registers/e907_cfg.rdl.
`default_nettype none

module e907_cfg #(
  parameter [31:0] RESET_ADDRESS = 32'd0  // where it starts if nobody has said: the BROM
) (
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

  input  wire         run_i,          // the core is out of reset
  input  wire         wfi_i,          // the core waits for an interrupt
  output logic [31:0] boot_address_o
);

  localparam logic [9:0] VERSION      = 10'h000 >> 2;
  localparam logic [9:0] BOOT_ADDRESS = 10'h204 >> 2;
  localparam logic [9:0] WAKE_ENABLE  = 10'h220 >> 2;
  localparam logic [9:0] WAKE_MASK    = 10'h224 >> 2;  // five words
  localparam logic [9:0] WORK_MODE    = 10'h248 >> 2;

  localparam logic [31:0] VERSION_NUMBER = 32'h0001_0000;  // 1.0: the bench's own

  localparam int WAKE_MASKS = 5;

  // Reads are sampled in the setup phase, writes are done in the access phase, no wait states.
  wire        read  = s_apb_psel && !s_apb_penable && !s_apb_pwrite;
  wire        write = s_apb_psel && s_apb_penable && s_apb_pwrite;
  wire [9:0]  word  = s_apb_paddr[11:2];
  wire [9:0]  which = word - WAKE_MASK;
  wire        masks = which < 10'(WAKE_MASKS);

  // A process: as a wire, each strobe would run through all of the mask on Icarus.
  reg [31:0] mask;
  always @* mask = {{8{s_apb_pstrb[3]}}, {8{s_apb_pstrb[2]}},
                    {8{s_apb_pstrb[1]}}, {8{s_apb_pstrb[0]}}};
  wire [31:0] wdata = s_apb_pwdata & mask;

  logic                     wake_enable_q;
  logic [32*WAKE_MASKS-1:0] wake_masks_q;
  wire  [31:0]              wake_mask = wake_masks_q[32*which[2:0] +: 32];

  assign s_apb_pready  = 1'b1;
  assign s_apb_pslverr = 1'b0;

  always @(posedge clk_i) begin
    if (!rst_ni) begin
      boot_address_o <= RESET_ADDRESS;
      wake_enable_q  <= 1'b0;
      wake_masks_q   <= '0;
    end else if (write) begin
      if (word == BOOT_ADDRESS) boot_address_o <= (boot_address_o & ~mask) | wdata;
      if (word == WAKE_ENABLE && s_apb_pstrb[0]) wake_enable_q <= s_apb_pwdata[0];
      if (masks) wake_masks_q[32*which[2:0] +: 32] <= (wake_mask & ~mask) | wdata;
    end
  end

  // Low-power mode as the core reports it: 3 normal, 1 light sleep, 0 off.
  wire [1:0] work_mode = !run_i ? 2'd0 : wfi_i ? 2'd1 : 2'd3;

  always @(posedge clk_i) begin
    if (!rst_ni) s_apb_prdata <= '0;
    else if (read) begin
      if (masks) s_apb_prdata <= wake_mask;
      else case (word)
        VERSION:      s_apb_prdata <= VERSION_NUMBER;
        BOOT_ADDRESS: s_apb_prdata <= boot_address_o;
        WAKE_ENABLE:  s_apb_prdata <= {31'd0, wake_enable_q};
        WORK_MODE:    s_apb_prdata <= {30'd0, work_mode};
        default:      s_apb_prdata <= '0;
      endcase
    end
  end

  wire unused = &{1'b0, s_apb_paddr[1:0]};

endmodule

`default_nettype wire
