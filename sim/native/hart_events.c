/* SPDX-License-Identifier: Apache-2.0
 * What software says of itself, for the record stream: events, and which thread runs.
 */
#include "hart_events.h"

#include "hart_software.h"

static PyObject *event_names; /* name -> number */

int hart_argument(PyObject *object, int *hart) {
  long number = PyLong_AsLong(object);
  if (number < 0 || number >= CORE_HARTS) {
    if (!PyErr_Occurred())
      PyErr_Format(PyExc_ValueError, "hart index %ld, expected 0..%d", number, CORE_HARTS - 1);
    return -1;
  }
  *hart = (int)number;
  return 0;
}

/* ---- events ---- */

/* The number of an event name; its first use puts the name into the record stream. */
static long event_number(PyObject *name) {
  PyObject *number = PyDict_GetItemWithError(event_names, name);
  if (number) return PyLong_AsLong(number);
  if (PyErr_Occurred()) return -1;
  Py_ssize_t length;
  const char *text = PyUnicode_AsUTF8AndSize(name, &length);
  number = text ? PyLong_FromSsize_t(PyDict_GET_SIZE(event_names)) : NULL;
  if (!number || PyDict_SetItem(event_names, name, number)) {
    Py_XDECREF(number);
    return -1;
  }
  long result = PyLong_AsLong(number);
  Py_DECREF(number);
  core_port_record(CORE_RECORD_NAME, 0, (uint32_t)result, (uint32_t)length, 0, text);
  return result;
}

/* The watcher of an event; NULL without one, or with an exception set. */
static PyObject *watcher_of(int hart, PyObject *name) {
  PyObject *watchers = hart_states[hart].watchers;
  if (!watchers || !PyDict_GET_SIZE(watchers)) return NULL;
  return PyDict_GetItemWithError(watchers, name);
}

/* Calls a watcher with the clock and what the event says; takes these two, which may be NULL. */
static int tell(PyObject *watcher, PyObject *a, PyObject *b) {
  PyObject *clock = PyLong_FromUnsignedLongLong(core_port_now()), *told[] = {clock, a, b};
  PyObject *result = NULL;
  if (clock && a && b) {
    Py_INCREF(watcher);
    result = PyObject_Vectorcall(watcher, told, 3, NULL);
    Py_DECREF(watcher);
  }
  for (int i = 0; i < 3; i++) Py_XDECREF(told[i]);
  Py_XDECREF(result);
  return result ? 0 : -1;
}

static int record(int hart, PyObject *name, uint64_t a, uint64_t b) {
  long number = event_number(name);
  if (number < 0 || PyErr_Occurred()) return -1;
  core_port_record(CORE_RECORD_EVENT, hart, (uint32_t)number, (uint32_t)b, a, NULL);
  return 0;
}

int hart_event(int hart, PyObject *name, uint64_t a, uint64_t b) {
  PyObject *watcher = watcher_of(hart, name);
  if (watcher && tell(watcher, PyLong_FromUnsignedLongLong(a), PyLong_FromUnsignedLongLong(b)))
    return -1;
  return record(hart, name, a, b);
}

static PyObject *event(PyObject *module, PyObject *const *args, Py_ssize_t count) {
  int hart;
  if (count < 2 || count > 4) return PyErr_Format(PyExc_TypeError, "event(hart, name, a=0, b=0)");
  if (hart_argument(args[0], &hart)) return NULL;
  PyObject *a = count > 2 ? args[2] : NULL, *b = count > 3 ? args[3] : NULL;
  PyObject *watcher = watcher_of(hart, args[1]);
  if (watcher && tell(watcher, a ? Py_NewRef(a) : PyLong_FromLong(0),
                      b ? Py_NewRef(b) : PyLong_FromLong(0)))
    return NULL;
  if (PyErr_Occurred() || record(hart, args[1], a ? PyLong_AsUnsignedLongLongMask(a) : 0,
                                 b ? PyLong_AsUnsignedLongLongMask(b) : 0))
    return NULL;
  Py_RETURN_NONE;
}

static PyObject *names(PyObject *module, PyObject *unused) { return PyDict_Copy(event_names); }

/* ---- threads ---- */

int hart_thread(int hart, PyObject *name) {
  Py_ssize_t length;
  const char *text = PyUnicode_AsUTF8AndSize(name, &length);
  if (!text) return -1;
  core_port_set_thread(hart, text, (size_t)length);
  return 0;
}

static PyObject *thread(PyObject *module, PyObject *const *args, Py_ssize_t count) {
  int hart;
  if (count != 2) return PyErr_Format(PyExc_TypeError, "thread(hart, name)");
  if (hart_argument(args[0], &hart) || hart_thread(hart, args[1])) return NULL;
  Py_RETURN_NONE;
}

/* ---- in the module ---- */

static PyMethodDef methods[] = {
    {"thread", (PyCFunction)(void (*)(void))thread, METH_FASTCALL,
     "thread(hart, name): the thread shown in the waveform."},
    {"event", (PyCFunction)(void (*)(void))event, METH_FASTCALL,
     "event(hart, name, a=0, b=0): a software event for the record stream."},
    {"event_names", names, METH_NOARGS, "event_names() -> the number of each event used so far."},
    {NULL, NULL, 0, NULL}};

int hart_events_add(PyObject *module) {
  event_names = PyDict_New();
  return event_names ? PyModule_AddFunctions(module, methods) : -1;
}
