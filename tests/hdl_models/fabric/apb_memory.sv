// SPDX-License-Identifier: Apache-2.0
// APB slave for tests: 16 words; the last one answers PSLVERR; waits_i wait states an access.
`default_nettype none

module apb_memory (
  input  wire        clk_i,
  input  wire        rst_ni,
  input  wire [3:0]  waits_i,

  input  wire [5:0]  s_apb_paddr,
  input  wire        s_apb_psel,
  input  wire        s_apb_penable,
  input  wire        s_apb_pwrite,
  input  wire [31:0] s_apb_pwdata,
  input  wire [3:0]  s_apb_pstrb,
  output wire        s_apb_pready,
  output wire [31:0] s_apb_prdata,
  output wire        s_apb_pslverr
);

  reg  [511:0] words_q;
  reg  [3:0]   waited_q;
  wire [3:0]   word = s_apb_paddr[5:2];
  wire [31:0]  mask = {{8{s_apb_pstrb[3]}}, {8{s_apb_pstrb[2]}},
                       {8{s_apb_pstrb[1]}}, {8{s_apb_pstrb[0]}}};
  wire         done = s_apb_psel && s_apb_penable && s_apb_pready;

  assign s_apb_pready  = (waited_q == waits_i);
  assign s_apb_pslverr = done && (word == 4'd15);
  // Nothing but the clock of the answer shows the data: whoever samples at another time is caught.
  assign s_apb_prdata  = (done && !s_apb_pwrite) ? words_q[word*32 +: 32] : 32'hDEAD_BEEF;

  always @(posedge clk_i) begin
    if (!rst_ni) begin
      words_q  <= 512'd0;
      waited_q <= 4'd0;
    end else begin
      waited_q <= (s_apb_psel && s_apb_penable && !s_apb_pready) ? waited_q + 4'd1 : 4'd0;
      if (done && s_apb_pwrite && word != 4'd15) begin
        words_q[word*32 +: 32] <= (words_q[word*32 +: 32] & ~mask) | (s_apb_pwdata & mask);
      end
    end
  end

  wire unused = &{1'b0, s_apb_paddr[1:0]};

endmodule

`default_nettype wire
