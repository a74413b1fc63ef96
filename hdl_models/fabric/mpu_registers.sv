// SPDX-License-Identifier: Apache-2.0
// Registers of axi_mpu: the windows of four masters, what was refused last, the interrupt.
//
// Register map: ../registers/mpu.rdl. Reads are sampled in the setup phase, writes are done in the
// access phase, no wait states. Offsets without a register read 0 and ignore writes. If a read and
// a write are refused in the same clock both are counted, and the write is the one that is kept.
`default_nettype none

module mpu_registers (
  input  wire         clk_i,
  input  wire         rst_ni,

  input  wire [11:0]  s_apb_paddr,
  input  wire         s_apb_psel,
  input  wire         s_apb_penable,
  input  wire         s_apb_pwrite,
  input  wire [31:0]  s_apb_pwdata,
  input  wire [3:0]   s_apb_pstrb,
  output wire         s_apb_pready,
  output reg  [31:0]  s_apb_prdata,
  output wire         s_apb_pslverr,

  output wire [3:0]   enable_o,        // by master
  output wire [255:0] base_o,          // by master, then window
  output wire [255:0] limit_o,

  input  wire         write_refused_i, // in this clock
  input  wire [3:0]   write_master_i,
  input  wire [31:0]  write_addr_i,
  input  wire         read_refused_i,
  input  wire [3:0]   read_master_i,
  input  wire [31:0]  read_addr_i,
  output wire         irq_o
);

  localparam [9:0] STATUS = 10'd0, IRQ_ENABLE = 10'd1, COUNT = 10'd2, ADDRESS = 10'd3,
                   INFO = 10'd4;

  wire       read  = s_apb_psel && !s_apb_penable && !s_apb_pwrite;
  wire       write = s_apb_psel && s_apb_penable && s_apb_pwrite;
  wire [9:0] word  = s_apb_paddr[11:2];

  reg         refused_q, irq_enable_q;
  reg  [31:0] count_q, address_q;
  reg  [4:0]  info_q;                  // {write, master}

  assign s_apb_pready  = 1'b1;
  assign s_apb_pslverr = 1'b0;
  assign irq_o         = refused_q && irq_enable_q;

  wire        any  = write_refused_i || read_refused_i;
  wire [32:0] sum  = {1'b0, count_q} + {32'd0, write_refused_i} + {32'd0, read_refused_i};

  always @(posedge clk_i) begin
    if (!rst_ni) begin
      refused_q    <= 1'b0;
      irq_enable_q <= 1'b0;
      count_q      <= 32'd0;
      address_q    <= 32'd0;
      info_q       <= 5'd0;
    end else begin
      if (write && word == IRQ_ENABLE && s_apb_pstrb[0]) irq_enable_q <= s_apb_pwdata[0];
      if (write && word == STATUS && s_apb_pstrb[0] && s_apb_pwdata[0]) refused_q <= 1'b0;
      if (any) begin                   // a refusal in the clock of the clearing write stays seen
        refused_q <= 1'b1;
        count_q   <= sum[32] ? 32'hFFFF_FFFF : sum[31:0];
        address_q <= write_refused_i ? write_addr_i : read_addr_i;
        info_q    <= write_refused_i ? {1'b1, write_master_i} : {1'b0, read_master_i};
      end
    end
  end

  // Masters 0 to 3 have 32 bytes each from offset 0x100 on.
  wire [127:0] master_rdata;
  genvar m;
  generate
    for (m = 0; m < 4; m = m + 1) begin : g_master
      wire here = (s_apb_paddr[11:5] == 7'd8 + m);
      mpu_master u_master (
        .clk_i, .rst_ni,
        .write_i(write && here), .word_i(word[2:0]), .wdata_i(s_apb_pwdata),
        .strb_i(s_apb_pstrb), .rdata_o(master_rdata[m*32 +: 32]),
        .enable_o(enable_o[m]), .base_o(base_o[m*64 +: 64]), .limit_o(limit_o[m*64 +: 64])
      );
    end
  endgenerate

  always @(posedge clk_i) begin
    if (!rst_ni) s_apb_prdata <= 32'd0;
    else if (read) begin
      if (word[9:5] == 5'b00010) s_apb_prdata <= master_rdata[word[4:3]*32 +: 32];
      else case (word)
        STATUS:     s_apb_prdata <= {31'd0, refused_q};
        IRQ_ENABLE: s_apb_prdata <= {31'd0, irq_enable_q};
        COUNT:      s_apb_prdata <= count_q;
        ADDRESS:    s_apb_prdata <= address_q;
        INFO:       s_apb_prdata <= {23'd0, info_q[4], 4'd0, info_q[3:0]};
        default:    s_apb_prdata <= 32'd0;
      endcase
    end
  end

  wire unused = &{1'b0, s_apb_paddr[1:0]};

endmodule

`default_nettype wire
