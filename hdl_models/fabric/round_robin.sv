// SPDX-License-Identifier: Apache-2.0
// Grants one of N requesters at a time, in turn: after a grant all others come first.
//
// A request seen in one clock is granted in the next. done_i ends a grant; whoever waits then is
// granted in the following clock, without an idle one. A requester waits for N - 1 others at most.
`default_nettype none

module round_robin #(
  parameter integer N     = 4,
  parameter integer INDEX = 2     // bits of a requester's index
) (
  // verilator tracing_off
  input  wire             clk_i,
  input  wire             rst_ni,
  input  wire [N-1:0]     request_i,
  input  wire             done_i,      // the granted transaction ends in this clock
  output reg              busy_o,
  output reg  [INDEX-1:0] grant_o      // valid while busy_o
);

  localparam [N-1:0] ONE = 1;

  wire         any    = |request_i;
  wire [N-1:0] others = request_i & ~(ONE << grant_o);

  // Requesters with an index above the last granted one come before those from 0 on.
  function [INDEX-1:0] next(input [N-1:0] request, input [INDEX-1:0] last);
    integer i;
    begin
      next = last;
      for (i = N - 1; i >= 0; i = i - 1) begin
        if (request[i] && i[INDEX-1:0] <= last) next = i[INDEX-1:0];
      end
      for (i = N - 1; i >= 0; i = i - 1) begin
        if (request[i] && i[INDEX-1:0] > last) next = i[INDEX-1:0];
      end
    end
  endfunction

  always @(posedge clk_i) begin
    if (!rst_ni) begin
      busy_o  <= 1'b0;
      grant_o <= {INDEX{1'b0}};
    end else if (!busy_o || done_i) begin
      busy_o <= any;
      if (|others) grant_o <= next(others, grant_o);
    end
  end

endmodule

`default_nettype wire
