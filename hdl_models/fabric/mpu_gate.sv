// SPDX-License-Identifier: Apache-2.0
// Address channel of axi_mpu: holds one address with the verdict on it; one clock of latency.
`default_nettype none

module mpu_gate #(
  parameter [31:0] GUARD_BASE  = 32'h4000_0000,
  parameter [31:0] GUARD_LIMIT = 32'hFFFF_FFFF
) (
  input  wire         clk_i,
  input  wire         rst_ni,
  input  wire [3:0]   enable_i,
  input  wire [255:0] base_i,
  input  wire [255:0] limit_i,

  input  wire [3:0]   id_i,
  input  wire [31:0]  addr_i,
  input  wire [7:0]   len_i,
  input  wire [2:0]   size_i,
  input  wire [1:0]   burst_i,
  input  wire         valid_i,
  output wire         ready_o,

  output reg  [3:0]   id_o,
  output reg  [31:0]  addr_o,
  output reg  [7:0]   len_o,
  output reg  [2:0]   size_o,
  output reg  [1:0]   burst_o,
  output reg          valid_o,
  input  wire         ready_i,

  output reg          refuse_o,    // the verdict on the address held
  output wire         refused_o    // a refused address leaves in this clock: count it
);

  wire refuse;

  mpu_verdict #(.GUARD_BASE(GUARD_BASE), .GUARD_LIMIT(GUARD_LIMIT)) u_verdict (
    .enable_i, .base_i, .limit_i, .master_i(id_i), .addr_i, .len_i, .size_i, .refuse_o(refuse)
  );

  assign ready_o   = !valid_o;
  assign refused_o = valid_o && ready_i && refuse_o;

  always @(posedge clk_i) begin
    if (!rst_ni) begin
      valid_o <= 1'b0;
    end else if (ready_o && valid_i) begin
      valid_o  <= 1'b1;
      id_o     <= id_i;
      addr_o   <= addr_i;
      len_o    <= len_i;
      size_o   <= size_i;
      burst_o  <= burst_i;
      refuse_o <= refuse;
    end else if (ready_i) begin
      valid_o <= 1'b0;
    end
  end

endmodule

`default_nettype wire
