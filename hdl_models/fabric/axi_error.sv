// SPDX-License-Identifier: Apache-2.0
// AXI4 slave that refuses everything: swallows the write data, answers every beat with RESP.
//
// Latency: rvalid one clock after the AR handshake, a beat a cycle, data 0; bvalid one clock after
// the last W beat.
`default_nettype none

module axi_error #(
  parameter [1:0] RESP = 2'd3   // 2 SLVERR, 3 DECERR
) (
  input  wire        write_clk_i,  // may rest while no write is under way
  input  wire        read_clk_i,   // may rest while no read is under way
  input  wire        rst_ni,

  input  wire [3:0]  s_axi_awid,
  input  wire        s_axi_awvalid,
  output wire        s_axi_awready,
  input  wire        s_axi_wlast,
  input  wire        s_axi_wvalid,
  output wire        s_axi_wready,
  output wire [3:0]  s_axi_bid,
  output wire [1:0]  s_axi_bresp,
  output wire        s_axi_bvalid,
  input  wire        s_axi_bready,

  input  wire [3:0]  s_axi_arid,
  input  wire [7:0]  s_axi_arlen,
  input  wire        s_axi_arvalid,
  output wire        s_axi_arready,
  output wire [3:0]  s_axi_rid,
  output wire [63:0] s_axi_rdata,
  output wire [1:0]  s_axi_rresp,
  output wire        s_axi_rlast,
  output wire        s_axi_rvalid,
  input  wire        s_axi_rready
);

  localparam [1:0] IDLE = 2'd0, DATA = 2'd1, RESPOND = 2'd2;

  reg [1:0] write_q;    // state of the write side
  reg [3:0] write_id_q;
  reg       read_q;     // the read side is answering
  reg [3:0] read_id_q;
  reg [7:0] left_q;     // beats after the one on the R channel

  assign s_axi_awready = (write_q == IDLE);
  assign s_axi_wready  = (write_q == DATA);
  assign s_axi_bvalid  = (write_q == RESPOND);
  assign s_axi_bid     = write_id_q;
  assign s_axi_bresp   = RESP;

  assign s_axi_arready = !read_q;
  assign s_axi_rvalid  = read_q;
  assign s_axi_rid     = read_id_q;
  assign s_axi_rdata   = 64'd0;
  assign s_axi_rresp   = RESP;
  assign s_axi_rlast   = (left_q == 8'd0);

  always @(posedge write_clk_i) begin
    if (!rst_ni) begin
      write_q <= IDLE;
    end else begin
      case (write_q)
        IDLE: if (s_axi_awvalid) begin
          write_q    <= DATA;
          write_id_q <= s_axi_awid;
        end
        DATA:    if (s_axi_wvalid && s_axi_wlast) write_q <= RESPOND;
        default: if (s_axi_bready) write_q <= IDLE;
      endcase
    end
  end

  always @(posedge read_clk_i) begin
    if (!rst_ni) begin
      read_q <= 1'b0;
    end else if (s_axi_arready && s_axi_arvalid) begin
      read_q    <= 1'b1;
      read_id_q <= s_axi_arid;
      left_q    <= s_axi_arlen;
    end else if (read_q && s_axi_rready) begin
      read_q <= !s_axi_rlast;
      left_q <= left_q - 8'd1;
    end
  end

endmodule

`default_nettype wire
