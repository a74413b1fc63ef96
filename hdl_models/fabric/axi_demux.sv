// SPDX-License-Identifier: Apache-2.0
// Sends the transactions of one AXI4 master to one of N targets; handshakes and responses only.
//
// The payloads of AW, W and AR need no gate: the parent wires them to all targets. Reads and writes
// are independent; each is locked to its target from the address handshake until the last response
// beat, so responses cannot overtake each other. Adds no clock to AR and R; W follows AW by one.
`default_nettype none

module axi_demux #(
  parameter integer N      = 2,   // targets
  parameter integer SELECT = 1    // bits of a target's index
) (
  // verilator tracing_off
  input  wire              write_clk_i,  // may rest while no write is under way
  input  wire              read_clk_i,   // may rest while no read is under way
  input  wire              rst_ni,

  input  wire [SELECT-1:0] aw_select_i,   // target of the address on the AW channel
  input  wire [SELECT-1:0] ar_select_i,   // target of the address on the AR channel

  input  wire              s_axi_awvalid,
  output wire              s_axi_awready,
  input  wire              s_axi_wlast,
  input  wire              s_axi_wvalid,
  output wire              s_axi_wready,
  output wire [3:0]        s_axi_bid,
  output wire [1:0]        s_axi_bresp,
  output wire              s_axi_bvalid,
  input  wire              s_axi_bready,
  input  wire              s_axi_arvalid,
  output wire              s_axi_arready,
  output wire [3:0]        s_axi_rid,
  output wire [63:0]       s_axi_rdata,
  output wire [1:0]        s_axi_rresp,
  output wire              s_axi_rlast,
  output wire              s_axi_rvalid,
  input  wire              s_axi_rready,

  output wire [N-1:0]      m_axi_awvalid,
  input  wire [N-1:0]      m_axi_awready,
  output wire [N-1:0]      m_axi_wvalid,
  input  wire [N-1:0]      m_axi_wready,
  input  wire [N*4-1:0]    m_axi_bid,
  input  wire [N*2-1:0]    m_axi_bresp,
  input  wire [N-1:0]      m_axi_bvalid,
  output wire [N-1:0]      m_axi_bready,
  output wire [N-1:0]      m_axi_arvalid,
  input  wire [N-1:0]      m_axi_arready,
  input  wire [N*4-1:0]    m_axi_rid,
  input  wire [N*64-1:0]   m_axi_rdata,
  input  wire [N*2-1:0]    m_axi_rresp,
  input  wire [N-1:0]      m_axi_rlast,
  input  wire [N-1:0]      m_axi_rvalid,
  output wire [N-1:0]      m_axi_rready
);

  localparam [N-1:0] ONE = 1;

  reg              write_q, read_q;     // a transaction is under way
  reg              data_q;              // its last W beat has not been taken yet
  reg [SELECT-1:0] write_to_q, read_to_q;

  // Only a valid address has a target: ready is low, not X, while nothing drives the address.
  wire         aw_open = s_axi_awvalid && !write_q;
  wire         ar_open = s_axi_arvalid && !read_q;
  wire [N-1:0] aw_to = aw_open ? ONE << aw_select_i : {N{1'b0}};
  wire [N-1:0] b_to  = write_q ? ONE << write_to_q : {N{1'b0}};
  wire [N-1:0] w_to  = data_q ? b_to : {N{1'b0}};
  wire [N-1:0] ar_to = ar_open ? ONE << ar_select_i : {N{1'b0}};
  wire [N-1:0] r_to  = read_q ? ONE << read_to_q : {N{1'b0}};

  assign m_axi_awvalid = aw_to;
  assign s_axi_awready = |(aw_to & m_axi_awready);
  assign m_axi_wvalid  = w_to & {N{s_axi_wvalid}};
  assign s_axi_wready  = |(w_to & m_axi_wready);
  assign s_axi_bvalid  = |(b_to & m_axi_bvalid);
  assign m_axi_bready  = b_to & {N{s_axi_bready}};
  assign s_axi_bid     = m_axi_bid[write_to_q*4 +: 4];
  assign s_axi_bresp   = m_axi_bresp[write_to_q*2 +: 2];

  assign m_axi_arvalid = ar_to;
  assign s_axi_arready = |(ar_to & m_axi_arready);
  assign s_axi_rvalid  = |(r_to & m_axi_rvalid);
  assign m_axi_rready  = r_to & {N{s_axi_rready}};
  assign s_axi_rlast   = |(r_to & m_axi_rlast);
  assign s_axi_rid     = m_axi_rid[read_to_q*4 +: 4];
  assign s_axi_rdata   = m_axi_rdata[read_to_q*64 +: 64];
  assign s_axi_rresp   = m_axi_rresp[read_to_q*2 +: 2];

  always @(posedge write_clk_i) begin
    if (!rst_ni) begin
      write_q    <= 1'b0;
      write_to_q <= {SELECT{1'b0}};
    end else if (s_axi_awvalid && s_axi_awready) begin
      write_q    <= 1'b1;
      write_to_q <= aw_select_i;
    end else if (s_axi_bvalid && s_axi_bready) begin
      write_q <= 1'b0;
    end
  end

  always @(posedge write_clk_i) begin
    if (!rst_ni) data_q <= 1'b0;
    else if (s_axi_awvalid && s_axi_awready) data_q <= 1'b1;
    else if (s_axi_wvalid && s_axi_wready && s_axi_wlast) data_q <= 1'b0;
  end

  always @(posedge read_clk_i) begin
    if (!rst_ni) begin
      read_q    <= 1'b0;
      read_to_q <= {SELECT{1'b0}};
    end else if (s_axi_arvalid && s_axi_arready) begin
      read_q    <= 1'b1;
      read_to_q <= ar_select_i;
    end else if (s_axi_rvalid && s_axi_rready && s_axi_rlast) begin
      read_q <= 1'b0;
    end
  end

endmodule

`default_nettype wire
