/* SPDX-License-Identifier: Apache-2.0
 * Python's side of the core port: the functions of its module, and the hooks beside the harts' own.
 */
#include "core_pipe.h"
#include "hart_events.h"
#include "hart_software.h"
#include "host_memory_module.h"

static PyObject *records_callback, *received_callback, *sent_callback;

/* ---- hooks ---- */

static void lines(int hart, uint8_t level) {
  PyObject *kept = hart_states[hart].lines;
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
  core_hooks hooks = {hart_resume, hart_start, hart_stop, lines, received_callback ? received : NULL,
                      sent_callback ? sent : NULL, records_callback ? records : NULL};
  core_port_set_hooks(&hooks);
  Py_RETURN_NONE;
}

static PyObject *attach(PyObject *module, PyObject *args) {
  int hart;
  PyObject *number, *line_buffer, *mask, *fault, *watchers;
  if (!PyArg_ParseTuple(args, "OO!O!OO!", &number, &PyByteArray_Type, &line_buffer,
                        &PyByteArray_Type, &mask, &fault, &PyDict_Type, &watchers))
    return NULL;
  if (hart_argument(number, &hart)) return NULL;
  if (PyByteArray_GET_SIZE(line_buffer) != 1 || PyByteArray_GET_SIZE(mask) != 1)
    return PyErr_Format(PyExc_ValueError, "lines and mask have %zd and %zd bytes, expected 1 each",
                        PyByteArray_GET_SIZE(line_buffer), PyByteArray_GET_SIZE(mask));
  Py_XSETREF(hart_states[hart].lines, Py_NewRef(line_buffer));
  Py_XSETREF(hart_states[hart].mask, Py_NewRef(mask));
  Py_XSETREF(hart_states[hart].fault, Py_NewRef(fault));
  Py_XSETREF(hart_states[hart].watchers, Py_NewRef(watchers));
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
     "attach(hart, lines, mask, fault, watchers): the bytearray(1) to keep up to date, that of the\n"
     "lines that end the run of a frame, the exception type, and the dict of what is called with\n"
     "(clock, a, b) before an event is recorded."},
    {"now", now, METH_NOARGS, "now() -> clocks since reset."},
    {"statistics", statistics, METH_NOARGS,
     "statistics() -> (clocks, bus transactions, bus clocks, cpu clocks, idle clocks)."},
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
    {"flush", flush, METH_NOARGS, "flush(): hands all pending records to the records callback."},
    {"halt", halt, METH_NOARGS, "halt(): ends the record stream; no hart gets another command."},
    {NULL, NULL, 0, NULL}};

static struct PyModuleDef definition = {PyModuleDef_HEAD_INIT, "_coreport",
                                        "The core port: harts' software on core shells.", -1,
                                        methods, NULL, NULL, NULL, NULL};

PyMODINIT_FUNC PyInit__coreport(void) {
  PyObject *module = PyModule_Create(&definition);
  if (module && (hart_events_add(module) || core_pipe_add(module))) Py_CLEAR(module);
  return module;
}
