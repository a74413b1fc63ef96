/* SPDX-License-Identifier: Apache-2.0
 * Finds the records of a stream that the referee has to look at (see record_sieve.py).
 *
 * Most records tell it nothing: a poll of an index, a hart's own request whose data was observed on
 * the wires already, a character on a line. What matters is said by intervals of addresses, in
 * ascending order and without overlap, each with who matters there.
 */
#include "core_port.h"

enum { INLINE_BYTES = 8, EVENTS = 256 };

typedef struct {
  uint32_t first, last;  /* addresses */
  uint32_t wanted;       /* bit 2 * master + write */
} sieve_interval;

typedef struct {
  const sieve_interval *intervals;
  uint64_t count;
  uint8_t events[EVENTS];  /* not 0: the event of that number matters */
  uint64_t from, to;       /* clocks in which accesses matter */
} sieve;

static int wanted(const sieve *sieve, const core_record *record, int write) {
  if (record->cycle < sieve->from || record->cycle > sieve->to) return 0;
  uint32_t bit = 1u << (2 * record->hart + write);
  uint32_t last = record->address + (record->length ? record->length - 1 : 0);
  size_t low = 0, high = sieve->count; /* the first interval that ends at the address or later */
  while (low < high) {
    size_t middle = (low + high) / 2;
    if (sieve->intervals[middle].last < record->address) low = middle + 1;
    else high = middle;
  }
  for (; low < sieve->count && sieve->intervals[low].first <= last; low++)
    if (sieve->intervals[low].wanted & bit) return 1;
  return 0;
}

static int matters(const sieve *sieve, const core_record *record) {
  switch (record->kind) {
    case CORE_LOAD: case CORE_STORE: case CORE_READ: case CORE_WRITE:
      return record->response != 0;
    case CORE_RECORD_MEMORY_READ: case CORE_RECORD_REGISTER_READ:
      return !record->response && wanted(sieve, record, 0);
    case CORE_RECORD_MEMORY_WRITE: case CORE_RECORD_REGISTER_WRITE:
      return !record->response && wanted(sieve, record, 1);
    case CORE_RECORD_EVENT:
      return record->address >= EVENTS || sieve->events[record->address];
    case CORE_RECORD_START: case CORE_RECORD_STOP: case CORE_RECORD_NAME: case CORE_RECORD_SOURCE:
    case CORE_RECORD_SEEN:
      return 1;
    default:
      return 0;
  }
}

static size_t payload(const core_record *record) {
  int follows = record->kind == CORE_RECORD_THREAD || record->kind == CORE_RECORD_NAME ||
                record->kind == CORE_RECORD_SEEN ||
                (record->kind >= CORE_RECORD_MEMORY_READ &&
                 record->kind <= CORE_RECORD_REGISTER_WRITE && record->length > INLINE_BYTES);
  return follows ? (record->length + 7u) & ~(size_t)7 : 0;
}

/* Writes the offsets of the records that matter from `*at` on into `found`, at most `room`, and
 * returns how many; `*at` is then where the next record begins or would begin. */
size_t record_sieve(const sieve *sieve, const uint8_t *stream, size_t length, size_t *at,
                    uint32_t *found, size_t room) {
  size_t count = 0, place = *at;
  while (count < room && length - place >= sizeof(core_record)) {
    core_record record;
    __builtin_memcpy(&record, stream + place, sizeof record);
    size_t next = place + sizeof record + payload(&record);
    if (next > length) break;
    if (matters(sieve, &record)) found[count++] = (uint32_t)place;
    place = next;
  }
  *at = place;
  return count;
}
