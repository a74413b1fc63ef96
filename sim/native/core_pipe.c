/* SPDX-License-Identifier: Apache-2.0
 * A hart's software in another process: requests come from a pipe, replies go into one.
 *
 * The same as sim/micropython/pipe.py without a frame of Python between the core port and the pipe:
 * what runs in every request is here, all that is rare is called. The numbers of the frames
 * (FRAME_...) are those of sim/micropython/frames.py; the build hands them over.
 */
#define PY_SSIZE_T_CLEAN
#include "core_pipe.h"

#include <fcntl.h>
#include <stddef.h>
#include <structmember.h>

#include "core_port.h"
#include "pipe_ends.h"

enum { ASK_WORDS = FRAME_ASK_BYTES / 8, LOOK_EVERY = 512 };

typedef struct {
  PyObject_HEAD
  pipe_ends ends;
  int hart;
  int kind;                          /* request whose reply is due, -1 before the first */
  PyObject *program;                 /* what is rare: serve, refusal, look, stop, end, lost */
  PyObject *names;                   /* list of the program's, by number */
  PyObject *event, *thread;          /* of the hart */
  int row_words;                     /* behind the reply to a row, -1: they go through the pipe */
} core_pipe;

/* ---- replies ---- */

static PyObject *take_bytes(core_pipe *pipe, size_t length) {
  PyObject *data = PyBytes_FromStringAndSize(NULL, (Py_ssize_t)length);
  if (data && pipe_ends_take_data(&pipe->ends, (uint8_t *)PyBytes_AS_STRING(data), length))
    Py_CLEAR(data);
  return data;
}

static int put_head(core_pipe *pipe, int status, uint64_t value, const void *data, size_t length) {
  uint64_t word = (uint64_t)status | (uint64_t)core_port_hart(pipe->hart)->lines << 8 |
                  (uint64_t)(pipe->ends.polls > 0) << 16;
  uint64_t reply[] = {word, value, core_port_now()};
  if (!pipe->ends.shared) return pipe_ends_put(&pipe->ends, reply, sizeof reply, data, length);
  if (status == FRAME_DONE && pipe->kind == FRAME_SERIES && pipe->row_words >= 0)
    return pipe_ends_put_in_memory(&pipe->ends, reply, data, length);
  /* first the reply: behind it may be more than a pipe holds */
  if (pipe_ends_put_in_memory(&pipe->ends, reply, NULL, 0)) return -1;
  return length ? pipe_ends_put(&pipe->ends, data, length, NULL, 0) : 0;
}

static int put_reply(core_pipe *pipe, uint64_t value, const void *data, size_t length) {
  return put_head(pipe, FRAME_DONE, value, data, length);
}

/* The replies to a row: words of loads and waits, then the bytes of blocks. */
static int reply_with_row(core_pipe *pipe, PyObject *replies) {
  Py_ssize_t count = PyList_CheckExact(replies) ? PyList_GET_SIZE(replies) : 0, length = 0;
  for (Py_ssize_t i = 0; i < count; i++) {
    PyObject *reply = PyList_GET_ITEM(replies, i);
    length += PyLong_CheckExact(reply) ? 8 : PyBytes_CheckExact(reply) ? PyBytes_GET_SIZE(reply) : 0;
  }
  PyObject *data = PyBytes_FromStringAndSize(NULL, length);
  if (!data) return -1;
  char *to = PyBytes_AS_STRING(data);
  for (Py_ssize_t i = 0; i < count; i++) {
    if (!PyLong_CheckExact(PyList_GET_ITEM(replies, i))) continue;
    uint64_t word = PyLong_AsUnsignedLongLongMask(PyList_GET_ITEM(replies, i));
    to = (char *)memcpy(to, &word, sizeof word) + sizeof word;
  }
  for (Py_ssize_t i = 0; i < count; i++) {
    PyObject *reply = PyList_GET_ITEM(replies, i);
    if (!PyBytes_CheckExact(reply)) continue;
    memcpy(to, PyBytes_AS_STRING(reply), (size_t)PyBytes_GET_SIZE(reply));
    to += PyBytes_GET_SIZE(reply);
  }
  int failed = put_reply(pipe, (uint64_t)count, PyBytes_AS_STRING(data), (size_t)length);
  Py_DECREF(data);
  return failed;
}

static int reply_with(core_pipe *pipe, PyObject *value) {
  if (pipe->kind == FRAME_SERIES) return reply_with_row(pipe, value);
  if (pipe->kind == FRAME_POLL && PyList_CheckExact(value))
    return put_head(pipe, FRAME_BEGUN, (uint64_t)PyList_GET_SIZE(value), NULL, 0);
  if (value == Py_None) return put_reply(pipe, 0, NULL, 0);
  if (pipe->kind == FRAME_READ) {
    char *data;
    Py_ssize_t length;
    if (PyBytes_AsStringAndSize(value, &data, &length)) return -1;
    return put_reply(pipe, 0, data, (size_t)length);
  }
  unsigned long long number = PyLong_AsUnsignedLongLongMask(value);
  if (number == (unsigned long long)-1 && PyErr_Occurred()) return -1;
  return put_reply(pipe, number, NULL, 0);
}

/* ---- frames ---- */

/* Tells the hart of an event or a thread. */
static int tell(core_pipe *pipe, const uint64_t *frame) {
  PyObject *name = PyList_GetItem(pipe->names, (Py_ssize_t)frame[1]), *result;
  if (!name) return -1;
  if (frame[0] == FRAME_THREAD) {
    result = PyObject_CallOneArg(pipe->thread, name);
  } else {
    PyObject *a = PyLong_FromUnsignedLongLong(frame[2]);
    PyObject *b = PyLong_FromUnsignedLongLong(frame[3]);
    PyObject *told[] = {name, a, b};
    result = a && b ? PyObject_Vectorcall(pipe->event, told, 3, NULL) : NULL;
    Py_XDECREF(a);
    Py_XDECREF(b);
  }
  Py_XDECREF(result);
  return result ? 0 : -1;
}

/* Has the program serve a frame that is none of the hart's: 1 when its software has returned. */
static int serve(core_pipe *pipe, const uint64_t *frame) {
  PyObject *result = PyObject_CallMethod(pipe->program, "serve", "KKK", frame[0], frame[1],
                                         frame[2]);
  int returned = result ? PyObject_IsTrue(result) : -1;
  Py_XDECREF(result);
  return returned;
}

/* Has the program look every so often, or when polling was in vain, where the two processes run. */
static int look(core_pipe *pipe) {
  if (--pipe->ends.until_look > 0) return 0;
  pipe->ends.until_look = LOOK_EVERY;
  PyObject *result = PyObject_CallMethod(pipe->program, "look", NULL);
  Py_XDECREF(result);
  return result ? 0 : -1;
}

static PyObject *request_of(core_pipe *pipe, const uint64_t *frame) {
  long long first = (long long)frame[1]; /* cycles may be -1 */
  pipe->kind = (int)frame[0];
  switch (pipe->kind) {
    case FRAME_STORE: return Py_BuildValue("(iLKK)", pipe->kind, first, frame[2], frame[3]);
    case FRAME_WRITE: return Py_BuildValue("(iLN)", pipe->kind, first, take_bytes(pipe, frame[2]));
    default: return Py_BuildValue("(iLK)", pipe->kind, first, frame[2]);
  }
}

static PyObject *row_of(core_pipe *pipe, const uint64_t *frame) {
  PyObject *requests = PyTuple_New((Py_ssize_t)frame[1]);
  int words = 0;
  for (uint64_t i = 0; requests && i < frame[1]; i++) {
    uint64_t one[ASK_WORDS];
    PyObject *request = pipe_ends_take(&pipe->ends, one, sizeof one) ? NULL : request_of(pipe, one);
    words += pipe->kind == FRAME_READ ? FRAME_ROW
             : pipe->kind == FRAME_LOAD || pipe->kind == FRAME_WAIT;
    if (request) PyTuple_SET_ITEM(requests, (Py_ssize_t)i, request);
    else Py_CLEAR(requests);
  }
  pipe->kind = (int)frame[0];
  pipe->row_words = words < FRAME_ROW ? words : -1;
  if (!requests) return NULL;
  if (pipe->kind == FRAME_SERIES) return Py_BuildValue("(iNK)", FRAME_SERIES, requests, frame[2]);
  return Py_BuildValue("(iNKKK)", FRAME_POLL, requests, frame[3], frame[2] & 0xff, frame[2] >> 8);
}

/* The next request of the hart: what comes before it is done. */
static PySendResult next_request(core_pipe *pipe, PyObject **request) {
  *request = NULL;
  if (look(pipe)) return PYGEN_ERROR;
  for (;;) {
    uint64_t frame[ASK_WORDS];
    if (pipe_ends_take(&pipe->ends, frame, sizeof frame)) return PYGEN_ERROR;
    if (frame[0] <= FRAME_POLL) {
      *request = frame[0] < FRAME_SERIES ? request_of(pipe, frame) : row_of(pipe, frame);
      return *request ? PYGEN_NEXT : PYGEN_ERROR;
    }
    int done = frame[0] == FRAME_EVENT || frame[0] == FRAME_THREAD ? tell(pipe, frame)
                                                                   : serve(pipe, frame);
    if (done < 0) return PYGEN_ERROR;
    if (done) {
      *request = Py_NewRef(Py_None);
      return PYGEN_RETURN;
    }
  }
}

/* ---- as a generator ---- */

/* There are no more requests. An exception that has led to it is kept. */
static int stop(core_pipe *pipe) {
  PyObject *type, *error, *traceback;
  pipe->ends.asks = pipe->ends.replies = -1;
  PyErr_Fetch(&type, &error, &traceback);
  PyObject *result = PyObject_CallMethod(pipe->program, "stop", NULL);
  Py_XDECREF(result);
  if (type) PyErr_Restore(type, error, traceback);
  return result || type ? 0 : -1;
}

static PySendResult go_on(core_pipe *pipe, int failed, PyObject **request) {
  PySendResult result = PYGEN_ERROR;
  *request = NULL;
  if (!failed) result = next_request(pipe, request);
  if (result != PYGEN_NEXT && stop(pipe)) {
    Py_CLEAR(*request);
    result = PYGEN_ERROR;
  }
  return result;
}

static PySendResult send_value(core_pipe *pipe, PyObject *value, PyObject **request) {
  return go_on(pipe, reply_with(pipe, value), request);
}

static PyObject *as_method(PySendResult result, PyObject *request) {
  if (result != PYGEN_RETURN) return request;
  Py_DECREF(request);
  PyErr_SetNone(PyExc_StopIteration);
  return NULL;
}

static PyObject *send_method(core_pipe *pipe, PyObject *value) {
  PyObject *request;
  PySendResult result = send_value(pipe, value, &request);
  return as_method(result, request);
}

static PyObject *next_method(core_pipe *pipe) { return send_method(pipe, Py_None); }

static PyObject *throw_method(core_pipe *pipe, PyObject *error) {
  PyObject *request, *data = PyObject_CallMethod(pipe->program, "refusal", "O", error);
  int status;
  unsigned long long value;
  const char *text;
  Py_ssize_t length;
  int failed = !data || !PyArg_ParseTuple(data, "iKy#", &status, &value, &text, &length) ||
               put_head(pipe, status, value, text, (size_t)length);
  Py_XDECREF(data);
  PySendResult result = go_on(pipe, failed, &request);
  return as_method(result, request);
}

static PyObject *close_method(core_pipe *pipe, PyObject *unused) {
  return PyObject_CallMethod(pipe->program, "end", NULL);
}

/* ---- the rest of its methods ---- */

static PyObject *take_method(core_pipe *pipe, PyObject *length) {
  size_t wanted = PyLong_AsSize_t(length);
  return PyErr_Occurred() ? NULL : take_bytes(pipe, wanted);
}

static PyObject *frame_method(core_pipe *pipe, PyObject *unused) {
  uint64_t frame[ASK_WORDS];
  if (pipe_ends_take(&pipe->ends, frame, sizeof frame)) return NULL;
  return Py_BuildValue("(KLKK)", frame[0], (long long)frame[1], frame[2], frame[3]);
}

static PyObject *write_method(core_pipe *pipe, PyObject *data) {
  Py_buffer bytes;
  if (PyObject_GetBuffer(data, &bytes, PyBUF_SIMPLE)) return NULL;
  int failed = pipe_ends_put(&pipe->ends, bytes.buf, (size_t)bytes.len, NULL, 0);
  PyBuffer_Release(&bytes);
  if (failed) return NULL;
  Py_RETURN_NONE;
}

static PyObject *reply_method(core_pipe *pipe, PyObject *args) {
  int status = FRAME_DONE;
  unsigned long long value;
  if (!PyArg_ParseTuple(args, "K|i", &value, &status)) return NULL;
  if (put_head(pipe, status, value, NULL, 0)) return NULL;
  Py_RETURN_NONE;
}

/* ---- the type ---- */

/* Sets *kept to an attribute of an object. */
static int keep(PyObject **kept, PyObject *object, const char *name) {
  PyObject *found = PyObject_GetAttrString(object, name);
  if (found) Py_XSETREF(*kept, found);
  return found ? 0 : -1;
}

static int create(core_pipe *pipe, PyObject *args, PyObject *keywords) {
  static char *words[] = {"hart", "program", "asks", "replies", "memory", "woken", "wake", NULL};
  PyObject *hart, *program, *index = NULL;
  int memory = -1;
  if (!PyArg_ParseTupleAndKeywords(args, keywords, "OOii|iii", words, &hart, &program, &pipe->ends.asks,
                                   &pipe->ends.replies, &memory, &pipe->ends.woken, &pipe->ends.wake))
    return -1;
  if (memory >= 0 && pipe_ends_share(&pipe->ends, memory)) return -1;
  Py_XSETREF(pipe->program, Py_NewRef(program));
  pipe->ends.program = program;
  if (keep(&pipe->event, hart, "event") || keep(&pipe->thread, hart, "thread") ||
      keep(&pipe->names, program, "names") || keep(&index, hart, "index"))
    return -1;
  long number = PyLong_AsLong(index);
  Py_DECREF(index);
  if (number < 0 || number >= CORE_HARTS || !PyList_CheckExact(pipe->names)) {
    if (!PyErr_Occurred()) PyErr_SetString(PyExc_TypeError, "expected a hart and a list of names");
    return -1;
  }
  pipe->hart = (int)number;
  pipe->kind = -1;
  if (fcntl(pipe->ends.asks, F_SETFL, O_NONBLOCK)) {
    PyErr_SetFromErrno(PyExc_OSError);
    return -1;
  }
  return 0;
}

static int traverse(core_pipe *pipe, visitproc visit, void *arg) {
  Py_VISIT(pipe->program);
  Py_VISIT(pipe->names);
  Py_VISIT(pipe->event);
  Py_VISIT(pipe->thread);
  return 0;
}

static int clear(core_pipe *pipe) {
  Py_CLEAR(pipe->program);
  Py_CLEAR(pipe->names);
  Py_CLEAR(pipe->event);
  Py_CLEAR(pipe->thread);
  return 0;
}

static void drop(core_pipe *pipe) {
  PyObject_GC_UnTrack(pipe);
  pipe_ends_unshare(&pipe->ends);
  clear(pipe);
  Py_TYPE(pipe)->tp_free(pipe);
}

static PyMethodDef methods[] = {
    {"send", (PyCFunction)send_method, METH_O, "send(reply) -> the next request of the hart."},
    {"throw", (PyCFunction)throw_method, METH_O,
     "throw(exception) -> the next request; the program's refusal(exception) is written."},
    {"close", (PyCFunction)close_method, METH_NOARGS, "close(): ends the program."},
    {"take", (PyCFunction)take_method, METH_O, "take(length) -> the next bytes of the pipe."},
    {"frame", (PyCFunction)frame_method, METH_NOARGS, "frame() -> the four words of the next."},
    {"write", (PyCFunction)write_method, METH_O, "write(data): writes all of it."},
    {"reply", (PyCFunction)reply_method, METH_VARARGS,
     "reply(value, status=DONE): writes a reply with nothing behind it."},
    {NULL, NULL, 0, NULL}};

static PyMemberDef members[] = {
    {"polls", T_LONG, offsetof(core_pipe, ends.polls), 0,
     "Reads without a result before it sleeps; the other side is told to poll, too."},
    {NULL, 0, 0, 0, NULL}};

static PyAsyncMethods sends = {.am_send = (sendfunc)send_value};

static PyTypeObject type = {
    PyVarObject_HEAD_INIT(NULL, 0)
    .tp_name = "_coreport.Pipe",
    .tp_doc = "Pipe(hart, program, asks, replies): a hart's software in another process.",
    .tp_basicsize = sizeof(core_pipe),
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC,
    .tp_new = PyType_GenericNew,
    .tp_init = (initproc)create,
    .tp_traverse = (traverseproc)traverse,
    .tp_clear = (inquiry)clear,
    .tp_dealloc = (destructor)drop,
    .tp_iter = PyObject_SelfIter,
    .tp_iternext = (iternextfunc)next_method,
    .tp_as_async = &sends,
    .tp_methods = methods,
    .tp_members = members,
};

int core_pipe_is_software(PyObject *object) {
  const PyAsyncMethods *of_type = Py_TYPE(object)->tp_as_async;
  return of_type && of_type->am_send;
}

int core_pipe_add(PyObject *module) { return PyModule_AddType(module, &type); }
