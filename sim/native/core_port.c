/* SPDX-License-Identifier: Apache-2.0
 * The core port: requests to AXI bursts, data both ways, the record stream.
 */
#include "core_port.h"

#include <stdlib.h>
#include <string.h>

#include "core_records.h"

enum { BEAT = 8, BURST = 256 * BEAT, PAGE = 4096, TERMINAL_QUEUE = 4096 };
enum activity { ASLEEP, COMPUTING, ON_BUS };

static core_hart harts[CORE_HARTS];
static core_hooks hooks;
static uint64_t now, transactions;
static int halted;

static struct {
  uint8_t data[TERMINAL_QUEUE];
  size_t head, tail;
} queues[CORE_TERMINALS];

/* ---- where the time went ---- */

static core_account account;
static uint64_t accounted;
static uint8_t activity[CORE_HARTS];
static int active[3] = {CORE_HARTS, 0, 0};

static void spend_until_now(void) {
  uint64_t span = now - accounted;
  if (active[ON_BUS]) account.bus += span;
  else if (active[COMPUTING]) account.cpu += span;
  else account.idle += span;
  accounted = now;
}

static void set_activity(int hart, enum activity next) {
  if (activity[hart] == next) return;
  spend_until_now();
  active[activity[hart]]--;
  active[next]++;
  activity[hart] = next;
}

core_account core_port_account(void) {
  spend_until_now();
  return account;
}

/* ---- records ---- */

void core_port_record(int kind, int hart, uint32_t address, uint32_t length, uint64_t value,
                      const void *payload) {
  core_record record = {now, 0, (uint8_t)kind, (uint8_t)hart, 0, 0, address, length, value};
  core_records_append(&record, payload, payload ? length : 0);
}

static void record_request(int hart) {
  const core_hart *h = &harts[hart];
  int block = h->kind == CORE_READ || h->kind == CORE_WRITE;
  core_record record = {now, (uint32_t)(now - h->issued), (uint8_t)h->kind, (uint8_t)hart,
                        h->response, (uint8_t)(block ? BEAT : h->length), h->address, h->length, 0};
  core_records_append(&record, NULL, 0);
}

/* ---- requests ---- */

void core_port_set_hooks(const core_hooks *given) {
  hooks = *given;
  core_records_to(hooks.records);
}

core_hart *core_port_hart(int hart) { return &harts[hart]; }
uint64_t core_port_now(void) { return now; }
uint64_t core_port_transactions(void) { return transactions; }

void core_port_halt(void) {
  halted = 1;
  core_records_end();
}

int core_port_reserve(int hart, size_t bytes) {
  core_hart *h = &harts[hart];
  if (bytes > h->capacity) {
    uint8_t *room = realloc(h->data, bytes);
    if (!room) return -1;
    h->data = room;
    h->capacity = bytes;
  }
  return 0;
}

void core_port_post(int hart, int kind) {
  core_hart *h = &harts[hart];
  h->kind = kind;
  h->response = 0;
  h->done = 0;
  h->left = 0;
  h->issued = now;
  set_activity(hart, kind == CORE_NONE ? ASLEEP : kind != CORE_WAIT ? ON_BUS
                     : h->forever ? ASLEEP : COMPUTING);
}

void core_port_set_thread(int hart, const char *name, size_t length) {
  core_hart *h = &harts[hart];
  if (length > CORE_THREAD_NAME) length = CORE_THREAD_NAME;
  memset(h->thread, ' ', CORE_THREAD_NAME);
  memcpy(h->thread, name, length);
  h->thread_changed = 1;
  core_port_record(CORE_RECORD_THREAD, hart, 0, (uint32_t)length, 0, name);
}

/* ---- commands ---- */

static uint64_t command(int op, unsigned size, unsigned beats, uint32_t address) {
  return 1ull << 63 | (uint64_t)op << 61 | (uint64_t)size << 58 | (uint64_t)(beats - 1) << 50 |
         address;
}

/* A load or store: one beat of its own size, its data in the byte lanes of the address. */
static uint64_t single(core_hart *h) {
  unsigned size = h->length == 8 ? 3 : h->length == 4 ? 2 : h->length == 2 ? 1 : 0;
  uint64_t strobe = ((1u << h->length) - 1) << (h->address % BEAT) & 0xff;
  h->chunk = h->length;
  return command(h->kind == CORE_STORE, size, 1, h->address) | strobe << 40 | strobe << 32;
}

/* The next burst of a block: whole beats, at most 256 of them, never across a 4 KiB line (AXI4). */
static uint64_t burst(core_hart *h) {
  uint32_t start = h->address + h->done, skew = start % BEAT;
  uint32_t room = PAGE - start % PAGE, limit = BURST - skew, left = h->length - h->done;
  uint32_t bytes = left < room ? left : room;
  if (bytes > limit) bytes = limit;
  unsigned beats = (skew + bytes + BEAT - 1) / BEAT, tail = (skew + bytes) % BEAT;
  uint64_t first = 0xffu << skew & 0xff, last = tail ? (1u << tail) - 1 : 0xff;
  if (beats == 1) first = last = first & last;
  h->chunk = bytes;
  return command(h->kind == CORE_WRITE, 3, beats, start - skew) | first << 40 | last << 32;
}

static uint64_t next_command(int hart) {
  core_hart *h = &harts[hart];
  uint64_t word = 0;
  if (halted) return 0;
  h->beat = 0;
  switch (h->kind) {
    case CORE_LOAD:
    case CORE_STORE: word = single(h); break;
    case CORE_READ:
    case CORE_WRITE: word = burst(h); break;
    case CORE_WAIT:
      word = command(2, h->mask, 1, h->length) | (uint64_t)h->forever << 49;
      break;
    default: return 0;
  }
  if (h->thread_changed) word |= 1ull << 48;
  return word;
}

/* The clock that the RTL is at. */
static void reach(uint64_t cycle) {
  core_records_begin_clock(cycle);
  now = cycle;
}

unsigned long long core_port_start(int hart, unsigned long long cycle, unsigned int address) {
  reach(cycle);
  if (halted) return 0;
  core_port_record(CORE_RECORD_START, hart, address, 0, 0, NULL);
  core_port_post(hart, CORE_NONE);
  if (hooks.start) hooks.start(hart, address);
  return next_command(hart);
}

void core_port_stop(int hart, unsigned long long cycle) {
  reach(cycle);
  if (halted) return;
  core_port_record(CORE_RECORD_STOP, hart, 0, 0, 0, NULL);
  core_port_post(hart, CORE_NONE);
  if (hooks.stop) hooks.stop(hart);
}

void core_port_lines(int hart, unsigned long long cycle, int lines) {
  reach(cycle);
  harts[hart].lines = (uint8_t)lines;
  core_port_record(CORE_RECORD_LINES, hart, 0, 0, (uint64_t)lines, NULL);
  if (hooks.lines && !halted) hooks.lines(hart, (uint8_t)lines);
}

/* Byte lanes of beat `beat` that belong to the block, and their place in it. */
static uint8_t *lanes(core_hart *h, unsigned *lane, unsigned *bytes) {
  uint32_t skew = (h->address + h->done) % BEAT;
  uint32_t begin = h->beat * BEAT < skew ? skew : h->beat * BEAT, end = (h->beat + 1) * BEAT;
  if (end > skew + h->chunk) end = skew + h->chunk;
  *lane = begin % BEAT;
  *bytes = end > begin ? end - begin : 0;
  return h->data + h->done + begin - skew;
}

void core_port_rbeat(int hart, unsigned long long data) {
  core_hart *h = &harts[hart];
  unsigned lane, bytes;
  if (h->kind == CORE_LOAD) {
    h->value = data >> 8 * (h->address % BEAT);
    if (h->length < 8) h->value &= (1ull << 8 * h->length) - 1;
  } else if (h->kind == CORE_READ) {
    uint64_t beat = data;
    uint8_t *place = lanes(h, &lane, &bytes);
    memcpy(place, (uint8_t *)&beat + lane, bytes);
    h->beat++;
  }
}

unsigned long long core_port_wbeat(int hart) {
  core_hart *h = &harts[hart];
  unsigned lane, bytes;
  uint64_t beat = 0;
  if (h->kind == CORE_STORE) return h->value << 8 * (h->address % BEAT);
  if (h->kind == CORE_WRITE) {
    uint8_t *place = lanes(h, &lane, &bytes);
    memcpy((uint8_t *)&beat + lane, place, bytes);
    h->beat++;
  }
  return beat;
}

unsigned long long core_port_done(int hart, unsigned long long cycle, int resp, unsigned int left) {
  core_hart *h = &harts[hart];
  reach(cycle);
  if (halted || h->kind == CORE_NONE) return 0;
  if (h->kind == CORE_WAIT) {
    h->left = h->forever ? 0 : left;
  } else {
    h->response |= (uint8_t)resp;
    h->done += h->chunk;
    if ((h->kind == CORE_READ || h->kind == CORE_WRITE) && h->done < h->length && !h->response)
      return next_command(hart);
    if (h->kind == CORE_READ && h->done < h->length) /* refused: the rest was never read */
      memset(h->data + h->done, 0, h->length - h->done);
    transactions++;
    record_request(hart);
  }
  int ended = h->kind;
  h->kind = CORE_NONE;
  hooks.resume(hart, ended);
  if (h->kind == CORE_NONE) set_activity(hart, ASLEEP);
  return next_command(hart);
}

unsigned long long core_port_thread(int hart, int half) {
  uint64_t word = 0;
  harts[hart].thread_changed = 0;
  for (int i = 0; i < 8; i++) word = word << 8 | (uint8_t)harts[hart].thread[8 * half + i];
  return word;
}

/* ---- clocks in which nothing happens ---- */

enum { TERMINAL_POLL = 1024 };
static int skipping = 1;
static uint64_t busy; /* last clock at which something was under way */

void core_port_set_skipping(int on) { skipping = on; }

/* What is under way in the RTL shows in `quiet` from the clock on in which it begins, and what the
 * RTL has just called the port for is over: one clock after either may be left out. */
unsigned int core_port_skip(unsigned long long cycle, int quiet, unsigned int timer) {
  if (!skipping) return 0;
  if (!quiet || active[ON_BUS]) busy = cycle;
  if (cycle <= busy || cycle <= now) return 0;
  uint64_t free = (TERMINAL_POLL - cycle % TERMINAL_POLL) % TERMINAL_POLL;
  if (timer < free) free = timer;
  for (int hart = 0; hart < CORE_HARTS; hart++) {
    if (activity[hart] != COMPUTING) continue;
    uint64_t end = harts[hart].issued + harts[hart].length;
    if (end <= cycle) return 0;
    if (end - cycle < free) free = end - cycle;
  }
  return free > 1 ? (unsigned int)(free - 1) : 0;
}

/* ---- terminals ---- */

int core_port_terminal_put(int terminal, const uint8_t *data, size_t length) {
  size_t taken = 0;
  for (; taken < length; taken++) {
    size_t tail = (queues[terminal].tail + 1) % TERMINAL_QUEUE;
    if (tail == queues[terminal].head) break;
    queues[terminal].data[queues[terminal].tail] = data[taken];
    queues[terminal].tail = tail;
  }
  return (int)taken;
}

void core_port_terminal_rx(int terminal, unsigned long long cycle, int data) {
  reach(cycle);
  if (halted) return;
  core_port_record(CORE_RECORD_RX, terminal, 0, 0, (uint64_t)data, NULL);
  if (hooks.received) hooks.received(terminal, (uint8_t)data);
}

unsigned short core_port_terminal_tx(int terminal, unsigned long long cycle) {
  if (halted || queues[terminal].head == queues[terminal].tail) return 0;
  reach(cycle);
  uint8_t data = queues[terminal].data[queues[terminal].head];
  queues[terminal].head = (queues[terminal].head + 1) % TERMINAL_QUEUE;
  core_port_record(CORE_RECORD_TX, terminal, 0, 0, data, NULL);
  if (hooks.sent) hooks.sent(terminal, data);
  return 0x100 | data;
}
