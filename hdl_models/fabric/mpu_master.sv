// SPDX-License-Identifier: Apache-2.0
// The MPU registers of one master: two windows, the enable, and the lock that freezes them all.
`default_nettype none

module mpu_master (
  input  wire        clk_i,
  input  wire        rst_ni,
  input  wire        write_i,
  input  wire [2:0]  word_i,
  input  wire [31:0] wdata_i,
  input  wire [3:0]  strb_i,
  output reg  [31:0] rdata_o,    // of word_i
  output wire        enable_o,
  output wire [63:0] base_o,     // window 1, window 0
  output wire [63:0] limit_o
);

  localparam [2:0] BASE0 = 3'd0, LIMIT0 = 3'd1, BASE1 = 3'd2, LIMIT1 = 3'd3, CONTROL = 3'd4;

  reg [31:0] base0_q, limit0_q, base1_q, limit1_q;
  reg        enable_q, lock_q;

  assign enable_o = enable_q;
  assign base_o   = {base1_q, base0_q};
  assign limit_o  = {limit1_q, limit0_q};

  // A process: as a wire, each strobe would run through all of the mask on Icarus.
  reg [31:0] mask;
  always @* mask = {{8{strb_i[3]}}, {8{strb_i[2]}}, {8{strb_i[1]}}, {8{strb_i[0]}}};
  wire [31:0] merged = (rdata_o & ~mask) | (wdata_i & mask);

  always @* begin
    case (word_i)
      BASE0:   rdata_o = base0_q;
      LIMIT0:  rdata_o = limit0_q;
      BASE1:   rdata_o = base1_q;
      LIMIT1:  rdata_o = limit1_q;
      CONTROL: rdata_o = {30'd0, lock_q, enable_q};
      default: rdata_o = 32'd0;
    endcase
  end

  // Locked registers ignore writes until reset, as locked entries of RISC-V PMP do.
  always @(posedge clk_i) begin
    if (!rst_ni) begin
      base0_q  <= 32'd0;
      limit0_q <= 32'd0;
      base1_q  <= 32'd0;
      limit1_q <= 32'd0;
      enable_q <= 1'b0;
      lock_q   <= 1'b0;
    end else if (write_i && !lock_q) begin
      case (word_i)
        BASE0:   base0_q  <= merged;
        LIMIT0:  limit0_q <= merged;
        BASE1:   base1_q  <= merged;
        LIMIT1:  limit1_q <= merged;
        CONTROL: {lock_q, enable_q} <= merged[1:0];
        default: ;
      endcase
    end
  end

endmodule

`default_nettype wire
