// SPDX-License-Identifier: Apache-2.0
// Read side of axi_ram: takes AR and streams an R beat a cycle; one burst at a time.
`default_nettype none

module axi_ram_read #(
  parameter [31:0]  BASE  = 32'h4000_0000,
  parameter [31:0]  BYTES = 32'h0080_0000,
  parameter integer INDEX = 20               // bits of a word index
) (
  input  wire             clk_i,
  input  wire             rst_ni,

  input  wire [3:0]       s_axi_arid,
  input  wire [31:0]      s_axi_araddr,
  input  wire [7:0]       s_axi_arlen,
  input  wire [2:0]       s_axi_arsize,
  input  wire [1:0]       s_axi_arburst,
  input  wire             s_axi_arvalid,
  output wire             s_axi_arready,
  output wire [3:0]       s_axi_rid,
  output wire [1:0]       s_axi_rresp,
  output wire             s_axi_rlast,
  output wire             s_axi_rvalid,
  input  wire             s_axi_rready,

  output wire [INDEX-1:0] index_o,           // word of the beat that comes next
  output wire             enable_o           // fetch it now
);

  reg        valid_q;
  reg [3:0]  id_q;
  reg [31:0] offset_q;   // of the beat on the R channel; right to the word if unaligned
  reg [2:0]  size_q;
  reg [1:0]  resp_q;
  reg [7:0]  left_q;     // beats after the one on the R channel

  wire [1:0] resp;
  axi_ram_burst #(.BASE(BASE), .BYTES(BYTES)) u_burst (
    .addr_i(s_axi_araddr), .len_i(s_axi_arlen), .size_i(s_axi_arsize),
    .burst_i(s_axi_arburst), .resp_o(resp)
  );

  // verilator tracing_off
  wire        start = s_axi_arvalid && !valid_q;
  wire        taken = valid_q && s_axi_rready;
  wire [31:0] next  = offset_q + (32'd1 << size_q);
  wire [31:0] fetch = start ? s_axi_araddr - BASE : next;
  // verilator tracing_on

  assign s_axi_arready = !valid_q;
  assign s_axi_rvalid  = valid_q;
  assign s_axi_rid     = id_q;
  assign s_axi_rresp   = resp_q;
  assign s_axi_rlast   = (left_q == 8'd0);
  assign index_o       = fetch[INDEX+2:3];
  assign enable_o      = start ? (resp == 2'd0) : (taken && !s_axi_rlast && resp_q == 2'd0);

  always @(posedge clk_i) begin
    if (!rst_ni) begin
      valid_q <= 1'b0;
    end else if (start) begin
      valid_q  <= 1'b1;
      id_q     <= s_axi_arid;
      offset_q <= fetch;
      size_q   <= s_axi_arsize;
      resp_q   <= resp;
      left_q   <= s_axi_arlen;
    end else if (taken) begin
      valid_q  <= !s_axi_rlast;
      offset_q <= fetch;
      left_q   <= left_q - 8'd1;
    end
  end

endmodule

`default_nettype wire
