// SPDX-License-Identifier: Apache-2.0
// Joins N AXI4 masters to one; the index of the master becomes AxID behind the arbiter.
//
// Reads and writes are arbitrated independently, round-robin, one transaction each at a time: a
// grant lasts from the address to B or to the last R beat. A master waits for N - 1 transactions of
// others at most. Arbitration takes one clock; between transactions of masters that wait there is
// no idle clock. A master gets its own IDs back.
`default_nettype none

module axi_arbiter #(
  parameter integer N = 4   // masters, 2 to 16
) (
  input  wire            write_clk_i,  // may rest while no write is under way
  input  wire            read_clk_i,   // may rest while no read is under way
  input  wire            rst_ni,

  // verilator tracing_off
  input  wire [N*4-1:0]  s_axi_awid,
  input  wire [N*32-1:0] s_axi_awaddr,
  input  wire [N*8-1:0]  s_axi_awlen,
  input  wire [N*3-1:0]  s_axi_awsize,
  input  wire [N*2-1:0]  s_axi_awburst,
  input  wire [N-1:0]    s_axi_awvalid,
  output wire [N-1:0]    s_axi_awready,
  input  wire [N*64-1:0] s_axi_wdata,
  input  wire [N*8-1:0]  s_axi_wstrb,
  input  wire [N-1:0]    s_axi_wlast,
  input  wire [N-1:0]    s_axi_wvalid,
  output wire [N-1:0]    s_axi_wready,
  output wire [N*4-1:0]  s_axi_bid,
  output wire [N*2-1:0]  s_axi_bresp,
  output wire [N-1:0]    s_axi_bvalid,
  input  wire [N-1:0]    s_axi_bready,
  input  wire [N*4-1:0]  s_axi_arid,
  input  wire [N*32-1:0] s_axi_araddr,
  input  wire [N*8-1:0]  s_axi_arlen,
  input  wire [N*3-1:0]  s_axi_arsize,
  input  wire [N*2-1:0]  s_axi_arburst,
  input  wire [N-1:0]    s_axi_arvalid,
  output wire [N-1:0]    s_axi_arready,
  output wire [N*4-1:0]  s_axi_rid,
  output reg  [N*64-1:0] s_axi_rdata,
  output wire [N*2-1:0]  s_axi_rresp,
  output wire [N-1:0]    s_axi_rlast,
  output wire [N-1:0]    s_axi_rvalid,
  input  wire [N-1:0]    s_axi_rready,
  // verilator tracing_on

  output wire [3:0]      m_axi_awid,
  output wire [31:0]     m_axi_awaddr,
  output wire [7:0]      m_axi_awlen,
  output wire [2:0]      m_axi_awsize,
  output wire [1:0]      m_axi_awburst,
  output wire            m_axi_awvalid,
  input  wire            m_axi_awready,
  output wire [63:0]     m_axi_wdata,
  output wire [7:0]      m_axi_wstrb,
  output wire            m_axi_wlast,
  output wire            m_axi_wvalid,
  input  wire            m_axi_wready,
  input  wire [3:0]      m_axi_bid,
  input  wire [1:0]      m_axi_bresp,
  input  wire            m_axi_bvalid,
  output wire            m_axi_bready,
  output wire [3:0]      m_axi_arid,
  output wire [31:0]     m_axi_araddr,
  output wire [7:0]      m_axi_arlen,
  output wire [2:0]      m_axi_arsize,
  output wire [1:0]      m_axi_arburst,
  output wire            m_axi_arvalid,
  input  wire            m_axi_arready,
  input  wire [3:0]      m_axi_rid,
  input  wire [63:0]     m_axi_rdata,
  input  wire [1:0]      m_axi_rresp,
  input  wire            m_axi_rlast,
  input  wire            m_axi_rvalid,
  output wire            m_axi_rready
);

  localparam integer INDEX = $clog2(N);
  localparam [N-1:0] ONE   = 1;

  // The grants, and what of the granted transaction has been passed on.
  wire             writing, reading;
  wire [INDEX-1:0] w, r;
  reg              aw_done_q, w_done_q, ar_done_q;
  reg  [3:0]       bid_q, rid_q;

  wire write_done = m_axi_bvalid && m_axi_bready;
  wire read_done  = m_axi_rvalid && m_axi_rready && m_axi_rlast;

  round_robin #(.N(N), .INDEX(INDEX)) u_write_turn (
    .clk_i(write_clk_i), .rst_ni, .request_i(s_axi_awvalid), .done_i(write_done),
    .busy_o(writing), .grant_o(w)
  );
  round_robin #(.N(N), .INDEX(INDEX)) u_read_turn (
    .clk_i(read_clk_i), .rst_ni, .request_i(s_axi_arvalid), .done_i(read_done),
    .busy_o(reading), .grant_o(r)
  );

  // verilator tracing_off
  wire [N-1:0] write_to = writing ? ONE << w : {N{1'b0}};
  wire [N-1:0] read_to  = reading ? ONE << r : {N{1'b0}};
  wire         aw_open  = writing && !aw_done_q;
  wire         w_open   = writing && !w_done_q;
  wire         ar_open  = reading && !ar_done_q;
  // verilator tracing_on

  assign m_axi_awid    = 4'(w);
  assign m_axi_awaddr  = s_axi_awaddr[w*32 +: 32];
  assign m_axi_awlen   = s_axi_awlen[w*8 +: 8];
  assign m_axi_awsize  = s_axi_awsize[w*3 +: 3];
  assign m_axi_awburst = s_axi_awburst[w*2 +: 2];
  assign m_axi_awvalid = aw_open && s_axi_awvalid[w];
  assign s_axi_awready = write_to & {N{aw_open && m_axi_awready}};
  assign m_axi_wdata   = s_axi_wdata[w*64 +: 64];
  assign m_axi_wstrb   = s_axi_wstrb[w*8 +: 8];
  assign m_axi_wlast   = s_axi_wlast[w];
  assign m_axi_wvalid  = w_open && s_axi_wvalid[w];
  assign s_axi_wready  = write_to & {N{w_open && m_axi_wready}};
  assign s_axi_bid     = {N{bid_q}};
  assign s_axi_bresp   = {N{m_axi_bresp}};
  assign s_axi_bvalid  = write_to & {N{m_axi_bvalid}};
  assign m_axi_bready  = writing && s_axi_bready[w];

  assign m_axi_arid    = 4'(r);
  assign m_axi_araddr  = s_axi_araddr[r*32 +: 32];
  assign m_axi_arlen   = s_axi_arlen[r*8 +: 8];
  assign m_axi_arsize  = s_axi_arsize[r*3 +: 3];
  assign m_axi_arburst = s_axi_arburst[r*2 +: 2];
  assign m_axi_arvalid = ar_open && s_axi_arvalid[r];
  assign s_axi_arready = read_to & {N{ar_open && m_axi_arready}};
  assign s_axi_rid     = {N{rid_q}};
  assign s_axi_rresp   = {N{m_axi_rresp}};
  assign s_axi_rlast   = {N{m_axi_rlast}};
  assign s_axi_rvalid  = read_to & {N{m_axi_rvalid}};
  assign m_axi_rready  = reading && s_axi_rready[r];

  // A process: a wire would be passed on once for each master on Icarus.
  always @* s_axi_rdata = {N{m_axi_rdata}};

  always @(posedge write_clk_i) begin
    if (!rst_ni || write_done) begin
      aw_done_q <= 1'b0;
      w_done_q  <= 1'b0;
    end else begin
      if (m_axi_awvalid && m_axi_awready) begin
        aw_done_q <= 1'b1;
        bid_q     <= s_axi_awid[w*4 +: 4];
      end
      if (m_axi_wvalid && m_axi_wready && m_axi_wlast) w_done_q <= 1'b1;
    end
  end

  always @(posedge read_clk_i) begin
    if (!rst_ni || read_done) ar_done_q <= 1'b0;
    else if (m_axi_arvalid && m_axi_arready) begin
      ar_done_q <= 1'b1;
      rid_q     <= s_axi_arid[r*4 +: 4];
    end
  end

  // Responses come in order from the one transaction that is under way: their IDs say nothing new.
  wire unused = &{1'b0, m_axi_bid, m_axi_rid};

endmodule

`default_nettype wire
