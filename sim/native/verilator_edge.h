// SPDX-License-Identifier: Apache-2.0
// One edge of the clock, by the functions that Verilator's eval() is made of.
//
// eval() calls each of them in a loop until nothing changes any more. Here each is called once, as
// this is all there is to do: the design has one clock; all others are gates of it, whose enables
// change only while it is low (hdl_models/fabric/clock_gate.sv), so what an edge changes makes no
// other clock rise. A third search for edges in every clock is left out, and two for changed inputs.
//
// The functions and what passes between them are Verilator's own business. A version of it that has
// others is given its eval() as a whole, as every run is where AMPSIM_WHOLE_EVAL is set; a test
// compares the two.
#ifndef AMPSIM_VERILATOR_EDGE_H
#define AMPSIM_VERILATOR_EDGE_H

#include <cstdlib>

#include "Vtop___024root.h"

using Root = Vtop___024root;

// The model without its wrapper, which takes two locks a call for threads and classes.
void Vtop___024root___eval(Root* root);

// What changed inputs change at once; which clocks have risen or fallen; what is done at that.
__attribute__((weak)) void Vtop___024root___eval_ico(Root* root);
__attribute__((weak)) void Vtop___024root___eval_triggers_vec__act(Root* root);
__attribute__((weak)) void Vtop___024root___eval_nba(Root* root);

template <class Model>
concept HasTriggers = requires(Model& model) {
  model.__VicoTriggered[0] = 1;
  model.__VnbaTriggered[0] = model.__VactTriggered[0];
  requires sizeof(model.__VicoTriggered) == sizeof(model.__VicoTriggered[0]);
  requires sizeof(model.__VactTriggered) == sizeof(model.__VactTriggered[0]);
};

// Whether evaluate_edge() is not just eval().
template <class Model>
bool edges_are_known(Model&) {
  if constexpr (HasTriggers<Model>)
    return Vtop___024root___eval_ico && Vtop___024root___eval_triggers_vec__act &&
           Vtop___024root___eval_nba && !std::getenv("AMPSIM_WHOLE_EVAL");
  return false;
}

// Evaluates the model after its clock has changed, and perhaps other inputs.
template <bool kKnown, class Model>
void evaluate_edge(Model& model) {
  if constexpr (kKnown && HasTriggers<Model>) {
    model.__VicoTriggered[0] = 1;
    Vtop___024root___eval_ico(&model);
    Vtop___024root___eval_triggers_vec__act(&model);
    if (!model.__VactTriggered[0]) return;
    model.__VnbaTriggered[0] = model.__VactTriggered[0];
    Vtop___024root___eval_nba(&model);
    model.__VnbaTriggered[0] = 0;
  } else {
    Vtop___024root___eval(&model);
  }
}

#endif
