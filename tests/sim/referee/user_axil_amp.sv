// SPDX-License-Identifier: Apache-2.0
// Test top: a small AMP system with a memory of two AXI4-Lite ports of 32 bits, one for each side,
// and two doorbell words in it, which raise and clear (1, 0) the interrupt of the other side.
`default_nettype none

module user_axil_amp #(
  parameter integer    WORDS    = 8192,  // a power of 2; the memory repeats
  parameter [31:0]     DOORBELL = 32'h8000_7000  // for the RTOS; Linux's is the next word
) (
  input  wire        clk_i,
  input  wire        rst_ni,
  input  wire        deaf_i,
  input  wire        false_i,
  output wire        irq_rtos_o,
  output wire        irq_linux_o,

  input  wire [31:0] linux_axil_awaddr,
  input  wire [2:0]  linux_axil_awprot,
  input  wire        linux_axil_awvalid,
  output wire        linux_axil_awready,
  input  wire [31:0] linux_axil_wdata,
  input  wire [3:0]  linux_axil_wstrb,
  input  wire        linux_axil_wvalid,
  output wire        linux_axil_wready,
  output wire [1:0]  linux_axil_bresp,
  output wire        linux_axil_bvalid,
  input  wire        linux_axil_bready,
  input  wire [31:0] linux_axil_araddr,
  input  wire [2:0]  linux_axil_arprot,
  input  wire        linux_axil_arvalid,
  output wire        linux_axil_arready,
  output wire [31:0] linux_axil_rdata,
  output wire [1:0]  linux_axil_rresp,
  output wire        linux_axil_rvalid,
  input  wire        linux_axil_rready,

  input  wire [31:0] rtos_axil_awaddr,
  input  wire [2:0]  rtos_axil_awprot,
  input  wire        rtos_axil_awvalid,
  output wire        rtos_axil_awready,
  input  wire [31:0] rtos_axil_wdata,
  input  wire [3:0]  rtos_axil_wstrb,
  input  wire        rtos_axil_wvalid,
  output wire        rtos_axil_wready,
  output wire [1:0]  rtos_axil_bresp,
  output wire        rtos_axil_bvalid,
  input  wire        rtos_axil_bready,
  input  wire [31:0] rtos_axil_araddr,
  input  wire [2:0]  rtos_axil_arprot,
  input  wire        rtos_axil_arvalid,
  output wire        rtos_axil_arready,
  output wire [31:0] rtos_axil_rdata,
  output wire [1:0]  rtos_axil_rresp,
  output wire        rtos_axil_rvalid,
  input  wire        rtos_axil_rready
);

  localparam integer Bits = $clog2(WORDS);

  reg  [31:0] memory [0:WORDS-1];
  reg  [1:0]  irq_q, bvalid_q, rvalid_q;
  reg  [63:0] rdata_q;

  // Linux's port is the first of each pair. An address and its data are taken together.
  wire [63:0] awaddr  = {rtos_axil_awaddr, linux_axil_awaddr};
  wire [63:0] wdata   = {rtos_axil_wdata, linux_axil_wdata};
  wire [7:0]  wstrb   = {rtos_axil_wstrb, linux_axil_wstrb};
  wire [63:0] araddr  = {rtos_axil_araddr, linux_axil_araddr};
  wire [1:0]  bready  = {rtos_axil_bready, linux_axil_bready};
  wire [1:0]  rready  = {rtos_axil_rready, linux_axil_rready};
  wire [1:0]  wtake   = {rtos_axil_awvalid, linux_axil_awvalid} & {rtos_axil_wvalid, linux_axil_wvalid}
                        & ~bvalid_q;
  wire [1:0]  rtake   = {rtos_axil_arvalid, linux_axil_arvalid} & ~rvalid_q;

  integer port, lane;
  always @(posedge clk_i) begin
    if (!rst_ni) begin
      irq_q    <= 2'd0;
      bvalid_q <= 2'd0;
      rvalid_q <= 2'd0;
    end else begin
      bvalid_q <= wtake | (bvalid_q & ~bready);
      rvalid_q <= rtake | (rvalid_q & ~rready);
      for (port = 0; port < 2; port = port + 1) begin
        if (rtake[port]) rdata_q[32*port +: 32] <= memory[araddr[32*port + 2 +: Bits]];
        for (lane = 0; lane < 4; lane = lane + 1)
          if (wtake[port] && wstrb[4*port + lane])
            memory[awaddr[32*port + 2 +: Bits]][8*lane +: 8] <= wdata[32*port + 8*lane +: 8];
        if (wtake[port] && wstrb[4*port]) begin
          if (awaddr[32*port +: 32] == DOORBELL) irq_q[0] <= wdata[32*port];
          if (awaddr[32*port +: 32] == DOORBELL + 4) irq_q[1] <= wdata[32*port];
        end
      end
    end
  end

  assign {rtos_axil_awready, linux_axil_awready} = wtake;
  assign {rtos_axil_wready, linux_axil_wready}  = wtake;
  assign {rtos_axil_bvalid, linux_axil_bvalid}  = bvalid_q;
  assign {rtos_axil_arready, linux_axil_arready} = rtake;
  assign {rtos_axil_rvalid, linux_axil_rvalid}  = rvalid_q;
  assign {rtos_axil_rdata, linux_axil_rdata}   = rdata_q;
  assign linux_axil_bresp = 2'd0;
  assign linux_axil_rresp = 2'd0;
  assign rtos_axil_bresp  = 2'd0;
  assign rtos_axil_rresp  = 2'd0;

  assign irq_rtos_o  = (irq_q[0] && !deaf_i) || false_i;
  assign irq_linux_o = irq_q[1] && !deaf_i;

endmodule

`default_nettype wire
