// SPDX-License-Identifier: Apache-2.0
// The other end of the serial cable: an 8N1 receiver and transmitter with a byte interface.
//
// Its bit time is that of its own crystal (868 clocks of 10 ns: 115200 baud). The UART at the other
// end has 16 * 13 / 24 MHz = 866.67 clocks; reading each bit at its middle bears the difference.
`default_nettype none

module uart_terminal #(
  parameter int CLOCKS_PER_BIT = 868
) (
  input  wire        clk_i,
  input  wire        rst_ni,

  input  wire        rxd_i,
  output logic       txd_o,

  output logic       rx_valid_o,  // one clock a received character
  output logic [7:0] rx_data_o,
  output logic       rx_error_o,  // with rx_valid_o: the stop bit was low

  input  wire        tx_valid_i,
  input  wire  [7:0] tx_data_i,
  output wire        tx_ready_o,
  output wire        active_o     // a character is on the line, either way
);

  localparam int WIDTH = $clog2(CLOCKS_PER_BIT);
  localparam logic [WIDTH-1:0] BIT      = WIDTH'(CLOCKS_PER_BIT - 1);
  localparam logic [WIDTH-1:0] HALF_BIT = WIDTH'(CLOCKS_PER_BIT / 2 - 1);

  // ---------------------------------------------------------------------------------------------
  // Receiver

  logic [1:0]       sync_q;
  logic             rx_active_q;
  logic             rx_wait_high_q;  // after a low stop bit
  logic [3:0]       rx_bit_q;        // 0 start, 1 to 8 data, 9 stop
  logic [WIDTH-1:0] rx_clocks_q;

  wire line = sync_q[1];

  assign active_o = rx_active_q || rx_valid_o || sync_q != 2'b11 || !tx_ready_o;

  always @(posedge clk_i) begin
    if (!rst_ni) sync_q <= 2'b11;
    else sync_q <= {sync_q[0], rxd_i};
  end

  always @(posedge clk_i) begin
    if (!rst_ni) begin
      rx_active_q    <= 1'b0;
      rx_wait_high_q <= 1'b0;
      rx_bit_q       <= 4'd0;
      rx_clocks_q    <= '0;
      rx_valid_o     <= 1'b0;
      rx_data_o      <= 8'd0;
      rx_error_o     <= 1'b0;
    end else begin
      rx_valid_o <= 1'b0;
      if (!rx_active_q) begin
        rx_clocks_q    <= HALF_BIT;
        rx_bit_q       <= 4'd0;
        rx_active_q    <= !line && !rx_wait_high_q;
        rx_wait_high_q <= !line && rx_wait_high_q;
      end else if (rx_clocks_q != '0) begin
        rx_clocks_q <= rx_clocks_q - 1'b1;
      end else begin
        rx_clocks_q <= BIT;
        rx_bit_q    <= rx_bit_q + 4'd1;
        if (rx_bit_q == 4'd0) begin
          rx_active_q <= !line;
        end else if (rx_bit_q != 4'd9) begin
          rx_data_o <= {line, rx_data_o[7:1]};
        end else begin
          rx_active_q    <= 1'b0;
          rx_wait_high_q <= !line;
          rx_valid_o     <= 1'b1;
          rx_error_o     <= !line;
        end
      end
    end
  end

  // ---------------------------------------------------------------------------------------------
  // Transmitter

  logic [8:0]       tx_shift_q;  // data and stop bit, next in bit 0
  logic [3:0]       tx_bits_q;   // bits still to be ended, 0: idle
  logic [WIDTH-1:0] tx_clocks_q;

  assign tx_ready_o = tx_bits_q == 4'd0;

  always @(posedge clk_i) begin
    if (!rst_ni) begin
      tx_shift_q  <= '1;
      tx_bits_q   <= 4'd0;
      tx_clocks_q <= '0;
      txd_o       <= 1'b1;
    end else if (tx_ready_o) begin
      if (tx_valid_i) begin
        tx_shift_q  <= {1'b1, tx_data_i};
        tx_bits_q   <= 4'd10;
        tx_clocks_q <= BIT;
        txd_o       <= 1'b0;
      end
    end else if (tx_clocks_q != '0) begin
      tx_clocks_q <= tx_clocks_q - 1'b1;
    end else begin
      tx_clocks_q <= BIT;
      tx_bits_q   <= tx_bits_q - 4'd1;
      tx_shift_q  <= {1'b1, tx_shift_q[8:1]};
      txd_o       <= tx_shift_q[0];
    end
  end

endmodule

`default_nettype wire
