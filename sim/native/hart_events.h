/* SPDX-License-Identifier: Apache-2.0
 * What software says of itself, for the record stream: events, and which thread runs.
 */
#ifndef AMPSIM_HART_EVENTS_H
#define AMPSIM_HART_EVENTS_H

#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <stdint.h>

/* The number that Python has given for a hart; 0, or -1 with an exception set. */
int hart_argument(PyObject *object, int *hart);

/* Tells the watcher of an event, if it has one, and records it. 0, or -1 with an exception set. */
int hart_event(int hart, PyObject *name, uint64_t a, uint64_t b);
int hart_thread(int hart, PyObject *name);

/* Adds thread, event and event_names to a module; 0, or -1 with an exception set. */
int hart_events_add(PyObject *module);

#endif
