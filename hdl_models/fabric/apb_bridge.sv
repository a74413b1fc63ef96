// SPDX-License-Identifier: Apache-2.0
// Single AXI4 beats to APB accesses, the engine of axi_to_apb.
`default_nettype none

module apb_bridge (
  input  wire        clk_i,
  input  wire        rst_ni,

  input  wire [3:0]  s_axi_awid,
  input  wire [31:0] s_axi_awaddr,
  input  wire [2:0]  s_axi_awsize,
  input  wire        s_axi_awvalid,
  output wire        s_axi_awready,
  input  wire [63:0] s_axi_wdata,
  input  wire [7:0]  s_axi_wstrb,
  input  wire        s_axi_wvalid,
  output wire        s_axi_wready,
  output wire [3:0]  s_axi_bid,
  output wire [1:0]  s_axi_bresp,
  output wire        s_axi_bvalid,
  input  wire        s_axi_bready,
  input  wire [3:0]  s_axi_arid,
  input  wire [31:0] s_axi_araddr,
  input  wire [2:0]  s_axi_arsize,
  input  wire        s_axi_arvalid,
  output wire        s_axi_arready,
  output wire [3:0]  s_axi_rid,
  output wire [63:0] s_axi_rdata,
  output wire [1:0]  s_axi_rresp,
  output wire        s_axi_rvalid,
  input  wire        s_axi_rready,

  output wire [31:0] m_apb_paddr,
  output wire        m_apb_psel,
  output wire        m_apb_penable,
  output wire        m_apb_pwrite,
  output wire [31:0] m_apb_pwdata,
  output wire [3:0]  m_apb_pstrb,
  input  wire        m_apb_pready,
  input  wire [31:0] m_apb_prdata,
  input  wire        m_apb_pslverr,
  input  wire        m_apb_decerr_i
);

  localparam [2:0] IDLE = 3'd0, DATA = 3'd1, SETUP = 3'd2, ACCESS = 3'd3, RESPOND = 3'd4;
  localparam [1:0] OKAY = 2'd0, SLVERR = 2'd2, DECERR = 2'd3;
  localparam [2:0] EIGHT_BYTES = 3'd3;

  reg [2:0]  state_q /* verilator public_flat_rd */;
  reg        write_q;     // what is done, or was done last
  reg [3:0]  id_q;
  reg [28:0] dword_q;     // address / 8
  reg        upper_q;     // the word that is accessed
  reg        more_q;      // the upper word follows
  reg [63:0] data_q;
  reg [7:0]  strb_q;
  reg [1:0]  resp_q;

  // Whoever was served last gives way.
  wire take_write = (state_q == IDLE) && s_axi_awvalid && !(s_axi_arvalid && write_q);
  wire take_read  = (state_q == IDLE) && s_axi_arvalid && !take_write;

  wire [31:0] addr = take_write ? s_axi_awaddr : s_axi_araddr;
  wire [2:0]  size = take_write ? s_axi_awsize : s_axi_arsize;
  wire [1:0]  resp = m_apb_decerr_i ? DECERR : (m_apb_pslverr ? SLVERR : OKAY);

  assign s_axi_awready = take_write;
  assign s_axi_arready = take_read;
  assign s_axi_wready  = (state_q == DATA);
  assign s_axi_bvalid  = (state_q == RESPOND) && write_q;
  assign s_axi_rvalid  = (state_q == RESPOND) && !write_q;
  assign s_axi_bid     = id_q;
  assign s_axi_rid     = id_q;
  assign s_axi_bresp   = resp_q;
  assign s_axi_rresp   = resp_q;
  assign s_axi_rdata   = data_q;

  assign m_apb_psel    = (state_q == SETUP) || (state_q == ACCESS);
  assign m_apb_penable = (state_q == ACCESS);
  assign m_apb_pwrite  = write_q;
  assign m_apb_paddr   = {dword_q, upper_q, 2'd0};
  assign m_apb_pwdata  = upper_q ? data_q[63:32] : data_q[31:0];
  assign m_apb_pstrb   = !write_q ? 4'd0 : (upper_q ? strb_q[7:4] : strb_q[3:0]);

  always @(posedge clk_i) begin
    if (!rst_ni) begin
      state_q <= IDLE;
      write_q <= 1'b0;
    end else begin
      case (state_q)
        IDLE: if (take_write || take_read) begin
          state_q <= take_write ? DATA : SETUP;
          write_q <= take_write;
          id_q    <= take_write ? s_axi_awid : s_axi_arid;
          dword_q <= addr[31:3];
          upper_q <= addr[2];
          more_q  <= (size == EIGHT_BYTES) && !addr[2];
          data_q  <= 64'd0;
        end
        DATA: if (s_axi_wvalid) begin
          state_q <= SETUP;
          data_q  <= s_axi_wdata;
          strb_q  <= s_axi_wstrb;
        end
        SETUP: state_q <= ACCESS;
        ACCESS: if (m_apb_pready) begin
          state_q <= (more_q && resp == OKAY) ? SETUP : RESPOND;
          upper_q <= 1'b1;
          more_q  <= 1'b0;
          resp_q  <= resp;
          if (!write_q && upper_q) data_q[63:32] <= m_apb_prdata;
          if (!write_q && !upper_q) data_q[31:0] <= m_apb_prdata;
        end
        default: if (write_q ? s_axi_bready : s_axi_rready) state_q <= IDLE;
      endcase
    end
  end

  wire unused = &{1'b0, addr[1:0]};

endmodule

`default_nettype wire
