/* SPDX-License-Identifier: Apache-2.0
 * Resumes the coroutine of a hart when its request has ended.
 *
 * The coroutine yields request tuples (see sim/core.py) and gets the reply back; no scheduler
 * stands in between. A kernel has the port run its threads and handlers (RUN): then their requests
 * do not even pass through the kernel's own generator, until a line of the hart's mask is high.
 * Everything runs inside the simulator's evaluation of a clock edge. Software in another process is no
 * coroutine: core_pipe.c does with it what this file does with one.
 */
#include "hart_software.h"

#include "core_pipe.h"

enum how { SEND, THROW, GO_ON, ASKS, ENDED }; /* as in sim/core.py */
enum { ALWAYS_HIGH = 0x80 };                  /* of a mask: no line, and as if it were high */

hart_state hart_states[CORE_HARTS];
PyObject *start_callback, *stop_callback, *exit_callback;

/* What a coroutine is resumed with: a reply or an exception, or neither yet. Both are owned. */
typedef struct {
  PyObject *reply, *error;
} answer;

/* ---- the end of software ---- */

/* An error in a callback has nobody to go to: it is printed. */
void call_out(PyObject *callable, PyObject *arguments) {
  if (callable && arguments) {
    PyObject *result = PyObject_CallObject(callable, arguments);
    if (result) Py_DECREF(result);
    else PyErr_WriteUnraisable(callable);
  }
  Py_XDECREF(arguments);
}

PyObject *hart_raised(void) {
  PyObject *type, *error, *traceback;
  PyErr_Fetch(&type, &error, &traceback);
  if (!type) return NULL;
  PyErr_NormalizeException(&type, &error, &traceback);
  if (traceback) PyException_SetTraceback(error, traceback);
  Py_DECREF(type);
  Py_XDECREF(traceback);
  return error;
}

static void drop_series(hart_state *state) {
  Py_CLEAR(state->series);
  Py_CLEAR(state->replies);
}

static void drop_software(hart_state *state) {
  drop_series(state);
  Py_CLEAR(state->frame);
  Py_CLEAR(state->software);
}

/* The software of a hart has returned or raised: exit_callback(hart, error or None). */
static void software_ended(int hart) {
  PyObject *error = hart_raised();
  drop_software(&hart_states[hart]);
  call_out(exit_callback, Py_BuildValue("(iO)", hart, error ? error : Py_None));
  Py_XDECREF(error);
}

/* ---- steps of a coroutine ---- */

/* What a generator has returned, out of the StopIteration that is set. */
static PyObject *returned_value(void) {
  PyObject *error = hart_raised(), *value = PyObject_GetAttrString(error, "value");
  Py_DECREF(error);
  return value;
}

/* Sends the reply into the coroutine, or throws the error; both are taken. */
static PyObject *step(PyObject *coroutine, answer given, PySendResult *result) {
  PyObject *request = NULL;
  Py_INCREF(coroutine);
  if (given.error) {
    request = PyObject_CallMethod(coroutine, "throw", "O", given.error);
    *result = request ? PYGEN_NEXT : PYGEN_ERROR;
    if (!request && PyErr_ExceptionMatches(PyExc_StopIteration)) {
      request = returned_value();
      *result = request ? PYGEN_RETURN : PYGEN_ERROR;
    }
  } else {
    *result = PyIter_Send(coroutine, given.reply, &request);
  }
  Py_XDECREF(given.reply);
  Py_XDECREF(given.error);
  Py_DECREF(coroutine);
  return request;
}

/* ---- back from a frame to the kernel ---- */

static int called_away(int hart, uint8_t mask) {
  return (core_port_hart(hart)->lines | ALWAYS_HIGH) & mask;
}

/* The reply to RUN, (how, what), in which `what` is taken; the frame is the kernel's again. */
static answer to_kernel(hart_state *state, enum how how, PyObject *what) {
  Py_CLEAR(state->frame);
  PyObject *reply = what ? Py_BuildValue("(iN)", (int)how, what) : NULL;
  return reply ? (answer){reply, NULL} : (answer){NULL, hart_raised()};
}

/* The frame has returned, raised, or asks for something that is the kernel's business. */
static answer out_of_frame(hart_state *state, PySendResult result, PyObject *what) {
  if (result != PYGEN_ERROR) return to_kernel(state, result == PYGEN_NEXT ? ASKS : ENDED, what);
  Py_CLEAR(state->frame);
  return (answer){NULL, hart_raised()};
}

static long kind_of(PyObject *request) {
  if (!PyTuple_CheckExact(request) || PyTuple_GET_SIZE(request) < 2) return -1;
  PyObject *kind = PyTuple_GET_ITEM(request, 0);
  int beyond;
  return PyLong_CheckExact(kind) ? PyLong_AsLongAndOverflow(kind, &beyond) : -1;
}

/* ---- requests in a row ---- */

/* Performs the next request of the row; whether the RTL is busy with it. */
static int next_of_series(int hart, answer *given) {
  hart_state *state = &hart_states[hart];
  PyObject *request = PyTuple_GET_ITEM(state->series, PyList_GET_SIZE(state->replies));
  switch (hart_post(hart, request)) {
    case POSTED: return 1;
    case AT_ONCE: given->reply = PyLong_FromLong(0); return 0;
    default: given->error = hart_raised(); return 0;
  }
}

/* Takes the replies of the row, so far as it is done, as the answer to all of it. */
static void finish_series(hart_state *state, answer *given) {
  given->reply = state->replies;
  state->replies = NULL;
  drop_series(state);
}

/* What a POLL waits for is there, in the only reply of this turn: it is the answer. */
static int is_polled(hart_state *state) {
  return PyList_GET_SIZE(state->replies) == 1 &&
         (PyLong_AsUnsignedLongLongMask(PyList_GET_ITEM(state->replies, 0)) & state->bits);
}

static void finish_poll(hart_state *state, answer *given) {
  given->reply = Py_NewRef(PyList_GET_ITEM(state->replies, 0));
  drop_series(state);
}

/* The row is done; one that is repeated begins again. */
static int is_done(hart_state *state) {
  Py_ssize_t done = PyList_GET_SIZE(state->replies);
  if (done < PyTuple_GET_SIZE(state->series)) return 0;
  if (state->bits) PyList_SetSlice(state->replies, 0, done, NULL);
  return !state->bits;
}

/* What is left of the row: (requests, replies), of one that is repeated (requests, replies, bits). */
static PyObject *rest_of_series(hart_state *state) {
  return state->bits ? Py_BuildValue("(OOK)", state->series, state->replies,
                                     (unsigned long long)state->bits)
                     : PyTuple_Pack(2, state->series, state->replies);
}

/* Adds the answer, if there is one, to the row. Returns 1 when the RTL is busy with the next
 * request of it; else `given` is what the coroutine, or the kernel, is resumed with. */
static int go_on_with_series(int hart, answer *given) {
  hart_state *state = &hart_states[hart];
  for (;;) {
    int answered = given->reply != NULL;
    if (answered) {
      int failed = PyList_Append(state->replies, given->reply);
      Py_CLEAR(given->reply);
      if (failed) given->error = hart_raised();
    }
    if (given->error) {
      drop_series(state);
      return 0;
    }
    if (answered && state->bits && is_polled(state)) {
      finish_poll(state, given);
      return 0;
    }
    if (is_done(state) || (answered && called_away(hart, state->series_mask))) {
      finish_series(state, given);
      return 0;
    }
    if (answered && state->frame && called_away(hart, PyByteArray_AS_STRING(state->mask)[0])) {
      PyObject *rest = rest_of_series(state);
      drop_series(state);
      *given = to_kernel(state, GO_ON, rest);
      return 0;
    }
    if (next_of_series(hart, given)) return 1;
  }
}

/* What follows a request that is over: 1 when the RTL is busy with the next one of a row; else
 * `given` is what the coroutine is resumed with, or the kernel if the mask calls it. */
static int settle(int hart, answer *given) {
  hart_state *state = &hart_states[hart];
  if (state->series) {
    int in_frame = state->frame != NULL;
    if (go_on_with_series(hart, given)) return 1;
    if (in_frame && !state->frame) return 0;
  }
  if (state->frame && called_away(hart, PyByteArray_AS_STRING(state->mask)[0]))
    *given = given->error ? to_kernel(state, THROW, given->error)
                          : to_kernel(state, SEND, given->reply);
  return 0;
}

/* ---- the loop: reply in, request out ---- */

/* Whether a hart can go on with what its software has returned. */
static int is_software(PyObject *object) {
  return core_pipe_check(object) || PyObject_HasAttrString(object, "send");
}

/* The software is in another process: nothing of it is an object here. */
static void run_pipe(int hart, enum pipe_resumes how) {
  PyObject *pipe = Py_NewRef(hart_states[hart].software);
  if (!core_pipe_resume(pipe, how)) software_ended(hart);
  Py_DECREF(pipe);
}

static int bad_request(PyObject *request, answer *given) {
  hart_refuse(request);
  given->error = hart_raised();
  return 0;
}

/* A number in a request, 0 if it has not so many parts. */
static unsigned long long part_of(PyObject *request, Py_ssize_t part) {
  return PyTuple_GET_SIZE(request) > part
             ? PyLong_AsUnsignedLongLongMask(PyTuple_GET_ITEM(request, part)) : 0;
}

/* (SERIES, requests) or (POLL, requests, bits); outside of a frame also (SERIES, requests, mask) and
 * (POLL, requests, bits, mask, how many of them are done) */
static int begin_series(int hart, PyObject *request, long kind, answer *given) {
  hart_state *state = &hart_states[hart];
  PyObject *requests = PyTuple_GET_ITEM(request, 1);
  int polled = kind == HART_POLL;
  uint64_t bits = polled ? part_of(request, 2) : 0, mask = part_of(request, 2 + polled);
  size_t done = polled ? part_of(request, 4) : 0;
  if (PyErr_Occurred()) return given->error = hart_raised(), settle(hart, given);
  if (!PyTuple_CheckExact(requests) ||
      (polled && (!bits || done >= (size_t)PyTuple_GET_SIZE(requests) ||
                  kind_of(PyTuple_GET_ITEM(requests, 0)) != CORE_LOAD)))
    return bad_request(request, given), settle(hart, given);
  PyObject *replies = PyList_New(0);
  for (; replies && done; done--)
    if (PyList_Append(replies, Py_None)) Py_CLEAR(replies);
  if (!replies) return given->error = hart_raised(), settle(hart, given);
  if (!PyTuple_GET_SIZE(requests)) return given->reply = replies, 0;
  state->series_mask = state->frame ? 0 : (uint8_t)mask & 7;
  state->bits = bits;
  state->series = Py_NewRef(requests);
  state->replies = replies;
  return settle(hart, given);
}

/* (RUN, coroutine, how, value); nothing looks at the lines before it makes its first request. */
static int begin_frame(int hart, PyObject *request, answer *given) {
  hart_state *state = &hart_states[hart];
  long how = PyTuple_GET_SIZE(request) == 4 ? PyLong_AsLong(PyTuple_GET_ITEM(request, 2)) : -1;
  PyObject *value = how < 0 ? NULL : PyTuple_GET_ITEM(request, 3);
  if (how < SEND || how > GO_ON || !state->mask ||
      (how == GO_ON && (!PyTuple_CheckExact(value) || PyTuple_GET_SIZE(value) < 2))) {
    PyErr_Clear();
    return bad_request(request, given);
  }
  state->frame = Py_NewRef(PyTuple_GET_ITEM(request, 1));
  if (how == GO_ON) {
    state->series_mask = 0;
    state->bits = part_of(value, 2);
    state->series = Py_NewRef(PyTuple_GET_ITEM(value, 0));
    state->replies = Py_NewRef(PyTuple_GET_ITEM(value, 1));
    return settle(hart, given);
  }
  *(how == THROW ? &given->error : &given->reply) = Py_NewRef(value);
  return 0;
}

/* Begins a request: 1 when the RTL is busy with it; else `given` is the answer to it. */
static int begin(int hart, PyObject *request, answer *given) {
  long kind = kind_of(request);
  if (kind == HART_SERIES || kind == HART_POLL) return begin_series(hart, request, kind, given);
  if (kind == HART_RUN) return begin_frame(hart, request, given);
  switch (hart_post(hart, request)) {
    case POSTED: return 1;
    case AT_ONCE: given->reply = PyLong_FromLong(0); break;
    default: given->error = hart_raised(); /* raised where the request was made */
  }
  return settle(hart, given);
}

static void run(int hart, answer given) {
  hart_state *state = &hart_states[hart];
  while (state->software && !core_pipe_check(state->software)) {
    PySendResult result;
    PyObject *request = step(state->frame ? state->frame : state->software, given, &result);
    given = (answer){NULL, NULL};
    if (state->frame) {
      long kind = result == PYGEN_NEXT ? kind_of(request) : -1;
      if (kind < CORE_LOAD || kind > HART_POLL) {
        given = out_of_frame(state, result, request);
        continue;
      }
    } else if (result == PYGEN_RETURN && is_software(request)) {
      Py_XSETREF(state->software, request); /* the hart's software from now on */
      given.reply = Py_NewRef(Py_None);
      continue;
    } else if (result != PYGEN_NEXT) {
      Py_XDECREF(request);
      software_ended(hart);
      return;
    }
    int busy = begin(hart, request, &given);
    Py_DECREF(request);
    if (busy) return;
  }
  Py_XDECREF(given.reply);
  Py_XDECREF(given.error);
  if (state->software) run_pipe(hart, PIPE_BEGINS);
}

static PyObject *reply_of(const core_hart *h, int kind) {
  switch (kind) {
    case CORE_LOAD: return PyLong_FromUnsignedLongLong(h->value);
    case CORE_READ: return PyBytes_FromStringAndSize((const char *)h->data, h->length);
    case CORE_WAIT: return PyLong_FromUnsignedLong(h->left);
    default: return Py_NewRef(Py_None);
  }
}

static void resume_coroutine(int hart, int kind) {
  const core_hart *h = core_port_hart(hart);
  hart_state *state = &hart_states[hart];
  answer given = {NULL, NULL};
  if (h->response)
    given.error = PyObject_CallFunction(state->fault, "Ii", h->address, (int)h->response);
  else
    given.reply = reply_of(h, kind);
  if (!given.error && !given.reply) software_ended(hart);
  else if (!settle(hart, &given)) run(hart, given);
}

void hart_resume(int hart, int kind) {
  PyObject *software = hart_states[hart].software;
  if (!software) return;
  PyGILState_STATE gil = PyGILState_Ensure();
  if (core_pipe_check(software)) run_pipe(hart, PIPE_ANSWERED);
  else resume_coroutine(hart, kind);
  PyGILState_Release(gil);
}

void hart_start(int hart, uint32_t address) {
  PyGILState_STATE gil = PyGILState_Ensure();
  PyObject *software = NULL;
  if (start_callback) software = PyObject_CallFunction(start_callback, "iI", hart, address);
  if (!software && PyErr_Occurred()) {
    software_ended(hart);
  } else if (software && software != Py_None) {
    drop_software(&hart_states[hart]);
    hart_states[hart].software = software;
    run(hart, (answer){Py_NewRef(Py_None), NULL});
  } else {
    Py_XDECREF(software);
  }
  PyGILState_Release(gil);
}

void hart_stop(int hart) {
  PyGILState_STATE gil = PyGILState_Ensure();
  drop_software(&hart_states[hart]);
  call_out(stop_callback, Py_BuildValue("(i)", hart));
  PyGILState_Release(gil);
}
