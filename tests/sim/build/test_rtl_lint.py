# SPDX-License-Identifier: Apache-2.0
"""The RTL lint finds what it is for: a clean module passes, a sloppy one is named with its line."""

from __future__ import annotations

from pathlib import Path

from sim.build.rtl_lint import lint

CLEAN = """`default_nettype none
module clean (
  input  wire clk_i,
  input  wire d_i,
  output reg  q_o
);
  always @(posedge clk_i) q_o <= d_i;
endmodule
`default_nettype wire
"""


def written(folder: Path, name: str, text: str) -> Path:
    path = folder / f"{name}.sv"
    path.write_text(text, encoding="utf-8")
    return path


def test_clean_module_has_no_messages(tmp_path: Path):
    assert lint(written(tmp_path, "clean", CLEAN), [tmp_path]) == []


def test_submodule_is_found_in_its_file(tmp_path: Path):
    written(tmp_path, "clean", CLEAN)
    outer = CLEAN.replace("output reg ", "output wire").replace("module clean", "module outer")
    body = "  clean inner (.clk_i(clk_i), .d_i(d_i), .q_o(q_o));"
    outer = outer.replace("  always @(posedge clk_i) q_o <= d_i;", body)
    assert lint(written(tmp_path, "outer", outer), [tmp_path]) == []


def test_unused_input_is_named(tmp_path: Path):
    text = CLEAN.replace("module clean", "module sloppy").replace("d_i;", "1'b0;")
    (message,) = lint(written(tmp_path, "sloppy", text), [tmp_path])
    assert message.startswith("verilator, top sloppy:\n%Warning-UNUSEDSIGNAL: ")
    assert "sloppy.sv:4:15: Signal is not used: 'd_i'" in message


def test_syntax_error_is_reported_by_every_tool(tmp_path: Path):
    text = CLEAN.replace("module clean", "module broken").replace("endmodule", "endmodul")
    messages = lint(written(tmp_path, "broken", text), [tmp_path])
    assert messages and all("broken.sv:" in message for message in messages)
