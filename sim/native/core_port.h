/* SPDX-License-Identifier: Apache-2.0
 * The core port: what stands between the core shells in the RTL and the software of the harts.
 *
 * A hart's software posts one request (load, store, block read, block write, wait). The port cuts
 * it into AXI bursts, hands them to the core shell one by one, collects the data, records the
 * finished request and calls the hart's hook, which posts the next. Nothing here knows Python or a
 * simulator.
 */
#ifndef AMPSIM_CORE_PORT_H
#define AMPSIM_CORE_PORT_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

enum { CORE_HARTS = 8, CORE_TERMINALS = 4, CORE_THREAD_NAME = 16 };

enum core_request {
  CORE_NONE = -1,
  CORE_LOAD = 0,  /* one beat of 1, 2, 4 or 8 bytes */
  CORE_STORE = 1,
  CORE_READ = 2,  /* any length, any alignment: bursts */
  CORE_WRITE = 3,
  CORE_WAIT = 4,
};

/* Kinds of records beside the harts' own requests, enum core_request; they share a field. */
enum core_record_kind {
  CORE_RECORD_MEMORY_READ = 8, /* as observed on the wires at a memory */
  CORE_RECORD_MEMORY_WRITE = 9,
  CORE_RECORD_REGISTER_READ = 10, /* as observed on the bus of the registers */
  CORE_RECORD_REGISTER_WRITE = 11,
  CORE_RECORD_LINES = 16,   /* value: new level of the interrupt lines */
  CORE_RECORD_START = 17,   /* address: boot address */
  CORE_RECORD_STOP = 18,
  CORE_RECORD_THREAD = 19,  /* payload: name */
  CORE_RECORD_EVENT = 20,   /* address: event number, value and length: its two arguments */
  CORE_RECORD_NAME = 21,    /* address: event number, payload: its name */
  CORE_RECORD_TX = 22,      /* terminal sent / received a character (value) */
  CORE_RECORD_RX = 23,
  CORE_RECORD_SEEN = 24, /* bytes that software outside the RTL has stored (value 0) or loaded (1) */
  CORE_RECORD_SOURCE = 25, /* edge of an interrupt source: address, hart: its line, value: level */
};

/* One record of the run, little-endian; docs/records.md has the fields of each kind. A payload of
 * `length` bytes, padded to 8, follows CORE_RECORD_THREAD, CORE_RECORD_NAME, CORE_RECORD_SEEN, and
 * what was observed at a memory if it is longer than `value`. A hart's own requests have no data. */
typedef struct {
  uint64_t cycle;    /* clock at which it ended */
  uint32_t span;     /* clocks from its start */
  uint8_t kind;
  uint8_t hart;      /* or terminal, or line of an interrupt source */
  uint8_t response;  /* AXI response: 0 OKAY, 2 SLVERR, 3 DECERR */
  uint8_t size;      /* bytes of a beat */
  uint32_t address;
  uint32_t length;   /* bytes */
  uint64_t value;    /* data of up to 8 bytes */
} core_record;

/* How the clocks of the run divide over all harts (see core_port_account). */
typedef struct {
  uint64_t bus;   /* some hart had a bus transaction in progress */
  uint64_t cpu;   /* none had, but some hart was charged CPU time */
  uint64_t idle;  /* every hart slept or was off */
} core_account;

typedef struct {
  int kind;                 /* enum core_request, CORE_NONE when the hart is off */
  uint32_t address;
  uint32_t length;          /* bytes, or clocks of a wait */
  uint32_t left;            /* clocks a wait did not use */
  uint8_t response;
  uint8_t mask;             /* lines that end a wait */
  uint8_t forever;
  uint8_t thread_changed;
  uint64_t value;           /* data of a load or store */
  uint8_t *data;            /* data of a read or write; owned by the port */
  size_t capacity;
  uint32_t done;            /* bytes of earlier bursts */
  uint32_t chunk;           /* bytes of the burst in progress */
  uint32_t beat;            /* next beat of it */
  uint64_t issued;
  uint8_t lines;            /* live interrupt lines */
  char thread[CORE_THREAD_NAME];
} core_hart;

/* Called when a request of this kind has ended: its result is in core_port_hart(hart). The hook
 * posts the next request; a hart whose hook posts none is off until its next reset. */
typedef void (*core_resume_hook)(int hart, int kind);
/* Called when a hart leaves reset at `address`; may post its first request. */
typedef void (*core_start_hook)(int hart, uint32_t address);
typedef void (*core_stop_hook)(int hart);
typedef void (*core_lines_hook)(int hart, uint8_t lines);
typedef void (*core_terminal_hook)(int terminal, uint8_t data);
/* Takes `length` bytes of records; called when the buffer is full and at core_port_flush. */
typedef void (*core_records_hook)(const uint8_t *records, size_t length);

typedef struct {
  core_resume_hook resume;
  core_start_hook start;
  core_stop_hook stop;
  core_lines_hook lines;
  core_terminal_hook received; /* a character came in over a terminal's line */
  core_terminal_hook sent;     /* a character begins to go out */
  core_records_hook records;
} core_hooks;

/* ---- software's side ---- */
void core_port_set_hooks(const core_hooks *hooks);
core_hart *core_port_hart(int hart);
uint64_t core_port_now(void);             /* clocks since reset */
uint64_t core_port_transactions(void);    /* bus requests finished */
core_account core_port_account(void);
int core_port_reserve(int hart, size_t bytes); /* room in hart->data; 0, or -1 out of memory */
void core_port_post(int hart, int kind);  /* starts the request described in core_port_hart(hart) */
void core_port_set_thread(int hart, const char *name, size_t length);
void core_port_record(int kind, int hart, uint32_t address, uint32_t length, uint64_t value,
                      const void *payload);
void core_port_flush(void);               /* hands all records over; not within a clock */
void core_port_halt(void);                /* ends recording with this clock; no command follows */
void core_port_set_skipping(int on);       /* on at first */
int core_port_terminal_put(int terminal, const uint8_t *data, size_t length);

/* ---- the RTL's side (DPI-C on Verilator, through core_port_vpi.c elsewhere) ---- */
unsigned long long core_port_start(int hart, unsigned long long cycle, unsigned int address);
void core_port_stop(int hart, unsigned long long cycle);
void core_port_lines(int hart, unsigned long long cycle, int lines);
void core_port_rbeat(int hart, unsigned long long data);
unsigned long long core_port_wbeat(int hart);
unsigned long long core_port_done(int hart, unsigned long long cycle, int resp, unsigned int left);
unsigned long long core_port_thread(int hart, int half);
void core_port_terminal_rx(int terminal, unsigned long long cycle, int data);
unsigned short core_port_terminal_tx(int terminal, unsigned long long cycle);

/* ---- the observers in the RTL (hdl_models/observers/observer_calls.svh) ---- */
void core_port_observed_beat(int channel, unsigned long long data, int strobes);
void core_port_observed(int channel, unsigned long long cycle, unsigned long long place, int about,
                        unsigned long long data);
void core_port_observed_line(int number, unsigned long long cycle, unsigned int address, int line,
                             int level);

/* Asked between two edges: how many clocks may be left out before the next one. `cycle` is the clock
 * that edge would be, `quiet` the RTL's word that nothing is under way in it, `timer` the clocks in
 * which no timer interrupt can rise. 0 when something could change. */
unsigned int core_port_skip(unsigned long long cycle, int quiet, unsigned int timer);

#ifdef __cplusplus
}
#endif
#endif
