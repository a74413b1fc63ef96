// SPDX-License-Identifier: Apache-2.0
// The waveform of a Verilator run, limited to a window of simulated time.
//
// The file is opened at the start of the window and closed at its end, so that outside of it a
// clock costs what it costs without waves. A model built without tracing has empty functions here.
#ifndef AMPSIM_VERILATOR_WAVES_H
#define AMPSIM_VERILATOR_WAVES_H

#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <memory>

#include "verilated.h"

#if VM_TRACE_FST
#include <verilated_fst_c.h>
#elif VM_TRACE
#include <verilated_vcd_c.h>
#endif

#if VM_TRACE

class Waves {
 public:
  // Reads --trace-file PATH, --trace-from NS and --trace-to NS; without a path nothing is dumped.
  Waves(int argc, char** argv) {
    for (int i = 1; i + 1 < argc; i++) {
      if (!std::strcmp(argv[i], "--trace-file")) path_ = argv[i + 1];
      if (!std::strcmp(argv[i], "--trace-from")) from_ = std::strtoull(argv[i + 1], nullptr, 10);
      if (!std::strcmp(argv[i], "--trace-to")) to_ = std::strtoull(argv[i + 1], nullptr, 10);
    }
    if (path_) Verilated::traceEverOn(true);  // has to be known before the first evaluation
    boundary_ = path_ ? from_ : kNever;
  }

  // Time at which dumping begins or ends next.
  uint64_t boundary() const { return boundary_; }
  bool dumping() const { return static_cast<bool>(trace_); }

  // Crosses the boundaries up to `time`, at which the model is about to be evaluated: what it
  // shows up to now is what the window begins and ends with.
  template <class Model>
  void advance(Model& model, uint64_t time) {
    if (!trace_ && time >= boundary_) {
      trace_ = std::make_unique<Trace>();
      model.trace(trace_.get(), 99);
      trace_->open(path_);
      if (from_ < time) dump(from_);
      boundary_ = to_ == kNever ? kNever : to_ + 1;
    }
    if (trace_ && time >= boundary_) {
      if (last_ < to_) dump(to_);
      close();
      boundary_ = kNever;
    }
  }

  // Says that there may be something to dump, as the wrapper around the model does.
  template <class Root>
  void evaluated(Root& root) {
    root.vlSymsp->__Vm_activity = true;
  }

  void dump(uint64_t time) {
    trace_->dump(time);
    last_ = time;
  }

  void close() {
    if (trace_) trace_->close();
    trace_.reset();
  }

 private:
#if VM_TRACE_FST
  using Trace = VerilatedFstC;
#else
  using Trace = VerilatedVcdC;
#endif
  static constexpr uint64_t kNever = ~0ULL;
  const char* path_ = nullptr;
  uint64_t from_ = 0, to_ = kNever, boundary_, last_ = 0;
  std::unique_ptr<Trace> trace_;
};

#else

class Waves {
 public:
  Waves(int, char**) {}
  static constexpr uint64_t boundary() { return ~0ULL; }
  static constexpr bool dumping() { return false; }
  template <class Model>
  void advance(Model&, uint64_t) {}
  template <class Root>
  void evaluated(Root&) {}
  void dump(uint64_t) {}
  void close() {}
};

#endif
#endif
