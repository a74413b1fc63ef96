// SPDX-License-Identifier: Apache-2.0
// Platform-level interrupt controller, with one context for each of HARTS harts.
//
// Standard offsets: priority 4*id, pending 0x1000, enable 0x2000 + 0x80*context, threshold and
// claim/complete 0x20_0000 + 0x1000*context. Only the contexts in CONTEXTS and the sources in
// WIRED_IDS have state; all others read 0 and ignore writes, as a source without a device does
// under WARL rules. Register map: ../registers/plic.rdl.
`default_nettype none

module plic #(
  parameter int                  HARTS     = 4,
  parameter logic [HARTS*5-1:0]  CONTEXTS  = {5'd8, 5'd6, 5'd4, 5'd2},  // the first one rightmost
  parameter int                  WIRED     = 3,
  parameter logic [WIRED*10-1:0] WIRED_IDS = {10'd130, 10'd33, 10'd32}  // ascending from the right
) (
  input  wire              clk_i,
  input  wire              rst_ni,

  input  wire  [25:0]      s_apb_paddr,
  input  wire              s_apb_psel,
  input  wire              s_apb_penable,
  input  wire              s_apb_pwrite,
  input  wire  [31:0]      s_apb_pwdata,
  input  wire  [3:0]       s_apb_pstrb,
  output wire              s_apb_pready,
  output logic [31:0]      s_apb_prdata,
  output wire              s_apb_pslverr,

  input  wire  [WIRED-1:0] irq_i,  // level; irq_i[k] is source id WIRED_IDS[10*k +: 10]
  output wire  [HARTS-1:0] eip_o   // eip_o[k] is the line of context CONTEXTS[5*k +: 5]
);

  // ---------------------------------------------------------------------------------------------
  // Bus: reads are sampled (and claims made) in the setup phase, writes are done in the access
  // phase, no wait states. Two claims are two clocks apart: the second sees the search redone.

  wire read  = s_apb_psel && !s_apb_penable && !s_apb_pwrite;
  wire write = s_apb_psel && s_apb_penable && s_apb_pwrite;

  wire [13:0] page       = s_apb_paddr[25:12];
  wire [9:0]  word       = s_apb_paddr[11:2];
  wire        in_prio    = page == 14'h0000;
  wire        in_pending = page == 14'h0001 && word[9:5] == 5'd0;
  wire        in_enable  = page == 14'h0002;
  wire        in_context = page[13:9] == 5'd1;

  assign s_apb_pready  = 1'b1;
  assign s_apb_pslverr = 1'b0;

  // ---------------------------------------------------------------------------------------------
  // Sources: a gateway each, pending bit, priority

  logic [WIRED-1:0]   pending_q /* verilator public_flat_rd */;
  // Forwarded by the gateway and not completed yet.
  logic [WIRED-1:0]   in_flight_q /* verilator public_flat_rd */;
  logic [WIRED*3-1:0] priority_q /* verilator public_flat_rd */;

  wire  [WIRED-1:0]   forward = irq_i & ~in_flight_q & ~pending_q;
  wire  [WIRED-1:0]   word_hit;     // this source's bit is in the addressed pending/enable word
  wire  [WIRED-1:0]   wdata_bit;
  wire  [WIRED-1:0]   wdata_strb;
  wire  [WIRED-1:0]   prio_hit;
  wire  [WIRED-1:0]   wdata_is_id;
  logic [WIRED-1:0]   claimed;
  logic [WIRED-1:0]   completed;

  for (genvar k = 0; k < WIRED; k++) begin : g_source
    localparam logic [9:0] ID = WIRED_IDS[10*k +: 10];

    assign word_hit[k]    = word[4:0] == ID[9:5];
    assign wdata_bit[k]   = s_apb_pwdata[ID[4:0]];
    assign wdata_strb[k]  = s_apb_pstrb[ID[4:3]];
    assign prio_hit[k]    = in_prio && word == ID;
    assign wdata_is_id[k] = s_apb_pwdata == {22'd0, ID};

    always @(posedge clk_i) begin
      if (!rst_ni) priority_q[3*k +: 3] <= 3'd0;
      else if (write && prio_hit[k] && s_apb_pstrb[0]) priority_q[3*k +: 3] <= s_apb_pwdata[2:0];
    end
  end

  always @(posedge clk_i) begin
    if (!rst_ni) begin
      pending_q   <= '0;
      in_flight_q <= '0;
    end else begin
      pending_q   <= (pending_q | forward) & ~claimed;
      in_flight_q <= (in_flight_q | forward) & ~completed;
    end
  end

  logic update_q;  // something that a choice depends on has changed in the last clock

  always @(posedge clk_i) begin
    if (!rst_ni) update_q <= 1'b0;
    else update_q <= write || (read && in_context) || forward != '0;
  end

  // ---------------------------------------------------------------------------------------------
  // Targets

  wire [HARTS*WIRED-1:0] enable;
  wire [HARTS*WIRED-1:0] claim_source;
  wire [HARTS*3-1:0]     threshold;
  wire [HARTS*10-1:0]    claim_id;
  wire [HARTS-1:0]       enable_hit;
  wire [HARTS-1:0]       threshold_hit;
  wire [HARTS-1:0]       claim_hit;

  for (genvar t = 0; t < HARTS; t++) begin : g_target
    localparam logic [4:0] CONTEXT = CONTEXTS[5*t +: 5];

    wire hit = in_context && s_apb_paddr[20:12] == {4'd0, CONTEXT};

    assign enable_hit[t]    = in_enable && s_apb_paddr[11:7] == CONTEXT;
    assign threshold_hit[t] = hit && word == 10'd0;
    assign claim_hit[t]     = hit && word == 10'd1;

    plic_target #(
      .WIRED    (WIRED),
      .WIRED_IDS(WIRED_IDS)
    ) u_target (
      .clk_i,
      .rst_ni,
      .update_i         (update_q),
      .pending_i        (pending_q),
      .priority_i       (priority_q),
      .enable_write_i   (write && enable_hit[t]),
      .enable_mask_i    (word_hit & wdata_strb),
      .enable_bits_i    (wdata_bit),
      .threshold_write_i(write && threshold_hit[t] && s_apb_pstrb[0]),
      .threshold_i      (s_apb_pwdata[2:0]),
      .enable_o         (enable[WIRED*t +: WIRED]),
      .threshold_o      (threshold[3*t +: 3]),
      .claim_id_o       (claim_id[10*t +: 10]),
      .claim_source_o   (claim_source[WIRED*t +: WIRED]),
      .eip_o            (eip_o[t])
    );
  end

  // A claim takes the pending bit away. A completion opens the gateway again, if the context that
  // completes has the source enabled (PLIC specification, "Interrupt Completion").
  always @* begin
    claimed   = '0;
    completed = '0;
    if (in_context && s_apb_psel) begin
      for (int t = 0; t < HARTS; t = t + 1) begin
        if (read && claim_hit[t]) claimed = claim_source[WIRED*t +: WIRED];
        if (write && claim_hit[t]) completed = wdata_is_id & enable[WIRED*t +: WIRED];
      end
    end
  end

  // ---------------------------------------------------------------------------------------------
  // Read data

  logic [31:0] read_data;

  always @* begin
    read_data = '0;
    if (read) begin
      for (int k = 0; k < WIRED; k = k + 1) begin
        if (prio_hit[k]) read_data[2:0] = priority_q[3*k +: 3];
        if (in_pending && word_hit[k]) read_data[WIRED_IDS[10*k +: 5]] = pending_q[k];
        for (int t = 0; t < HARTS; t = t + 1)
          if (enable_hit[t] && word_hit[k]) read_data[WIRED_IDS[10*k +: 5]] = enable[WIRED*t + k];
      end
      for (int t = 0; t < HARTS; t = t + 1) begin
        if (threshold_hit[t]) read_data[2:0] = threshold[3*t +: 3];
        if (claim_hit[t]) read_data[9:0] = claim_id[10*t +: 10];
      end
    end
  end

  always @(posedge clk_i) begin
    if (!rst_ni) s_apb_prdata <= '0;
    else if (read) s_apb_prdata <= read_data;
  end

  wire unused = &{1'b0, s_apb_paddr[1:0]};

endmodule

`default_nettype wire
