// SPDX-License-Identifier: Apache-2.0
// Message box of one core: FIFOs that another core writes and this one reads, on one APB slave.
//
// Each core has its own; a message is written into the receiver's. The register map is the second
// generation's (V821, D1, A523), one slot of 0x100 bytes for each sender: ../registers/msgbox.rdl.
// The read interrupt is for the owner, the write interrupt for the sender, who may send again.
`default_nettype none

module sunxi_msgbox (
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

  output wire         read_irq_o,
  output wire         write_irq_o
);

  localparam int CHANNELS = 4;
  localparam logic [31:0] VERSION_NUMBER = 32'h0001_0000;  // 1.0: the bench's own

  // Words of slot 0, the only sender there is on a chip with two cores.
  localparam logic [9:0] VERSION      = 10'h010 >> 2;
  localparam logic [9:0] READ_ENABLE  = 10'h020 >> 2;
  localparam logic [9:0] READ_STATUS  = 10'h024 >> 2;
  localparam logic [9:0] WRITE_ENABLE = 10'h030 >> 2;
  localparam logic [9:0] WRITE_STATUS = 10'h034 >> 2;
  // One word a channel, in groups of four.
  localparam logic [7:0] FIFO_STATUS    = 8'h05;
  localparam logic [7:0] MESSAGE_STATUS = 8'h06;
  localparam logic [7:0] MESSAGE        = 8'h07;
  localparam logic [7:0] THRESHOLD      = 8'h08;

  // Reads are sampled (and words taken) in the setup phase, writes are done in the access phase,
  // no wait states.
  wire       read  = s_apb_psel && !s_apb_penable && !s_apb_pwrite;
  wire       write = s_apb_psel && s_apb_penable && s_apb_pwrite;
  wire [9:0] word  = s_apb_paddr[11:2];
  wire [7:0] group = s_apb_paddr[11:4];
  wire [1:0] which = s_apb_paddr[3:2];

  // A process: as a wire, each strobe would run through all of the mask on Icarus.
  reg [31:0] mask;
  always @* mask = {{8{s_apb_pstrb[3]}}, {8{s_apb_pstrb[2]}},
                    {8{s_apb_pstrb[1]}}, {8{s_apb_pstrb[0]}}};
  wire [31:0] wdata = s_apb_pwdata & mask;

  assign s_apb_pready  = 1'b1;
  assign s_apb_pslverr = 1'b0;

  // Channel p has bit 2p of the read registers and bit 2p + 1 of the write registers.
  logic [7:0] enable_q /* verilator public_flat_rd */;
  wire  [7:0] status;

  localparam logic [7:0] READ_BITS  = 8'h55;
  localparam logic [7:0] WRITE_BITS = 8'hAA;

  assign read_irq_o  = |(enable_q & status & READ_BITS);
  assign write_irq_o = |(enable_q & status & WRITE_BITS);

  always @(posedge clk_i) begin
    if (!rst_ni) enable_q <= 8'd0;
    else if (write && s_apb_pstrb[0]) begin
      if (word == READ_ENABLE)
        enable_q <= (enable_q & ~READ_BITS) | (s_apb_pwdata[7:0] & READ_BITS);
      if (word == WRITE_ENABLE)
        enable_q <= (enable_q & ~WRITE_BITS) | (s_apb_pwdata[7:0] & WRITE_BITS);
    end
  end

  wire [CHANNELS*32-1:0] data;
  wire [CHANNELS*4-1:0]  count;
  wire [CHANNELS*2-1:0]  threshold;
  wire [CHANNELS-1:0]    full;

  for (genvar p = 0; p < CHANNELS; p++) begin : g_channel
    wire here = which == 2'(p);

    sunxi_msgbox_channel channel (
      .clk_i, .rst_ni,
      .push_i(write && group == MESSAGE && here && s_apb_pstrb != 4'd0), .data_i(wdata),
      .pop_i(read && group == MESSAGE && here), .data_o(data[32*p +: 32]),
      .count_o(count[4*p +: 4]), .full_o(full[p]),
      .threshold_write_i(write && group == THRESHOLD && here && s_apb_pstrb[0]),
      .threshold_i(s_apb_pwdata[1:0]), .threshold_o(threshold[2*p +: 2]),
      .read_clear_i(write && word == READ_STATUS && wdata[2*p]),
      .write_clear_i(write && word == WRITE_STATUS && wdata[2*p+1]),
      .read_status_o(status[2*p]), .write_status_o(status[2*p+1])
    );
  end

  always @(posedge clk_i) begin
    if (!rst_ni) s_apb_prdata <= '0;
    else if (read) begin
      case (group)
        FIFO_STATUS:    s_apb_prdata <= {31'd0, full[which]};
        MESSAGE_STATUS: s_apb_prdata <= {28'd0, count[4*which +: 4]};
        MESSAGE:        s_apb_prdata <= data[32*which +: 32];
        THRESHOLD:      s_apb_prdata <= {30'd0, threshold[2*which +: 2]};
        default: case (word)
          VERSION:      s_apb_prdata <= VERSION_NUMBER;
          READ_ENABLE:  s_apb_prdata <= {24'd0, enable_q & READ_BITS};
          READ_STATUS:  s_apb_prdata <= {24'd0, status & READ_BITS};
          WRITE_ENABLE: s_apb_prdata <= {24'd0, enable_q & WRITE_BITS};
          WRITE_STATUS: s_apb_prdata <= {24'd0, status & WRITE_BITS};
          default:      s_apb_prdata <= '0;
        endcase
      endcase
    end
  end

  wire unused = &{1'b0, s_apb_paddr[1:0]};

endmodule

`default_nettype wire
