/* SPDX-License-Identifier: Apache-2.0
 * The software of the harts as the extension keeps it: coroutines, and what they wait for.
 */
#ifndef AMPSIM_HART_SOFTWARE_H
#define AMPSIM_HART_SOFTWARE_H

#define PY_SSIZE_T_CLEAN
#include <Python.h>

#include "core_port.h"

/* Requests beside those of enum core_request that software makes (see sim/core.py). */
enum { HART_SERIES = 5, HART_POLL = 6, HART_RUN = 7 };

typedef struct {
  PyObject *software; /* the hart's generator, NULL when the hart is off */
  PyObject *frame;    /* the coroutine that it has the port run, NULL for itself */
  PyObject *series;   /* tuple: requests that are performed in a row, NULL for none */
  PyObject *replies;  /* list: the replies to those that are done */
  uint8_t series_mask; /* lines that end the row early */
  uint64_t bits;      /* POLL: the row is repeated until its first reply has one of these; else 0 */
  PyObject *fault;    /* exception type for a refused access: fault(address, response) */
  PyObject *lines;    /* bytearray(1): live interrupt lines */
  PyObject *mask;     /* bytearray(1): those that end the run of a frame */
  PyObject *watchers; /* dict: event name -> callable(clock, a, b) */
} hart_state;

extern hart_state hart_states[CORE_HARTS];
extern PyObject *start_callback, *stop_callback, *exit_callback;

/* The hooks of the core port. */
void hart_resume(int hart, int kind);
void hart_start(int hart, uint32_t address);
void hart_stop(int hart);

/* Calls `callable`, if it is one, and drops its result and the arguments. */
void call_out(PyObject *callable, PyObject *arguments);

/* Starts one of the core port's own requests: POSTED; AT_ONCE, a wait of no clocks, whose reply is
 * 0; REFUSED with an exception set. */
enum posted { POSTED, AT_ONCE, REFUSED };
int hart_post(int hart, PyObject *request);
int hart_refuse(PyObject *request); /* REFUSED: this is no request */
/* The same from kind, address, size and value, kind, address and length, or kind, cycles and mask;
 * `data` is what is written. What it refuses sets no exception: hart_post has the words for it. */
int hart_post_words(int hart, const uint64_t *words, const void *data);

/* The exception that is set, with its traceback; it is no longer set then. NULL for none. */
PyObject *hart_raised(void);

#endif
