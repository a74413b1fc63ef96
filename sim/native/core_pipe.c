/* SPDX-License-Identifier: Apache-2.0
 * A hart's software in another process: requests come from a pipe, replies go into one.
 *
 * The same as sim/micropython/pipe.py without an object of Python's between the core port and the
 * pipe: what runs in every request is here and in pipe_row.c, all that is rare is called. The numbers
 * of the frames (FRAME_...) are those of sim/micropython/frames.py; the build hands them over.
 * What returns an int returns 0, or -1 with an exception set, unless it says otherwise.
 */
#include "core_pipe.h"

#include <fcntl.h>
#include <stddef.h>
#include <structmember.h>

#include "hart_events.h"
#include "pipe_ends.h"
#include "pipe_row.h"

enum { LOOK_EVERY = 512 };

typedef struct {
  PyObject_HEAD
  pipe_ends ends;
  int hart;
  PyObject *program; /* what is rare: serve, refusal, look, stop, lost */
  PyObject *names;   /* list of the program's, by number */
  pipe_row row;      /* what the hart asks for; without requests before the first */
} core_pipe;

/* ---- replies ---- */

/* Writes a reply and what is behind it, which may `fit` into the shared memory. */
static int put(core_pipe *pipe, int status, uint64_t value, const void *data, size_t length,
               int fits) {
  uint64_t word = (uint64_t)status | (uint64_t)core_port_hart(pipe->hart)->lines << 8 |
                  (uint64_t)(pipe->ends.polls > 0) << 16;
  uint64_t reply[] = {word, value, core_port_now()};
  if (!pipe->ends.shared) return pipe_ends_put(&pipe->ends, reply, sizeof reply, data, length);
  /* first the reply: behind it may be more than a pipe holds */
  if (pipe_ends_put_in_memory(&pipe->ends, reply, data, fits ? length : 0)) return -1;
  return fits || !length ? 0 : pipe_ends_put(&pipe->ends, data, length, NULL, 0);
}

static int put_word(core_pipe *pipe, int status, uint64_t value) {
  return put(pipe, status, value, NULL, 0, 0);
}

static int reply_to_row(core_pipe *pipe) {
  pipe_row *row = &pipe->row;
  const void *data;
  size_t length;
  if (pipe_row_behind(row, &data, &length)) return -1;
  return put(pipe, pipe_row_ended_early(row) ? FRAME_BEGUN : FRAME_DONE, pipe_row_value(row), data,
             length, pipe_row_fits(row));
}

static int reply_with_fault(core_pipe *pipe) {
  const core_hart *hart = core_port_hart(pipe->hart);
  return put_word(pipe, FRAME_FAULT, hart->address | (uint64_t)hart->response << 32);
}

/* Replies with what the program makes of the exception that is set. */
static int reply_with_refusal(core_pipe *pipe) {
  PyObject *error = hart_raised(), *data = PyObject_CallMethod(pipe->program, "refusal", "O", error);
  int status;
  unsigned long long value;
  const char *text;
  Py_ssize_t length;
  int failed = !data || !PyArg_ParseTuple(data, "iKy#", &status, &value, &text, &length) ||
               put(pipe, status, value, text, (size_t)length, 0);
  Py_DECREF(error);
  Py_XDECREF(data);
  return failed ? -1 : 0;
}

/* ---- frames ---- */

static PyObject *take_bytes(core_pipe *pipe, size_t length) {
  PyObject *data = PyBytes_FromStringAndSize(NULL, (Py_ssize_t)length);
  if (data && pipe_ends_take_data(&pipe->ends, (uint8_t *)PyBytes_AS_STRING(data), length))
    Py_CLEAR(data);
  return data;
}

/* Records an event or a thread. */
static int tell(core_pipe *pipe, const uint64_t *frame) {
  PyObject *name = PyList_GetItem(pipe->names, (Py_ssize_t)frame[1]);
  if (!name) return -1;
  return frame[0] == FRAME_THREAD ? hart_thread(pipe->hart, name)
                                  : hart_event(pipe->hart, name, frame[2], frame[3]);
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

/* Adds the request of a frame to the row, with the data behind it. */
static int add_request(core_pipe *pipe, const uint64_t *frame) {
  PyObject *data = NULL;
  if (frame[0] == FRAME_WRITE && !(data = take_bytes(pipe, frame[2]))) return -1;
  pipe_row_add(&pipe->row, frame, data);
  return 0;
}

/* Takes the requests behind the frame of a row. */
static int take_row(core_pipe *pipe, const uint64_t *frame) {
  if (pipe_row_begin(&pipe->row, (int)frame[0], frame[1])) return -1;
  for (uint64_t i = 0; i < frame[1]; i++) {
    uint64_t one[ASK_WORDS];
    if (pipe_ends_take(&pipe->ends, one, sizeof one) || add_request(pipe, one)) return -1;
  }
  pipe->row.mask = (uint8_t)frame[2];
  if (frame[0] == FRAME_POLL) pipe_row_repeat(&pipe->row, frame[3], frame[2] >> 8);
  return 0;
}

static int take_single(core_pipe *pipe, const uint64_t *frame) {
  return pipe_row_begin(&pipe->row, (int)frame[0], 1) || add_request(pipe, frame) ? -1 : 0;
}

/* Takes what the hart asks for next; what comes before it is done. 1; 0 when the software has
 * returned. */
static int take_next(core_pipe *pipe) {
  if (look(pipe)) return -1;
  for (;;) {
    uint64_t frame[ASK_WORDS];
    if (pipe_ends_take(&pipe->ends, frame, sizeof frame)) return -1;
    if (frame[0] < FRAME_SERIES) return take_single(pipe, frame) ? -1 : 1;
    if (frame[0] <= FRAME_POLL) return take_row(pipe, frame) ? -1 : 1;
    int done = frame[0] == FRAME_EVENT || frame[0] == FRAME_THREAD ? tell(pipe, frame)
                                                                   : serve(pipe, frame);
    if (done) return done < 0 ? -1 : 0;
  }
}

/* ---- as the software of a hart ---- */

static int reply(core_pipe *pipe, enum row_state state) {
  switch (state) {
    case ROW_OVER: return reply_to_row(pipe);
    case ROW_FAULT: return reply_with_fault(pipe);
    default: return reply_with_refusal(pipe);
  }
}

/* Performs what the hart asks for, up to a request that the RTL is busy with: 1; 0 when the software
 * has returned. */
static int go_on(core_pipe *pipe, int answered) {
  for (;; answered = 0) {
    enum row_state state = pipe_row_go_on(&pipe->row, pipe->hart, answered);
    if (state == ROW_BUSY) return 1;
    int next = reply(pipe, state) ? -1 : take_next(pipe);
    if (next <= 0) return next;
  }
}

/* There are no more requests. An exception that has led to it is kept. */
static void stop(core_pipe *pipe) {
  PyObject *type, *error, *traceback;
  pipe->ends.asks = pipe->ends.replies = -1;
  PyErr_Fetch(&type, &error, &traceback);
  PyObject *result = PyObject_CallMethod(pipe->program, "stop", NULL);
  Py_XDECREF(result);
  if (type) PyErr_Restore(type, error, traceback);
}

int core_pipe_resume(PyObject *object, enum pipe_resumes how) {
  core_pipe *pipe = (core_pipe *)object;
  int busy = go_on(pipe, how == PIPE_ANSWERED) > 0;
  if (!busy) stop(pipe);
  return busy;
}

/* ---- methods, for the program ---- */

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
  if (put_word(pipe, status, value)) return NULL;
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
  if (keep(&pipe->names, program, "names") || keep(&index, hart, "index")) return -1;
  int is_none = hart_argument(index, &pipe->hart);
  Py_DECREF(index);
  if (is_none) return -1;
  if (!PyList_CheckExact(pipe->names)) {
    PyErr_SetString(PyExc_TypeError, "expected a program with a list of names");
    return -1;
  }
  if (fcntl(pipe->ends.asks, F_SETFL, O_NONBLOCK)) {
    PyErr_SetFromErrno(PyExc_OSError);
    return -1;
  }
  return 0;
}

static int traverse(core_pipe *pipe, visitproc visit, void *arg) {
  Py_VISIT(pipe->program);
  Py_VISIT(pipe->names);
  return 0;
}

static int clear(core_pipe *pipe) {
  Py_CLEAR(pipe->program);
  Py_CLEAR(pipe->names);
  return 0;
}

static void drop(core_pipe *pipe) {
  PyObject_GC_UnTrack(pipe);
  pipe_ends_unshare(&pipe->ends);
  pipe_row_drop(&pipe->row);
  clear(pipe);
  Py_TYPE(pipe)->tp_free(pipe);
}

static PyMethodDef methods[] = {
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
    .tp_methods = methods,
    .tp_members = members,
};

int core_pipe_check(PyObject *object) { return Py_IS_TYPE(object, &type); }

int core_pipe_add(PyObject *module) { return PyModule_AddType(module, &type); }
