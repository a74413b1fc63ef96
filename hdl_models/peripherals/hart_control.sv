// SPDX-License-Identifier: Apache-2.0
// Reset and boot-address controller of the remote hart.
//
// The hart is held in reset until CTRL.RUN is written 1; writing 0 re-asserts its reset. The boot
// address can be changed only while the hart is held. Register map: ../registers/hart_control.rdl.
`default_nettype none

module hart_control (
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

  output logic        hart_run_o,
  output logic [31:0] boot_addr_o
);

  // BOOT_HI (word 3) has no state: it reads 0, because physical addresses here have 32 bits.
  localparam logic [9:0] CTRL    = 10'd0;
  localparam logic [9:0] STATUS  = 10'd1;
  localparam logic [9:0] BOOT_LO = 10'd2;

  // Reads are sampled in the setup phase, writes are done in the access phase, no wait states.
  wire       read  = s_apb_psel && !s_apb_penable && !s_apb_pwrite;
  wire       write = s_apb_psel && s_apb_penable && s_apb_pwrite;
  wire [9:0] word  = s_apb_paddr[11:2];

  // A process: as a wire, each strobe would run through all of the mask on Icarus.
  reg [31:0] mask;
  always @* mask = {{8{s_apb_pstrb[3]}}, {8{s_apb_pstrb[2]}},
                    {8{s_apb_pstrb[1]}}, {8{s_apb_pstrb[0]}}};

  wire write_ctrl = write && word == CTRL && s_apb_pstrb[0];
  wire release_it = write_ctrl && s_apb_pwdata[0] && !hart_run_o;

  logic [15:0] releases_q;

  assign s_apb_pready  = 1'b1;
  assign s_apb_pslverr = 1'b0;

  always @(posedge clk_i) begin
    if (!rst_ni) hart_run_o <= 1'b0;
    else if (write_ctrl) hart_run_o <= s_apb_pwdata[0];
  end

  always @(posedge clk_i) begin
    if (!rst_ni) releases_q <= '0;
    else if (release_it) releases_q <= releases_q + 16'd1;
  end

  always @(posedge clk_i) begin
    if (!rst_ni) boot_addr_o <= '0;
    else if (write && word == BOOT_LO && !hart_run_o)
      boot_addr_o <= (boot_addr_o & ~mask) | (s_apb_pwdata & mask);
  end

  always @(posedge clk_i) begin
    if (!rst_ni) s_apb_prdata <= '0;
    else if (read) begin
      case (word)
        CTRL:    s_apb_prdata <= {31'd0, hart_run_o};
        STATUS:  s_apb_prdata <= {releases_q, 15'd0, hart_run_o};
        BOOT_LO: s_apb_prdata <= boot_addr_o;
        default: s_apb_prdata <= '0;
      endcase
    end
  end

  wire unused = &{1'b0, s_apb_paddr[1:0]};

endmodule

`default_nettype wire
