/* SPDX-License-Identifier: Apache-2.0
 * Random requests to the core port against a model of the core shells; built with sanitizers.
 *
 * The software of each hart makes a random request whenever the last one has ended. The model below
 * performs the commands the port hands out as AXI would, on a memory of its own, and refuses some;
 * an observer tells what passes on the wires. Each hart has an area of memory. Data is compared at
 * every read, the record stream byte by byte at the end.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core_port.h"

enum { HARTS = 4, BASE = 0x1000, AREA = 1 << 19, MEMORY = HARTS * AREA, PAGE = 4096 };
enum { STREAM = 64 << 20 };

#define CHECK(what)                                                               \
  do {                                                                            \
    if (!(what)) {                                                                \
      fprintf(stderr, "line %d: expected %s (step %d)\n", __LINE__, #what, step); \
      exit(1);                                                                    \
    }                                                                             \
  } while (0)

static int step;
static uint64_t cycle, seed;
static uint8_t bus[MEMORY];   /* what the commands have written */
static uint8_t model[MEMORY]; /* what the requests should have written */

static uint8_t stream[STREAM], expected[STREAM];
static size_t stream_size, expected_size;

static struct {
  uint64_t command, issued;
  int kind, running, named; /* named: its thread has changed */
  int refuse;               /* response of one of the request's bursts, 0 for none */
  uint32_t address, length, moved, waited;
  uint64_t value;
  uint8_t *data;
} shells[HARTS];

static uint32_t any(uint32_t below) {
  seed = seed * 6364136223846793005u + 1442695040888963407u;
  return (uint32_t)(seed >> 33) % below;
}

/* ---- the record stream ---- */

static void take_records(const uint8_t *records, size_t length) {
  CHECK(stream_size + length <= STREAM);
  memcpy(stream + stream_size, records, length);
  stream_size += length;
  core_port_record(CORE_RECORD_EVENT, 0, 0, 0, 0, NULL); /* from within: left out */
  core_port_flush();
}

static void expect(core_record record, const void *payload, size_t bytes) {
  size_t padded = (bytes + 7) / 8 * 8;
  CHECK(expected_size + sizeof record + padded <= STREAM);
  memcpy(expected + expected_size, &record, sizeof record);
  expected_size += sizeof record;
  memset(expected + expected_size, 0, padded);
  if (bytes) memcpy(expected + expected_size, payload, bytes);
  expected_size += padded;
}

static void expect_note(int kind, int hart, uint32_t address, uint64_t value) {
  expect((core_record){cycle, 0, (uint8_t)kind, (uint8_t)hart, 0, 0, address, 0, value}, NULL, 0);
}

/* ---- software: one random request after the other ---- */

static uint32_t block_length(void) {
  static const uint32_t edges[] = {1, 7, 8, 9, 2047, 2048, 2049, 4095, 4096, 4097};
  static const uint32_t large[] = {262103, 262104, 262105, 262143, 262144, 262145, 262160, 300001};
  if (any(400) == 0) return large[any(8)];
  return any(3) ? 1 + any(700) : edges[any(10)];
}

static void access_memory(int hart, core_hart *h) {
  uint32_t size = 1u << any(4);
  h->address = BASE + (uint32_t)hart * AREA + any(AREA / size) * size;
  h->length = size;
  if (shells[hart].kind == CORE_STORE) {
    h->value = (uint64_t)any(1u << 31) << 33 ^ any(1u << 31);
    if (size < 8) h->value &= (1ull << 8 * size) - 1;
  }
  shells[hart].value = h->value;
}

static void move_block(int hart, core_hart *h) {
  h->length = block_length();
  h->address = BASE + (uint32_t)hart * AREA + any(AREA - h->length + 1);
  CHECK(core_port_reserve(hart, h->length) == 0);
  if (shells[hart].kind == CORE_WRITE)
    for (uint32_t i = 0; i < h->length; i++) h->data[i] = (uint8_t)any(256);
  shells[hart].data = realloc(shells[hart].data, h->length);
  memcpy(shells[hart].data, h->data, h->length);
}

static void request(int hart) {
  core_hart *h = core_port_hart(hart);
  if (any(200) == 0) return; /* the software ends here: off until its next reset */
  if (any(20) == 0) {
    char name[24];
    int length = snprintf(name, sizeof name, "thread%u", any(1u << 30) * any(9));
    core_port_set_thread(hart, name, (size_t)length);
    shells[hart].named = 1;
    if (length > CORE_THREAD_NAME) length = CORE_THREAD_NAME;
    expect((core_record){cycle, 0, CORE_RECORD_THREAD, (uint8_t)hart, 0, 0, 0, (uint32_t)length, 0},
           name, (size_t)length);
  }
  shells[hart].kind = (int)any(5);
  shells[hart].issued = cycle;
  shells[hart].moved = 0;
  shells[hart].refuse = any(30) == 0 ? 2 + (int)any(2) : 0;
  if (shells[hart].kind == CORE_WAIT) {
    h->forever = any(4) == 0;
    h->length = h->forever ? 0 : 1 + any(1u << 31);
    h->mask = (uint8_t)any(8);
  } else if (shells[hart].kind == CORE_LOAD || shells[hart].kind == CORE_STORE) {
    access_memory(hart, h);
  } else {
    move_block(hart, h);
  }
  shells[hart].address = h->address;
  shells[hart].length = h->length;
  core_port_post(hart, shells[hart].kind);
}

/* The request has ended as `response`: is its result right, and what should the record say? */
static void result_is_right(int hart, int response) {
  core_hart *h = core_port_hart(hart);
  uint32_t at = shells[hart].address - BASE, length = shells[hart].length;
  int kind = shells[hart].kind, block = kind == CORE_READ || kind == CORE_WRITE;
  CHECK(h->response == response);
  if (kind == CORE_LOAD) {
    uint64_t value = 0;
    memcpy(&value, model + at, length);
    CHECK(h->value == value);
  } else if (kind == CORE_READ) {
    CHECK(memcmp(h->data, model + at, shells[hart].moved) == 0);
    for (uint32_t i = shells[hart].moved; i < length; i++) CHECK(h->data[i] == 0);
  }
  core_record record = {cycle, (uint32_t)(cycle - shells[hart].issued), (uint8_t)kind,
                        (uint8_t)hart, (uint8_t)response, (uint8_t)(block ? 8 : length),
                        shells[hart].address, length, 0};
  expect(record, NULL, 0);
}

static int response_now;

static void resume(int hart, int kind) {
  CHECK(kind == shells[hart].kind);
  if (kind == CORE_WAIT) CHECK(core_port_hart(hart)->left == shells[hart].waited);
  else result_is_right(hart, response_now);
  request(hart);
}

static void start(int hart, uint32_t address) {
  CHECK(address == 0x80000000u + (unsigned)hart);
  request(hart);
}

static void stop(int hart) { CHECK(core_port_hart(hart)->kind == CORE_NONE); }

/* ---- the shell: commands to memory accesses ---- */

static uint8_t strobe(uint64_t command, unsigned beat, unsigned beats) {
  if (beat == 0) return (uint8_t)(command >> 40);
  return beat == beats - 1 ? (uint8_t)(command >> 32) : 0xff;
}

static uint64_t wires[256]; /* data of the transaction's beats */

static void perform_beat(int hart, unsigned beat, uint32_t address, uint8_t lanes, int writes) {
  uint8_t *place = bus + (address & ~7u) - BASE;
  uint64_t data = (uint64_t)any(1u << 31) << 32; /* lanes that nobody asked for hold anything */
  if (writes) data = core_port_wbeat(hart);
  for (unsigned lane = 0; lane < 8; lane++) {
    if (!(lanes >> lane & 1)) continue;
    if (writes) place[lane] = (uint8_t)(data >> 8 * lane);
    else data = (data & ~(0xffull << 8 * lane)) | (uint64_t)place[lane] << 8 * lane;
    shells[hart].moved++;
  }
  wires[beat] = data;
  if (!writes) core_port_rbeat(hart, data);
}

/* What an observer at the memory says of the transaction, and the record of it. `moved` bytes from
 * `place` on are written; a read has all bytes of its beats. */
static void observe(int hart, uint64_t command, int response, uint32_t place, uint32_t moved) {
  int writes = (command >> 61 & 3) == 1;
  unsigned size = command >> 58 & 7, beats = (command >> 50 & 0xff) + 1, beat = 0;
  uint32_t begin = (uint32_t)cycle - 3, length = writes ? moved : beats << size, skew;
  for (; beat + 1 < beats; beat++)
    core_port_observed_beat(2 * hart + writes, wires[beat], strobe(command, beat, beats));
  int about = response << 15 | (int)size << 12 | hart << 8 | strobe(command, beat, beats);
  core_port_observed(2 * hart + writes, cycle, (uint64_t)begin << 32 | (uint32_t)command, about,
                     wires[beat]);
  if (!writes) place = (uint32_t)command;
  skew = place % 8;
  const uint8_t *bytes = (const uint8_t *)wires + skew;
  core_record record = {cycle, 3, (uint8_t)(CORE_RECORD_MEMORY_READ + writes), (uint8_t)hart,
                        (uint8_t)response, (uint8_t)(1u << size), place, length, 0};
  if (length <= 8) memcpy(&record.value, bytes, length);
  expect(record, bytes, length <= 8 ? 0 : length);
}

/* One AXI transaction, after checks of its form (IHI 0022, A3.4.1). */
static int perform(int hart) {
  uint64_t command = shells[hart].command;
  int writes = (command >> 61 & 3) == 1;
  unsigned size = command >> 58 & 7, beats = (command >> 50 & 0xff) + 1;
  uint32_t address = (uint32_t)command, before = shells[hart].moved;
  CHECK(size <= 3 && address % (1u << size) == 0);
  CHECK(beats == 1 || size == 3);
  CHECK(address / PAGE == (address + (beats << size) - 1) / PAGE);
  CHECK(writes == (shells[hart].kind == CORE_STORE || shells[hart].kind == CORE_WRITE));
  for (unsigned beat = 0; beat < beats; beat++)
    perform_beat(hart, beat, address + 8 * beat, strobe(command, beat, beats), writes);
  CHECK(shells[hart].moved > before && shells[hart].moved <= shells[hart].length);
  if (writes) { /* exactly the bytes of the request, and no other */
    uint32_t at = shells[hart].address - BASE + before, bytes = shells[hart].moved - before;
    const void *data = shells[hart].kind == CORE_STORE ? (void *)&shells[hart].value
                                                       : (void *)(shells[hart].data + before);
    memcpy(model + at, data, bytes);
  }
  int refused = shells[hart].refuse && any(2) ? shells[hart].refuse : 0;
  if (refused) shells[hart].refuse = 0;
  observe(hart, command, refused, shells[hart].address + before, shells[hart].moved - before);
  return refused;
}

static void end_command(int hart) {
  uint64_t command = shells[hart].command;
  int response = 0;
  uint32_t left = 0;
  if ((command >> 61 & 3) == 2) {
    CHECK((uint32_t)command == shells[hart].length);
    left = shells[hart].waited = command >> 49 & 1 ? 0 : any(shells[hart].length);
  } else {
    response = response_now = perform(hart);
  }
  shells[hart].command = core_port_done(hart, cycle, response, left);
}

static void drive(int hart) {
  cycle += 1 + any(5);
  if (!shells[hart].running) {
    expect_note(CORE_RECORD_START, hart, 0x80000000u + (unsigned)hart, 0);
    shells[hart].command = core_port_start(hart, cycle, 0x80000000u + (unsigned)hart);
    shells[hart].running = 1;
  } else if (any(150) == 0 || !(shells[hart].command >> 63)) {
    if (shells[hart].command >> 63 && !(shells[hart].command >> 62 & 1))
      perform(hart); /* a reset takes effect at the end of the transaction: nobody is told */
    expect_note(CORE_RECORD_STOP, hart, 0, 0);
    core_port_stop(hart, cycle);
    shells[hart].command = 0;
    shells[hart].running = 0;
  } else {
    end_command(hart);
  }
  if (!(shells[hart].command >> 63)) return;
  CHECK((shells[hart].command >> 48 & 1) == (unsigned)shells[hart].named);
  for (int half = 0; half < 2 && shells[hart].named; half++)
    for (int i = 0; i < 8; i++)
      CHECK((uint8_t)(core_port_thread(hart, half) >> (56 - 8 * i)) ==
            (uint8_t)core_port_hart(hart)->thread[8 * half + i]);
  shells[hart].named = 0;
}

/* ---- terminals and lines ---- */

static uint8_t typed[CORE_TERMINALS], shown[CORE_TERMINALS];

static void drive_terminal(int terminal) {
  uint8_t data[64];
  size_t length = any(65);
  for (size_t i = 0; i < length; i++) data[i] = (uint8_t)(typed[terminal] + i);
  int taken = core_port_terminal_put(terminal, data, length);
  CHECK(taken >= 0 && (size_t)taken <= length);
  typed[terminal] = (uint8_t)(typed[terminal] + taken);
  for (unsigned i = any(60); i; i--) {
    unsigned got = core_port_terminal_tx(terminal, cycle);
    if (!got) {
      CHECK(shown[terminal] == typed[terminal]);
      break;
    }
    CHECK(got == (0x100u | shown[terminal]));
    expect_note(CORE_RECORD_TX, terminal, 0, shown[terminal]++);
  }
  core_port_terminal_rx(terminal, cycle, 'x');
  expect_note(CORE_RECORD_RX, terminal, 0, 'x');
}

static void drive_lines(int hart) {
  int level = (int)any(8);
  expect_note(CORE_RECORD_LINES, hart, 0, (uint64_t)level);
  core_port_lines(hart, cycle, level);
  CHECK(core_port_hart(hart)->lines == level);
}

/* Software outside the RTL has stored something: payloads of any length go out whole. */
static void drive_seen(int hart) {
  uint32_t length = block_length();
  core_port_record(CORE_RECORD_SEEN, hart, BASE, length, 0, model);
  expect((core_record){core_port_now(), 0, CORE_RECORD_SEEN, (uint8_t)hart, 0, 0, BASE, length, 0},
         model, length);
}

static void halt_is_silent(void) {
  core_port_halt();
  core_port_flush();
  size_t size = stream_size;
  for (int hart = 0; hart < HARTS; hart++) {
    CHECK(core_port_done(hart, cycle, 0, 0) == 0);
    core_port_stop(hart, cycle);
    CHECK(core_port_start(hart, cycle, 0) == 0);
    core_port_lines(hart, cycle, 1);
  }
  CHECK(core_port_terminal_tx(0, cycle) == 0);
  core_port_flush();
  CHECK(stream_size == size);
}

int main(int argc, char **argv) {
  int steps = argc > 2 ? atoi(argv[2]) : 1000;
  seed = argc > 1 ? strtoull(argv[1], NULL, 10) : 1;
  core_hooks hooks = {resume, start, stop, NULL, NULL, NULL, take_records};
  core_port_set_hooks(&hooks);
  for (step = 0; step < steps; step++) {
    drive((int)any(HARTS));
    if (any(50) == 0) drive_terminal((int)any(CORE_TERMINALS));
    if (any(50) == 0) drive_lines((int)any(HARTS));
    if (any(50) == 0) drive_seen((int)any(HARTS));
  }
  halt_is_silent();
  core_account account = core_port_account();
  CHECK(account.bus + account.cpu + account.idle == core_port_now());
  CHECK(memcmp(bus, model, MEMORY) == 0);
  CHECK(stream_size == expected_size && memcmp(stream, expected, stream_size) == 0);
  printf("%zu bytes of records, %llu transactions\n", stream_size,
         (unsigned long long)core_port_transactions());
  for (int hart = 0; hart < HARTS; hart++) free(shells[hart].data);
  for (int hart = 0; hart < CORE_HARTS; hart++) free(core_port_hart(hart)->data);
  return 0;
}
