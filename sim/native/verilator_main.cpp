// SPDX-License-Identifier: Apache-2.0
// The simulator's main program for Verilator: cocotb's event loop, with the clock made here.
//
// While nobody has asked for a value change, a read-write or a read-only phase, a clock edge is one
// evaluation of the model and nothing else; the loop of cocotb's own main (share/lib/verilator/
// verilator.cpp, whose order of phases this follows) runs only at the deadlines of timers and when
// such a callback is registered. Clocks in which nothing can change are left out (core_port_skip).
#include <algorithm>
#include <memory>

#include "Vtop.h"
#include "Vtop__Syms.h"
#include "core_port.h"
#include "verilated.h"
#include "verilated_vpi.h"
#include "verilator_edge.h"
#include "verilator_waves.h"

extern "C" void vlog_startup_routines_bootstrap(void);

namespace {

constexpr uint64_t kHalfPeriod = 5;  // time units of 1 ns: a 100 MHz clock
constexpr uint64_t kPeriod = 2 * kHalfPeriod;
constexpr uint64_t kNever = ~0ULL;

uint64_t now = 0;
uint64_t next_edge = kHalfPeriod;
std::unique_ptr<Vtop> top;
std::unique_ptr<Waves> waves;
bool known_edges = false;

bool value_callbacks() {
  bool any = false;
  while (VerilatedVpi::callValueCbs()) any = true;
  return any;
}

// Somebody wants to be told of values or phases: every time step needs the whole loop.
bool someone_listens() {
  return VerilatedVpi::hasCbs(cbValueChange) || VerilatedVpi::hasCbs(cbReadWriteSynch) ||
         VerilatedVpi::hasCbs(cbReadOnlySynch) || VerilatedVpi::hasCbs(cbNextSimTime) ||
         VerilatedVpi::evalNeeded();
}

// One time step with all its phases.
void full_step() {
  do {
    do {
      top->eval_step();
      VerilatedVpi::clearEvalNeeded();
      VerilatedVpi::doInertialPuts();
      value_callbacks();
    } while (VerilatedVpi::evalNeeded());
    VerilatedVpi::callCbs(cbReadWriteSynch);
    VerilatedVpi::doInertialPuts();
    value_callbacks();
  } while (VerilatedVpi::evalNeeded());
  top->eval_end_step();
  VerilatedVpi::callCbs(cbReadOnlySynch);
  if (waves->dumping()) waves->dump(now);
}

void toggle_clock() {
  now = next_edge;
  next_edge += kHalfPeriod;
  top->clk_i = !top->clk_i;
}

// After a falling edge: the next rising one may come later.
void leave_out_clocks() {
  if (top->clk_i) return;
  top->skip_i = core_port_skip(top->cycle_o, top->quiet_o, top->timer_o);
  next_edge += top->skip_i * kPeriod;
}

// Clock edges up to a time with the waveform.
void dump_edges(uint64_t until) {
  while (next_edge < until && !Verilated::gotFinish()) {
    toggle_clock();
    evaluate_edge<false>(*top->rootp);
    waves->evaluated(*top->rootp);
    waves->dump(now);
    leave_out_clocks();
  }
}

// Clock edges up to a time, and nothing else.
template <bool kKnown>
void run_edges(uint64_t until) {
  const VerilatedContext& context = *Verilated::threadContextp();
  while (next_edge < until && !context.gotFinish()) {
    toggle_clock();
    evaluate_edge<kKnown>(*top->rootp);
    leave_out_clocks();
  }
}

// Clock edges up to the deadline, bare.
void run_bare(uint64_t deadline) {
  while (next_edge < deadline && !Verilated::gotFinish()) {
    waves->advance(*top, next_edge);
    const uint64_t until = std::min(deadline, waves->boundary());
    if (waves->dumping()) dump_edges(until);
    else if (known_edges) run_edges<true>(until);
    else run_edges<false>(until);
  }
}

void wrap_up() {
  VerilatedVpi::callCbs(cbEndOfSimulation);
  waves->close();
}

}  // namespace

double sc_time_stamp() { return static_cast<double>(now); }

int main(int argc, char** argv) {
  Verilated::commandArgs(argc, argv);
  top = std::make_unique<Vtop>("");
  Verilated::fatalOnVpiError(false);  // the core port's VPI form is not an error here
  waves = std::make_unique<Waves>(argc, argv);
  known_edges = edges_are_known(*top->rootp);

  vlog_startup_routines_bootstrap();
  Verilated::addExitCb([](void*) { wrap_up(); }, nullptr);
  top->clk_i = 0;
  VerilatedVpi::callCbs(cbStartOfSimulation);
  value_callbacks();
  waves->advance(*top, now);
  full_step();

  while (!Verilated::gotFinish()) {
    const uint64_t deadline = VerilatedVpi::cbNextDeadline();
    if (deadline == kNever && !someone_listens()) break;  // nothing is left that could end the run
    if (!someone_listens()) run_bare(deadline);
    now = std::min(deadline, next_edge);
    waves->advance(*top, now);
    VerilatedVpi::callCbs(cbNextSimTime);
    value_callbacks();
    if (now == deadline) {
      VerilatedVpi::callTimedCbs();
      value_callbacks();
    }
    const bool edge = now == next_edge;
    if (edge) toggle_clock();
    full_step();
    if (edge) leave_out_clocks();
  }

  top->final();
  wrap_up();
  top.reset();
  return Verilated::threadContextp()->errorCount() > 0 ? 1 : 0;
}
