// SPDX-License-Identifier: Apache-2.0
// Write side of axi_ram: takes AW, then a W beat a cycle, then answers B; one burst at a time.
`default_nettype none

module axi_ram_write #(
  parameter [31:0]  BASE  = 32'h4000_0000,
  parameter [31:0]  BYTES = 32'h0080_0000,
  parameter integer INDEX = 20               // bits of a word index
) (
  input  wire             clk_i,
  input  wire             rst_ni,

  input  wire [3:0]       s_axi_awid,
  input  wire [31:0]      s_axi_awaddr,
  input  wire [7:0]       s_axi_awlen,
  input  wire [2:0]       s_axi_awsize,
  input  wire [1:0]       s_axi_awburst,
  input  wire             s_axi_awvalid,
  output wire             s_axi_awready,
  input  wire             s_axi_wlast,
  input  wire             s_axi_wvalid,
  output wire             s_axi_wready,
  output wire [3:0]       s_axi_bid,
  output wire [1:0]       s_axi_bresp,
  output wire             s_axi_bvalid,
  input  wire             s_axi_bready,

  output wire [INDEX-1:0] index_o,           // word that the beat on the W channel goes to
  output wire             enable_o           // that beat is transferred now, and is to be written
);

  localparam [1:0] IDLE = 2'd0, DATA = 2'd1, RESPOND = 2'd2;

  reg [1:0]  state_q;
  reg [3:0]  id_q;
  reg [31:0] offset_q;   // of the beat, relative to BASE; right to the word if unaligned
  reg [2:0]  size_q;
  reg [1:0]  resp_q;

  wire [1:0] resp;
  axi_ram_burst #(.BASE(BASE), .BYTES(BYTES)) u_burst (
    .addr_i(s_axi_awaddr), .len_i(s_axi_awlen), .size_i(s_axi_awsize),
    .burst_i(s_axi_awburst), .resp_o(resp)
  );

  assign s_axi_awready = (state_q == IDLE);
  assign s_axi_wready  = (state_q == DATA);
  assign s_axi_bvalid  = (state_q == RESPOND);
  assign s_axi_bid     = id_q;
  assign s_axi_bresp   = resp_q;
  assign index_o       = offset_q[INDEX+2:3];
  assign enable_o      = s_axi_wready && s_axi_wvalid && (resp_q == 2'd0);

  always @(posedge clk_i) begin
    if (!rst_ni) begin
      state_q <= IDLE;
    end else begin
      case (state_q)
        IDLE: if (s_axi_awvalid) begin
          state_q  <= DATA;
          id_q     <= s_axi_awid;
          offset_q <= s_axi_awaddr - BASE;
          size_q   <= s_axi_awsize;
          resp_q   <= resp;
        end
        DATA: if (s_axi_wvalid) begin
          offset_q <= offset_q + (32'd1 << size_q);
          if (s_axi_wlast) state_q <= RESPOND;
        end
        default: if (s_axi_bready) state_q <= IDLE;
      endcase
    end
  end

endmodule

`default_nettype wire
