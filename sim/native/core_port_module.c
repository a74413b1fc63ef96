/* SPDX-License-Identifier: Apache-2.0
 * Python's side of the core port: resumes the coroutine of a hart when its request has ended.
 *
 * The coroutine yields request tuples (see sim/core.py) and gets the reply back; no scheduler
 * stands in between. Everything runs inside the simulator's evaluation of a clock edge.
 */
#define PY_SSIZE_T_CLEAN
#include <Python.h>

#include "core_port.h"
#include "host_memory_module.h"

typedef struct {
  PyObject *software; /* the running generator, NULL when the hart is off */
  PyObject *fault;    /* exception type for a refused access: fault(address, response) */
  PyObject *lines;    /* bytearray(1): live interrupt lines */
  PyObject *watchers; /* dict: event name -> callable(clock, a, b) */
} hart_state;

static hart_state states[CORE_HARTS];
static PyObject *start_callback, *stop_callback, *exit_callback, *records_callback,
    *received_callback, *sent_callback;
static PyObject *event_names; /* name -> number */

/* ---- calls out to Python ---- */

/* Calls `callable` and drops its result. An error there has nobody to go to: it is printed. */
static void call_out(PyObject *callable, PyObject *arguments) {
  if (callable && arguments) {
    PyObject *result = PyObject_CallObject(callable, arguments);
    if (result) Py_DECREF(result);
    else PyErr_WriteUnraisable(callable);
  }
  Py_XDECREF(arguments);
}

/* The software of a hart has returned or raised: exit_callback(hart, error or None). */
static void software_ended(int hart) {
  PyObject *type, *error, *traceback;
  PyErr_Fetch(&type, &error, &traceback);
  if (type) {
    PyErr_NormalizeException(&type, &error, &traceback);
    if (traceback) PyException_SetTraceback(error, traceback);
  }
  Py_CLEAR(states[hart].software);
  call_out(exit_callback, Py_BuildValue("(iO)", hart, error ? error : Py_None));
  Py_XDECREF(type);
  Py_XDECREF(error);
  Py_XDECREF(traceback);
}

/* ---- requests ---- */

enum posted { POSTED, AT_ONCE, REFUSED };

static int refuse(PyObject *request) {
  PyErr_Format(PyExc_TypeError,
               "not a request of a hart: %R (expected (0, address, size), "
               "(1, address, size, value), (2, address, length), (3, address, data) or "
               "(4, cycles, mask))", request);
  return REFUSED;
}

static int post_access(int hart, PyObject *request, long kind) {
  core_hart *h = core_port_hart(hart);
  unsigned long size = PyLong_AsUnsignedLong(PyTuple_GET_ITEM(request, 2));
  if (kind == CORE_STORE) {
    if (PyTuple_GET_SIZE(request) != 4) return refuse(request);
    h->value = PyLong_AsUnsignedLongLongMask(PyTuple_GET_ITEM(request, 3));
    if (size < 8) h->value &= (1ull << 8 * size) - 1;
  }
  if (PyErr_Occurred()) return REFUSED;
  if ((size != 1 && size != 2 && size != 4 && size != 8) || h->address % size) {
    PyErr_Format(PyExc_ValueError, "misaligned access: %R (size 1, 2, 4 or 8, address a multiple)",
                 request);
    return REFUSED;
  }
  h->length = (uint32_t)size;
  core_port_post(hart, (int)kind);
  return POSTED;
}

static int post_block(int hart, PyObject *request, long kind) {
  core_hart *h = core_port_hart(hart);
  PyObject *what = PyTuple_GET_ITEM(request, 2);
  Py_buffer data = {0};
  size_t length;
  if (kind == CORE_WRITE) {
    if (PyObject_GetBuffer(what, &data, PyBUF_SIMPLE)) return REFUSED;
    length = (size_t)data.len;
  } else {
    length = PyLong_AsSize_t(what);
    if (PyErr_Occurred()) return REFUSED;
  }
  if (length == 0 || length > UINT32_MAX) {
    if (kind == CORE_WRITE) PyBuffer_Release(&data);
    PyErr_Format(PyExc_ValueError, "a block has 1 byte to 4 GiB, not %zu", length);
    return REFUSED;
  }
  if (core_port_reserve(hart, length)) {
    if (kind == CORE_WRITE) PyBuffer_Release(&data);
    PyErr_NoMemory();
    return REFUSED;
  }
  if (kind == CORE_WRITE) {
    memcpy(h->data, data.buf, length);
    PyBuffer_Release(&data);
  }
  h->length = (uint32_t)length;
  core_port_post(hart, (int)kind);
  return POSTED;
}

static int post_wait(int hart, PyObject *request) {
  core_hart *h = core_port_hart(hart);
  long cycles = PyLong_AsLong(PyTuple_GET_ITEM(request, 1));
  long mask = PyLong_AsLong(PyTuple_GET_ITEM(request, 2));
  if (PyErr_Occurred()) return REFUSED;
  if (cycles == 0) return AT_ONCE;
  if (cycles > UINT32_MAX) {
    PyErr_Format(PyExc_ValueError, "a wait has at most 2^32-1 clocks, not %ld", cycles);
    return REFUSED;
  }
  h->forever = cycles < 0;
  h->length = cycles < 0 ? 0 : (uint32_t)cycles;
  h->mask = (uint8_t)mask & 7;
  core_port_post(hart, CORE_WAIT);
  return POSTED;
}

static int post(int hart, PyObject *request) {
  if (!PyTuple_CheckExact(request) || PyTuple_GET_SIZE(request) < 3) return refuse(request);
  long kind = PyLong_AsLong(PyTuple_GET_ITEM(request, 0));
  if (kind == CORE_WAIT) return post_wait(hart, request);
  if (kind < CORE_LOAD || kind > CORE_WAIT) {
    PyErr_Clear();
    return refuse(request);
  }
  unsigned long long address = PyLong_AsUnsignedLongLong(PyTuple_GET_ITEM(request, 1));
  if (PyErr_Occurred()) return REFUSED;
  if (address > UINT32_MAX) {
    char text[32];
    snprintf(text, sizeof text, "0x%llx", address);
    PyErr_Format(PyExc_ValueError, "address %s is outside the 32-bit address space", text);
    return REFUSED;
  }
  core_port_hart(hart)->address = (uint32_t)address;
  return kind == CORE_LOAD || kind == CORE_STORE ? post_access(hart, request, kind)
                                                 : post_block(hart, request, kind);
}

/* ---- the loop: reply in, request out ---- */

/* What a generator has returned, out of the StopIteration that is set. */
static PyObject *returned_value(void) {
  PyObject *type, *error, *traceback;
  PyErr_Fetch(&type, &error, &traceback);
  PyErr_NormalizeException(&type, &error, &traceback);
  PyObject *value = PyObject_GetAttrString(error, "value");
  Py_XDECREF(type);
  Py_XDECREF(error);
  Py_XDECREF(traceback);
  return value;
}

/* Sends `reply` (stolen) into the software, or throws `error` (stolen) when given. */
static PyObject *step(int hart, PyObject *reply, PyObject *error, PySendResult *result) {
  PyObject *software = states[hart].software, *request = NULL;
  if (error) {
    Py_XDECREF(reply);
    request = PyObject_CallMethod(software, "throw", "O", error);
    Py_DECREF(error);
    *result = request ? PYGEN_NEXT : PYGEN_ERROR;
    if (!request && PyErr_ExceptionMatches(PyExc_StopIteration)) {
      request = returned_value();
      *result = request ? PYGEN_RETURN : PYGEN_ERROR;
    }
    return request;
  }
  *result = PyIter_Send(software, reply, &request);
  Py_DECREF(reply);
  return request;
}

static void run(int hart, PyObject *reply, PyObject *error) {
  for (;;) {
    PySendResult result;
    PyObject *request = step(hart, reply, error, &result);
    reply = error = NULL;
    if (result == PYGEN_RETURN && PyGen_CheckExact(request)) {
      Py_XSETREF(states[hart].software, request); /* the hart's software from now on */
      reply = Py_NewRef(Py_None);
      continue;
    }
    if (result != PYGEN_NEXT) {
      Py_XDECREF(request);
      software_ended(hart);
      return;
    }
    int posted = post(hart, request);
    Py_DECREF(request);
    if (posted == POSTED) return;
    if (posted == AT_ONCE) {
      reply = PyLong_FromLong(0);
    } else { /* a request that cannot be made is raised where it was made */
      PyObject *type, *traceback;
      PyErr_Fetch(&type, &error, &traceback);
      PyErr_NormalizeException(&type, &error, &traceback);
      Py_XDECREF(type);
      Py_XDECREF(traceback);
    }
    if (!states[hart].software) return;
  }
}

static PyObject *reply_of(const core_hart *h, int kind) {
  switch (kind) {
    case CORE_LOAD: return PyLong_FromUnsignedLongLong(h->value);
    case CORE_READ: return PyBytes_FromStringAndSize((const char *)h->data, h->length);
    case CORE_WAIT: return PyLong_FromUnsignedLong(h->left);
    default: return Py_NewRef(Py_None);
  }
}

static void resume(int hart, int kind) {
  const core_hart *h = core_port_hart(hart);
  if (!states[hart].software) return;
  PyGILState_STATE gil = PyGILState_Ensure();
  PyObject *error = NULL, *reply = NULL;
  if (h->response)
    error = PyObject_CallFunction(states[hart].fault, "Ii", h->address, (int)h->response);
  else
    reply = reply_of(h, kind);
  if (error || reply) run(hart, reply, error);
  else software_ended(hart);
  PyGILState_Release(gil);
}

/* ---- the other hooks ---- */

static void start(int hart, uint32_t address) {
  PyGILState_STATE gil = PyGILState_Ensure();
  PyObject *software = NULL;
  if (start_callback) software = PyObject_CallFunction(start_callback, "iI", hart, address);
  if (!software && PyErr_Occurred()) {
    software_ended(hart);
  } else if (software && software != Py_None) {
    Py_XSETREF(states[hart].software, software);
    run(hart, Py_NewRef(Py_None), NULL);
  } else {
    Py_XDECREF(software);
  }
  PyGILState_Release(gil);
}

static void stop(int hart) {
  PyGILState_STATE gil = PyGILState_Ensure();
  Py_CLEAR(states[hart].software);
  call_out(stop_callback, Py_BuildValue("(i)", hart));
  PyGILState_Release(gil);
}

static void lines(int hart, uint8_t level) {
  PyObject *kept = states[hart].lines;
  if (kept && PyByteArray_GET_SIZE(kept)) PyByteArray_AS_STRING(kept)[0] = (char)level;
}

static void call_with_character(PyObject *callback, int terminal, uint8_t data) {
  PyGILState_STATE gil = PyGILState_Ensure();
  call_out(callback, Py_BuildValue("(ii)", terminal, (int)data));
  PyGILState_Release(gil);
}

static void received(int terminal, uint8_t data) {
  call_with_character(received_callback, terminal, data);
}

static void sent(int terminal, uint8_t data) { call_with_character(sent_callback, terminal, data); }

static void records(const uint8_t *data, size_t length) {
  PyGILState_STATE gil = PyGILState_Ensure();
  PyObject *view = PyMemoryView_FromMemory((char *)data, (Py_ssize_t)length, PyBUF_READ);
  if (view) call_out(records_callback, Py_BuildValue("(N)", view));
  PyGILState_Release(gil);
}

/* ---- module functions ---- */

static int hart_argument(PyObject *object, int *hart) {
  long number = PyLong_AsLong(object);
  if (number < 0 || number >= CORE_HARTS) {
    if (!PyErr_Occurred())
      PyErr_Format(PyExc_ValueError, "hart index %ld, expected 0..%d", number, CORE_HARTS - 1);
    return -1;
  }
  *hart = (int)number;
  return 0;
}

static PyObject *configure(PyObject *module, PyObject *args, PyObject *keywords) {
  static char *names[] = {"start", "stop", "exit", "records", "received", "sent", NULL};
  PyObject **kept[] = {&start_callback, &stop_callback, &exit_callback,
                       &records_callback, &received_callback, &sent_callback};
  PyObject *given[6];
  if (!PyArg_ParseTupleAndKeywords(args, keywords, "OOOOOO", names, &given[0], &given[1], &given[2],
                                   &given[3], &given[4], &given[5]))
    return NULL;
  for (int i = 0; i < 6; i++)
    Py_XSETREF(*kept[i], given[i] == Py_None ? NULL : Py_NewRef(given[i]));
  core_hooks hooks = {resume, start, stop, lines, received_callback ? received : NULL,
                      sent_callback ? sent : NULL, records_callback ? records : NULL};
  core_port_set_hooks(&hooks);
  Py_RETURN_NONE;
}

static PyObject *attach(PyObject *module, PyObject *args) {
  int hart;
  PyObject *number, *line_buffer, *fault, *watchers;
  if (!PyArg_ParseTuple(args, "OO!OO!", &number, &PyByteArray_Type, &line_buffer, &fault,
                        &PyDict_Type, &watchers))
    return NULL;
  if (hart_argument(number, &hart)) return NULL;
  if (PyByteArray_GET_SIZE(line_buffer) != 1)
    return PyErr_Format(PyExc_ValueError, "lines has %zd bytes, expected 1",
                        PyByteArray_GET_SIZE(line_buffer));
  Py_XSETREF(states[hart].lines, Py_NewRef(line_buffer));
  Py_XSETREF(states[hart].fault, Py_NewRef(fault));
  Py_XSETREF(states[hart].watchers, Py_NewRef(watchers));
  lines(hart, core_port_hart(hart)->lines);
  Py_RETURN_NONE;
}

static PyObject *now(PyObject *module, PyObject *unused) {
  return PyLong_FromUnsignedLongLong(core_port_now());
}

static PyObject *statistics(PyObject *module, PyObject *unused) {
  core_account account = core_port_account();
  return Py_BuildValue("(KKKKK)", core_port_now(), core_port_transactions(), account.bus,
                       account.cpu, account.idle);
}

static PyObject *thread(PyObject *module, PyObject *const *args, Py_ssize_t count) {
  int hart;
  Py_ssize_t length;
  if (count != 2) return PyErr_Format(PyExc_TypeError, "thread(hart, name)");
  if (hart_argument(args[0], &hart)) return NULL;
  const char *name = PyUnicode_AsUTF8AndSize(args[1], &length);
  if (!name) return NULL;
  core_port_set_thread(hart, name, (size_t)length);
  Py_RETURN_NONE;
}

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

/* Calls the watcher of an event, if it has one, with the clock and what the event says. */
static int tell_watcher(int hart, PyObject *const *args, Py_ssize_t count) {
  PyObject *watchers = states[hart].watchers;
  if (!watchers || !PyDict_GET_SIZE(watchers)) return 0;
  PyObject *watcher = PyDict_GetItemWithError(watchers, args[1]);
  if (!watcher) return PyErr_Occurred() ? -1 : 0;
  PyObject *clock = PyLong_FromUnsignedLongLong(core_port_now()), *none = PyLong_FromLong(0);
  PyObject *told[] = {clock, count > 2 ? args[2] : none, count > 3 ? args[3] : none};
  PyObject *result = NULL;
  if (clock && none) {
    Py_INCREF(watcher);
    result = PyObject_Vectorcall(watcher, told, 3, NULL);
    Py_DECREF(watcher);
  }
  Py_XDECREF(clock);
  Py_XDECREF(none);
  Py_XDECREF(result);
  return result ? 0 : -1;
}

static PyObject *event(PyObject *module, PyObject *const *args, Py_ssize_t count) {
  int hart;
  if (count < 2 || count > 4) return PyErr_Format(PyExc_TypeError, "event(hart, name, a=0, b=0)");
  if (hart_argument(args[0], &hart) || tell_watcher(hart, args, count)) return NULL;
  long number = event_number(args[1]);
  unsigned long long a = count > 2 ? PyLong_AsUnsignedLongLongMask(args[2]) : 0;
  unsigned long long b = count > 3 ? PyLong_AsUnsignedLongLongMask(args[3]) : 0;
  if (number < 0 || PyErr_Occurred()) return NULL;
  core_port_record(CORE_RECORD_EVENT, hart, (uint32_t)number, (uint32_t)b, a, NULL);
  Py_RETURN_NONE;
}

static PyObject *terminal_send(PyObject *module, PyObject *args) {
  int number;
  Py_buffer data;
  if (!PyArg_ParseTuple(args, "iy*", &number, &data)) return NULL;
  int taken = number >= 0 && number < CORE_TERMINALS
                  ? core_port_terminal_put(number, data.buf, (size_t)data.len) : -1;
  PyBuffer_Release(&data);
  if (taken < 0)
    return PyErr_Format(PyExc_ValueError, "terminal %d, expected 0..%d", number,
                        CORE_TERMINALS - 1);
  return PyLong_FromLong(taken);
}

static PyObject *seen(PyObject *module, PyObject *args) {
  int hart;
  unsigned int address;
  PyObject *number;
  Py_buffer data;
  int loaded;
  if (!PyArg_ParseTuple(args, "OIy*p", &number, &address, &data, &loaded)) return NULL;
  int refused = hart_argument(number, &hart);
  if (!refused)
    core_port_record(CORE_RECORD_SEEN, hart, address, (uint32_t)data.len, (uint64_t)loaded,
                     data.buf);
  PyBuffer_Release(&data);
  if (refused) return NULL;
  Py_RETURN_NONE;
}

static PyObject *request(PyObject *module, PyObject *number) {
  int hart;
  if (hart_argument(number, &hart)) return NULL;
  const core_hart *h = core_port_hart(hart);
  if (h->kind == CORE_NONE) Py_RETURN_NONE;
  return Py_BuildValue("(iIIKii)", h->kind, h->address, h->length, (unsigned long long)h->issued,
                       h->kind == CORE_WAIT && h->forever, h->kind == CORE_WAIT ? h->mask : 0);
}

static PyObject *names(PyObject *module, PyObject *unused) { return PyDict_Copy(event_names); }

static PyObject *flush(PyObject *module, PyObject *unused) {
  core_port_flush();
  Py_RETURN_NONE;
}

/* The software of the harts is not dropped here: it may be what called this. */
static PyObject *halt(PyObject *module, PyObject *unused) {
  core_port_halt();
  Py_RETURN_NONE;
}

static PyObject *set_skipping(PyObject *module, PyObject *on) {
  int yes = PyObject_IsTrue(on);
  if (yes < 0) return NULL;
  core_port_set_skipping(yes);
  Py_RETURN_NONE;
}

static PyMethodDef methods[] = {
    {"configure", (PyCFunction)(void (*)(void))configure, METH_VARARGS | METH_KEYWORDS,
     "configure(start, stop, exit, records, received, sent): sets the callbacks; None for none.\n\n"
     "start(hart, boot_address) -> generator or None, and what that returns goes on in its place\n"
     "if it is a generator; stop(hart); exit(hart, exception or None);\n"
     "records(memoryview); received(terminal, byte); sent(terminal, byte)."},
    {"attach", attach, METH_VARARGS,
     "attach(hart, lines, fault, watchers): the bytearray(1) to keep up to date, the exception\n"
     "type, and the dict of what is called with (clock, a, b) before an event is recorded."},
    {"now", now, METH_NOARGS, "now() -> clocks since reset."},
    {"statistics", statistics, METH_NOARGS,
     "statistics() -> (clocks, bus transactions, bus clocks, cpu clocks, idle clocks)."},
    {"thread", (PyCFunction)(void (*)(void))thread, METH_FASTCALL,
     "thread(hart, name): the thread shown in the waveform."},
    {"event", (PyCFunction)(void (*)(void))event, METH_FASTCALL,
     "event(hart, name, a=0, b=0): a software event for the record stream."},
    {"terminal_send", terminal_send, METH_VARARGS,
     "terminal_send(number, data) -> bytes taken; they go out on the serial line."},
    {"seen", seen, METH_VARARGS,
     "seen(hart, address, data, loaded): a record of bytes that software outside the RTL has\n"
     "stored, or loaded."},
    {"map_memory", map_memory, METH_VARARGS,
     "map_memory(buffer, first): backs the RTL's host memory from byte `first` on."},
    {"set_skipping", set_skipping, METH_O,
     "set_skipping(on): whether clocks in which nothing can change are left out."},
    {"request", request, METH_O, "request(hart): what it waits for, as in ctypes_port.py."},
    {"event_names", names, METH_NOARGS, "event_names() -> the number of each event used so far."},
    {"flush", flush, METH_NOARGS, "flush(): hands all pending records to the records callback."},
    {"halt", halt, METH_NOARGS, "halt(): ends the record stream; no hart gets another command."},
    {NULL, NULL, 0, NULL}};

static struct PyModuleDef definition = {PyModuleDef_HEAD_INIT, "_coreport",
                                        "The core port: harts' software on core shells.", -1,
                                        methods, NULL, NULL, NULL, NULL};

PyMODINIT_FUNC PyInit__coreport(void) {
  event_names = PyDict_New();
  return event_names ? PyModule_Create(&definition) : NULL;
}
