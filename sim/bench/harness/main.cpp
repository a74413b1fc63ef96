// SPDX-License-Identifier: Apache-2.0
// Way "cpp": the measuring top with core shells, the traffic in C++, no Python and no VPI.
//
//   bench_shells ANSWER_FILE BUDGET_NS PAYLOAD,PAYLOAD... [IDLE_SPAN=CLOCKS]...
//
// Writes the same answer as the other ways (sim/bench/job.py).
#include <time.h>

#include <cinttypes>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

#include "Vtop.h"
#include "core_port.h"
#include "traffic.h"
#include "verilated.h"

namespace {

uint64_t nanoseconds(clockid_t clock) {
  timespec now;
  clock_gettime(clock, &now);
  return now.tv_sec * 1000000000ull + now.tv_nsec;
}

uint64_t monotonic_ns() { return nanoseconds(CLOCK_MONOTONIC); }
uint64_t cpu_ns() { return nanoseconds(CLOCK_PROCESS_CPUTIME_ID); }

uint64_t peak_kib() {
  uint64_t kib = 0;
  char line[256];
  std::FILE* status = std::fopen("/proc/self/status", "r");
  while (status && std::fgets(line, sizeof line, status))
    if (std::sscanf(line, "VmHWM: %" SCNu64, &kib) == 1) break;
  if (status) std::fclose(status);
  return kib;
}

void start(int hart, uint32_t) {
  if (suspended[hart]) suspended[hart].resume();
}

void resume(int hart, int) { suspended[hart].resume(); }

void run(Vtop& top, const Task& initiator, const Task& responder) {
  suspended[0] = initiator.handle();
  suspended[1] = responder.handle();
  core_hooks hooks = {};
  hooks.start = start;
  hooks.resume = resume;
  core_port_set_hooks(&hooks);
  top.clk_i = 0;
  top.skip_i = 0;
  top.eval();
  while (!initiator.done() && !responder.done()) {
    top.clk_i = 1;
    top.eval();
    top.clk_i = 0;
    top.eval();
    top.skip_i = core_port_skip(top.cycle_o, top.quiet_o, top.timer_o);
  }
}

int answer(const char* path, const traffic::Initiator& found, const std::string& error) {
  std::FILE* file = std::fopen(path, "w");
  if (!file) return 1;
  std::fprintf(file, "{\"timings\": [");
  const char* comma = "";
  for (const traffic::Timing& t : found.timings) {
    std::fprintf(file,
                 "%s{\"name\": \"%s\", \"payload\": %" PRIu32 ", \"rounds\": %" PRIu64
                 ", \"wall_ns\": %" PRIu64 ", \"cpu_ns\": %" PRIu64 ", \"clocks\": %" PRIu64 ", \"transactions\": %" PRIu64
                 "}",
                 comma, t.name.c_str(), t.payload, t.rounds, t.wall_ns, t.cpu_ns, t.clocks,
                 t.transactions);
    comma = ", ";
  }
  std::fprintf(file,
               "], \"fingerprint\": %" PRIu64 ", \"first_transaction_ns\": %" PRIu64
               ", \"peak_kib\": %" PRIu64 ", \"error\": \"%s\"}\n",
               found.fingerprint, found.first_transaction_ns, peak_kib(), error.c_str());
  return std::fclose(file) ? 1 : 0;
}

std::vector<uint32_t> numbers(const char* text) {
  std::vector<uint32_t> list;
  for (char* end; *text; text = *end ? end + 1 : end)
    list.push_back(static_cast<uint32_t>(std::strtoul(text, &end, 10)));
  return list;
}

std::vector<traffic::IdleSpan> idle_spans(int count, char** words) {
  std::vector<traffic::IdleSpan> spans;
  for (int i = 0; i < count; i++) {
    const char* equals = std::strchr(words[i], '=');
    const std::string name(words[i], equals - words[i]);
    const auto clocks = static_cast<uint32_t>(std::strtoul(equals + 1, nullptr, 10));
    spans.push_back({name, clocks, name == "idle"});
  }
  return spans;
}

}  // namespace

double sc_time_stamp() { return 0; }

int main(int argc, char** argv) {
  if (argc < 4) {
    std::fprintf(stderr, "usage: %s ANSWER_FILE BUDGET_NS PAYLOADS [IDLE_SPAN=CLOCKS]...\n", argv[0]);
    return 2;
  }
  Vtop top("");
  traffic::Initiator found(numbers(argv[3]), std::strtoull(argv[2], nullptr, 10),
                           idle_spans(argc - 4, argv + 4), monotonic_ns, cpu_ns);
  const Task initiator = found.software(), responder = traffic::responder();
  run(top, initiator, responder);
  std::string error;
  try {
    initiator.rethrow();
    responder.rethrow();
  } catch (const std::exception& problem) {
    error = problem.what();
  }
  return answer(argv[1], found, error);
}
