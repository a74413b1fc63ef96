// SPDX-License-Identifier: Apache-2.0
// Modem status register of a UART: four inputs and what has changed since it was last read.
`default_nettype none

module uart_modem (
  input  wire        clk_i,
  input  wire        rst_ni,
  input  wire  [3:0] lines_i,  // DCD, RI, DSR, CTS, active high
  input  wire        read_i,
  output wire  [7:0] status_o,
  output wire        changed_o
);

  logic [3:0] lines_q;
  logic [3:0] deltas_q;

  // RI counts only when it ends (16550: "trailing edge of ring indicator").
  wire [3:0] counted = {1'b1, lines_q[2], 2'b11};
  wire [3:0] edges   = (lines_i ^ lines_q) & counted;

  assign status_o  = {lines_q, deltas_q};
  assign changed_o = deltas_q != 4'd0;

  always @(posedge clk_i) begin
    if (!rst_ni) begin
      lines_q  <= 4'd0;
      deltas_q <= 4'd0;
    end else begin
      lines_q  <= lines_i;
      deltas_q <= (read_i ? 4'd0 : deltas_q) | edges;
    end
  end

endmodule

`default_nettype wire
