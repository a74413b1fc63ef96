// SPDX-License-Identifier: Apache-2.0
// One PLIC context: its enable bits, its threshold, and the choice of its next interrupt.
//
// The search runs only in a clock in which update_i says that something has changed, so an idle
// PLIC costs a simulator nothing. As in the PLIC specification the claim register offers the best
// enabled pending source whatever the threshold; the threshold gates only the interrupt line.
`default_nettype none

module plic_target #(
  parameter int                  WIRED     = 3,
  parameter logic [WIRED*10-1:0] WIRED_IDS = {10'd130, 10'd33, 10'd32}  // ascending from the right
) (
  input  wire                clk_i,
  input  wire                rst_ni,

  input  wire                update_i,
  input  wire  [WIRED-1:0]   pending_i,
  input  wire  [WIRED*3-1:0] priority_i,

  input  wire                enable_write_i,
  input  wire  [WIRED-1:0]   enable_mask_i,
  input  wire  [WIRED-1:0]   enable_bits_i,
  input  wire                threshold_write_i,
  input  wire  [2:0]         threshold_i,

  output logic [WIRED-1:0]   enable_o /* verilator public_flat_rd */,
  output logic [2:0]         threshold_o /* verilator public_flat_rd */,
  output logic [9:0]         claim_id_o,    // 0: nothing to claim
  output logic [WIRED-1:0]   claim_source_o,  // the same, one bit a wired source
  output logic               eip_o
);

  logic [9:0]       best_id;
  logic [WIRED-1:0] best_source;
  logic [2:0]       best_priority;

  // From the highest id down with ">=", so that the lowest id wins among equal priorities.
  always @* begin
    best_id       = 10'd0;
    best_source   = '0;
    best_priority = 3'd0;
    if (update_i) begin
      for (int k = WIRED - 1; k >= 0; k = k - 1) begin
        if (pending_i[k] && enable_o[k] && priority_i[3*k +: 3] != 3'd0
            && priority_i[3*k +: 3] >= best_priority) begin
          best_id        = WIRED_IDS[10*k +: 10];
          best_source    = '0;
          best_source[k] = 1'b1;
          best_priority  = priority_i[3*k +: 3];
        end
      end
    end
  end

  always @(posedge clk_i) begin
    if (!rst_ni) begin
      claim_id_o     <= 10'd0;
      claim_source_o <= '0;
      eip_o          <= 1'b0;
    end else if (update_i) begin
      claim_id_o     <= best_id;
      claim_source_o <= best_source;
      eip_o          <= best_priority > threshold_o;
    end
  end

  always @(posedge clk_i) begin
    if (!rst_ni) enable_o <= '0;
    else if (enable_write_i)
      enable_o <= (enable_o & ~enable_mask_i) | (enable_bits_i & enable_mask_i);
  end

  always @(posedge clk_i) begin
    if (!rst_ni) threshold_o <= 3'd0;
    else if (threshold_write_i) threshold_o <= threshold_i;
  end

endmodule

`default_nettype wire
