/* SPDX-License-Identifier: Apache-2.0
 * The buffer of the record stream.
 */
#include "core_records.h"

#include <string.h>

enum { RECORDS = 1 << 18 };
enum { RUNNING, ENDING, OVER }; /* ENDING: the observers have this clock left */

static core_records_hook take;
static uint8_t records[RECORDS];
static size_t recorded, begun; /* bytes; up to where they are of earlier clocks */
static uint64_t clock_now;
static int flushing; /* what the hook itself would record is left out */
static int state;

static void hand_over(size_t bytes) {
  flushing = 1;
  if (bytes && take) take(records, bytes);
  flushing = 0;
  memmove(records, records + bytes, recorded - bytes);
  recorded -= bytes;
  begun -= bytes < begun ? bytes : begun;
}

void core_records_to(core_records_hook hook) { take = hook; }
int core_records_wanted(void) { return take && state != OVER && !flushing; }
void core_records_end(void) { state = ENDING; }

void core_port_flush(void) {
  if (flushing) return;
  core_observer_settle();
  hand_over(recorded);
}

void core_records_begin_clock(uint64_t clock) {
  if (clock == clock_now) return;
  core_observer_settle();
  if (state == ENDING) state = OVER;
  clock_now = clock;
  begun = recorded;
}

/* Room for so many bytes: what is of earlier clocks goes first. */
static void make_room(size_t bytes) {
  if (recorded + bytes > RECORDS) hand_over(begun);
  if (recorded + bytes > RECORDS) core_port_flush(); /* all of it is of one clock */
}

/* A payload larger than the buffer: past it. */
static void pass_on(const core_record *record, const void *payload, size_t bytes) {
  static const uint8_t padding[8];
  core_port_flush();
  flushing = 1;
  take((const uint8_t *)record, sizeof *record);
  take(payload, bytes);
  if (bytes % 8) take(padding, 8 - bytes % 8);
  flushing = 0;
}

static size_t put(size_t at, const core_record *record, const void *payload, size_t bytes) {
  size_t padded = (bytes + 7) & ~(size_t)7;
  memcpy(records + at, record, sizeof *record);
  at += sizeof *record;
  if (!bytes) return at;
  memcpy(records + at, payload, bytes);
  memset(records + at + bytes, 0, padded - bytes);
  return at + padded;
}

void core_records_append(const core_record *record, const void *payload, size_t bytes) {
  size_t size = sizeof *record + ((bytes + 7) & ~(size_t)7);
  if (state != RUNNING || flushing || !take) return;
  if (size > RECORDS) {
    pass_on(record, payload, bytes);
    return;
  }
  make_room(size);
  recorded = put(recorded, record, payload, bytes);
}

void core_records_insert(const core_record *record, const void *payload, size_t bytes) {
  size_t size = sizeof *record + ((bytes + 7) & ~(size_t)7);
  if (!core_records_wanted()) return;
  make_room(size);
  if (recorded > begun) memmove(records + begun + size, records + begun, recorded - begun);
  begun = put(begun, record, payload, bytes);
  recorded += size;
}
