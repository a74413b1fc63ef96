/* SPDX-License-Identifier: Apache-2.0
 * What the observers in the RTL report of bus traffic and interrupt sources, as records.
 *
 * Simulators run several observers in any order, so their records wait here, in the order of their
 * channels, until the clock is over. A record holds contiguous bytes: where strobes leave holes a
 * transaction is several records.
 */
#include <string.h>

#include "core_records.h"

enum { CHANNELS = 16, BEATS = 256, WIDEST = 8, WAITING = 2048, LINES = 1 << 16 };
enum { REGISTERS = 1 << 17 }; /* bit of `about`, see hdl_models/observers/observer_calls.svh */

/* The beats of a burst under way, and the bytes of the burst that was recorded last. */
static struct {
  unsigned count;
  uint64_t data[BEATS];
  uint8_t strobes[BEATS];
  uint8_t bytes[BEATS * WIDEST];
} bursts[CHANNELS];

static struct {
  int order;
  core_record record;
  const uint8_t *payload; /* into a burst's bytes, NULL for none */
} waiting[WAITING];
static size_t waiters;

void core_observer_settle(void) {
  size_t count = waiters;
  waiters = 0;
  for (size_t i = 0; i < count; i++)
    core_records_insert(&waiting[i].record, waiting[i].payload,
                        waiting[i].payload ? waiting[i].record.length : 0);
}

/* Puts a record behind those of its order and of lower ones. */
static void put(int order, const core_record *record, const uint8_t *payload) {
  if (!core_records_wanted()) return;
  if (waiters == WAITING) core_observer_settle();
  size_t place = waiters++;
  for (; place && waiting[place - 1].order > order; place--) waiting[place] = waiting[place - 1];
  waiting[place].order = order;
  waiting[place].record = *record;
  waiting[place].payload = payload;
}

/* ---- one beat ---- */

static uint64_t low_bytes(uint64_t value, unsigned bytes) {
  return bytes < 8 ? value & ((1ull << 8 * bytes) - 1) : value;
}

/* Byte lanes of a read beat: from its address to the end of its size; `width` bytes has the bus. */
static unsigned read_lanes(uint32_t address, unsigned size, unsigned width) {
  unsigned first = address % width, end = first / size * size + size;
  return ((1u << end) - 1) & ~((1u << first) - 1);
}

/* The next run of lanes in `lanes`, taken out of them. */
static unsigned next_run(unsigned *lanes, unsigned *first) {
  *first = (unsigned)__builtin_ctz(*lanes);
  unsigned bytes = (unsigned)__builtin_ctz(~(*lanes >> *first));
  *lanes &= ~(((1u << bytes) - 1) << *first);
  return bytes;
}

static void put_beat(int channel, core_record *record, unsigned lanes, unsigned width,
                     uint64_t data) {
  uint32_t base = record->address & ~(uint32_t)(width - 1);
  if (!lanes) put(channel, record, NULL); /* a write of nothing is a transaction, too */
  while (lanes) {
    unsigned first;
    record->length = next_run(&lanes, &first);
    record->address = base + first;
    record->value = low_bytes(data >> 8 * first, record->length);
    put(channel, record, NULL);
  }
}

/* ---- bursts ---- */

static void put_bytes(int channel, core_record *record, const uint8_t *bytes) {
  record->value = 0;
  if (record->length <= sizeof record->value) {
    memcpy(&record->value, bytes, record->length);
    bytes = NULL;
  }
  put(channel, record, bytes);
}

static void put_burst(int channel, core_record *record, unsigned beats) {
  uint8_t *bytes = bursts[channel].bytes, *begin = bytes;
  uint32_t start = record->address, size = record->size;
  record->length = 0;
  for (unsigned beat = 0; beat < beats; beat++) {
    uint32_t address = beat ? (start & ~(size - 1)) + beat * size : start;
    unsigned lanes = channel & 1 ? bursts[channel].strobes[beat]
                                 : read_lanes(address, size, WIDEST);
    while (lanes) {
      unsigned first, count = next_run(&lanes, &first);
      uint32_t place = (address & ~(uint32_t)(WIDEST - 1)) + first;
      if (record->length && place != record->address + record->length) {
        put_bytes(channel, record, begin);
        begin += record->length;
        record->length = 0;
      }
      if (!record->length) record->address = place;
      memcpy(begin + record->length, (uint8_t *)&bursts[channel].data[beat] + first, count);
      record->length += count;
    }
  }
  put_bytes(channel, record, begin);
}

/* ---- the RTL's side ---- */

void core_port_observed_beat(int channel, unsigned long long data, int strobes) {
  unsigned beat = bursts[channel].count;
  if (beat == BEATS) return; /* no burst of AXI4 is longer */
  bursts[channel].data[beat] = data;
  bursts[channel].strobes[beat] = (uint8_t)strobes;
  bursts[channel].count++;
}

void core_port_observed(int channel, unsigned long long cycle, unsigned long long place, int about,
                        unsigned long long data) {
  int write = channel & 1, first = about & REGISTERS ? CORE_RECORD_REGISTER_READ
                                                     : CORE_RECORD_MEMORY_READ;
  unsigned size = 1u << (about >> 12 & 7), width = about & REGISTERS ? 4 : WIDEST;
  core_record record = {.cycle = cycle, .span = (uint32_t)cycle - (uint32_t)(place >> 32),
                        .kind = (uint8_t)(first + write), .hart = (uint8_t)(about >> 8 & 15),
                        .response = (uint8_t)(about >> 15 & 3), .size = (uint8_t)size,
                        .address = (uint32_t)place};
  core_records_begin_clock(cycle);
  if (bursts[channel].count) {
    unsigned beats = bursts[channel].count;
    core_port_observed_beat(channel, data, about & 0xff);
    put_burst(channel, &record, beats < BEATS ? beats + 1 : BEATS);
    bursts[channel].count = 0;
  } else {
    unsigned lanes = write ? (unsigned)about & 0xff : read_lanes(record.address, size, width);
    put_beat(channel, &record, lanes, width, data);
  }
}

void core_port_observed_line(int number, unsigned long long cycle, unsigned int address, int line,
                             int level) {
  core_record record = {.cycle = cycle, .kind = CORE_RECORD_SOURCE, .hart = (uint8_t)line,
                        .address = address, .value = (uint64_t)level};
  core_records_begin_clock(cycle);
  put(CHANNELS + number % LINES, &record, NULL);
}
