// SPDX-License-Identifier: Apache-2.0
// The traffic of sim/bench/traffic.py in C++; the fingerprints of the memory must be equal.
#ifndef AMPSIM_BENCH_TRAFFIC_H
#define AMPSIM_BENCH_TRAFFIC_H

#include <algorithm>
#include <functional>
#include <string>
#include <vector>

#include "task.h"

namespace traffic {

constexpr uint32_t kMemory = 0x80000000, kClint = 0x02000000;
constexpr uint32_t kRingWords = 16, kSenderWords = 8, kSlot = 0x1000, kSlotStride = 0x11000;
constexpr uint32_t kHeader = 16, kMaxPayload = 0x10000, kPattern = 251;
constexpr uint8_t kSoft = 1;
constexpr int kWarmUp = 4;
constexpr uint64_t kMinRounds = 4;

using Bytes = std::vector<uint8_t>;

struct Header {
  uint32_t source, destination, reserved;
  uint16_t length, flags;
};
static_assert(sizeof(Header) == kHeader);

inline uint32_t ring(int direction) { return kMemory + 4 * kRingWords * direction; }
inline uint32_t slot(int direction) { return kMemory + kSlot + kSlotStride * direction; }
inline uint32_t tag(uint32_t round_trip) { return round_trip << 4; }

inline void expect(bool right, const char* what, uint32_t round_trip) {
  if (!right)
    throw std::runtime_error("round trip " + std::to_string(round_trip) + ": wrong " + what);
}

// Reads ring words first .. end - 1 and compares them.
#define EXPECT_WORDS(side, words, first, end, above)                                  \
  for (uint32_t word = first; word < end; word++)                                     \
    expect((co_await load(side, words + 4 * word)).value == ((above) | word), "ring", round_trip)

inline Task send(int side, uint32_t round_trip, const Bytes& payload) {
  const uint32_t words = ring(side), before = tag(round_trip - 1), now = tag(round_trip);
  EXPECT_WORDS(side, words, 8, 16, before);
  EXPECT_WORDS(side, words, 0, 4, before);
  const Header header = {0x400u + side, 0x401u - side, 0, static_cast<uint16_t>(payload.size()),
                         static_cast<uint16_t>(round_trip)};
  co_await write(side, slot(side), &header, kHeader);
  co_await write(side, slot(side) + kHeader, payload.data(), payload.size());
  for (uint32_t word = 0; word < kSenderWords; word++)
    co_await store(side, words + 4 * word, now | word);
  co_await store(side, kClint + 4 * (1 - side), 1);
}

// Takes a message of `size` bytes (0: any) into `payload`.
inline Task receive(int side, uint32_t round_trip, uint32_t size, Bytes& payload) {
  const int peer = 1 - side;
  const uint32_t words = ring(peer), before = tag(round_trip - 1), now = tag(round_trip);
  co_await wait(side, 0, true, kSoft);
  co_await store(side, kClint + 4 * side, 0);
  EXPECT_WORDS(side, words, 0, 8, now);
  EXPECT_WORDS(side, words, 8, 13, before);
  Header header;
  std::memcpy(&header, (co_await read(side, slot(peer), kHeader)).data, kHeader);
  expect(header.source == 0x400u + peer && header.flags == static_cast<uint16_t>(round_trip),
         "header", round_trip);
  if (!size) size = header.length ? header.length : kMaxPayload;
  const core_hart& h = co_await read(side, slot(peer) + kHeader, size);
  payload.assign(h.data, h.data + size);
  for (uint32_t word = kSenderWords; word < kRingWords; word++)
    co_await store(side, words + 4 * word, now | word);
}
#undef EXPECT_WORDS

inline Task responder() {
  Bytes payload;
  for (uint32_t round_trip = 1;; round_trip++) {
    co_await receive(1, round_trip, 0, payload);
    co_await send(1, round_trip, payload);
  }
}

struct Timing {
  std::string name;
  uint32_t payload;
  uint64_t rounds, wall_ns, cpu_ns, clocks, transactions;
};

struct IdleSpan {
  std::string name;
  uint32_t clocks;
  bool skipping;
};

// The side that measures; see Initiator in sim/bench/traffic.py.
class Initiator {
 public:
  Initiator(std::vector<uint32_t> payloads, uint64_t budget_ns, std::vector<IdleSpan> idle,
            std::function<uint64_t()> clock_ns, std::function<uint64_t()> cpu_ns)
      : payloads_(std::move(payloads)), budget_ns_(budget_ns), idle_(std::move(idle)),
        clock_ns_(std::move(clock_ns)), cpu_ns_(std::move(cpu_ns)) {}

  std::vector<Timing> timings;
  uint64_t fingerprint = 0xCBF29CE484222325ull;
  uint64_t first_transaction_ns = 0;

  Task software() {
    const uint32_t largest = *std::max_element(payloads_.begin(), payloads_.end());
    first_transaction_ns = clock_ns_();
    co_await store(0, kClint, 0);
    uint32_t words[kRingWords];
    for (uint32_t word = 0; word < kRingWords; word++) words[word] = word;
    const Bytes empty(kHeader + (largest + 7) / 8 * 8);
    for (int side = 0; side < 2; side++) {
      co_await write(0, ring(side), words, sizeof words);
      co_await write(0, slot(side), empty.data(), empty.size());
    }
    std::vector<Timing> warm;
    for (uint32_t payload : payloads_) {
      co_await rounds(payload, kWarmUp / 2);
      co_await timed(payload, kWarmUp - kWarmUp / 2);
      warm.push_back(timings.back());
    }
    timings.clear();
    co_await take_fingerprint(ring(0), 8 * kRingWords);
    co_await take_fingerprint(slot(0), kHeader + largest);
    co_await take_fingerprint(slot(1), kHeader + largest);
    for (const Timing& timing : warm) {
      const uint64_t fit = budget_ns_ * timing.rounds / std::max<uint64_t>(1, timing.wall_ns);
      co_await timed(timing.payload, std::max(fit, kMinRounds));
    }
    for (const IdleSpan& span : idle_) {
      core_port_set_skipping(span.skipping);
      const Timing start = begin(span.name, 0);
      co_await wait(0, span.clocks, false, 0);
      end(start, 0);
    }
  }

 private:
  Task rounds(uint32_t payload, uint64_t count) {
    Bytes source(payload + kPattern), message(payload), answer;
    for (uint32_t i = 0; i < source.size(); i++)
      source[i] = static_cast<uint8_t>(i * 7 + i / kPattern);
    for (; count; count--) {
      round_trip_++;
      std::memcpy(message.data(), source.data() + round_trip_ % kPattern, payload);
      co_await send(0, round_trip_, message);
      co_await receive(0, round_trip_, payload, answer);
      expect(answer == message, "payload", round_trip_);
    }
  }

  Task timed(uint32_t payload, uint64_t count) {
    const Timing start = begin("echo", payload);
    co_await rounds(payload, count);
    end(start, count);
  }

  Task take_fingerprint(uint32_t address, uint32_t length) {
    const core_hart& h = co_await read(0, address, length);
    for (uint32_t i = 0; i < length; i++)
      fingerprint = (fingerprint ^ h.data[i]) * 0x100000001B3ull;
  }

  Timing begin(const std::string& name, uint32_t payload) const {
    return {name, payload, 0, clock_ns_(), cpu_ns_(), core_port_now(), core_port_transactions()};
  }

  void end(const Timing& start, uint64_t rounds) {
    timings.push_back({start.name, start.payload, rounds, clock_ns_() - start.wall_ns,
                       cpu_ns_() - start.cpu_ns, core_port_now() - start.clocks,
                       core_port_transactions() - start.transactions});
  }

  std::vector<uint32_t> payloads_;
  uint64_t budget_ns_;
  std::vector<IdleSpan> idle_;
  std::function<uint64_t()> clock_ns_, cpu_ns_;
  uint32_t round_trip_ = 0;
};

}  // namespace traffic
#endif
