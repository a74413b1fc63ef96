# SPDX-License-Identifier: Apache-2.0
"""An edge of the clock by the parts of Verilator's eval(), or by eval() where they are missing."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from sim.build.native import NATIVE
from sim.build.toolchain import find_tool

TRIGGERS = "unsigned long long __VicoTriggered[1], __VactTriggered[1], __VnbaTriggered[1];"
PARTS = """
void Vtop___024root___eval_ico(Root* r) { if (r->__VicoTriggered[0]) std::puts("ico"); }
void Vtop___024root___eval_triggers_vec__act(Root* r) {
  std::puts("act");
  r->__VactTriggered[0] = r->rises;
}
void Vtop___024root___eval_nba(Root* r) { std::printf("nba %llx\\n", r->__VnbaTriggered[0]); }
"""
MAIN = """
#include <cstdio>
#include "verilator_edge.h"
void Vtop___024root___eval(Root*) { std::puts("eval"); }
%s
template <class Model> void edge(Model& model) {
  if (edges_are_known(model)) evaluate_edge<true>(model);
  else evaluate_edge<false>(model);
}
int main() {
  Root root{};
  for (root.rises = 0; root.rises < 7; root.rises += 5) edge(root);
}
"""
"""Two edges: one at which no clock rises, one at which clocks 0 and 2 do."""


def calls(folder: Path, members: str, functions: str) -> list[str]:
    """What a model with these members and functions is called for."""
    model = f"struct Vtop___024root {{ unsigned long long rises; {members} }};\n"
    (folder / "Vtop___024root.h").write_text(model)
    (folder / "main.cpp").write_text(MAIN % functions)
    command = [find_tool("g++"), "-std=gnu++20", f"-I{NATIVE}", "-I."]
    subprocess.run([*command, "-o", "main", "main.cpp"], cwd=folder, check=True)
    return subprocess.check_output([folder / "main"], text=True).splitlines()


def test_each_part_is_called_once(tmp_path: Path):
    assert calls(tmp_path, TRIGGERS, PARTS) == ["ico", "act", "ico", "act", "nba 5"]


def test_without_the_functions_it_is_eval(tmp_path: Path):
    assert calls(tmp_path, TRIGGERS, "") == ["eval", "eval"]


@pytest.mark.parametrize("members", ["", TRIGGERS.replace("[1]", "[2]")])
def test_without_their_data_it_is_eval(tmp_path: Path, members: str):
    names = ("eval_ico", "eval_triggers_vec__act", "eval_nba")
    functions = "".join(f"void Vtop___024root___{name}(Root*) {{}}\n" for name in names)
    assert calls(tmp_path, members, functions) == ["eval", "eval"]
