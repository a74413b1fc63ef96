/* SPDX-License-Identifier: Apache-2.0
 * What a hart in another process asks for at once, and the replies: machine words, no objects.
 */
#include "pipe_row.h"

/* ---- memory ---- */

/* Makes room for so many things of a size, with some to spare. */
static int reserve(void **things, size_t *room, size_t count, size_t size) {
  if (count <= *room) return 0;
  size_t wanted = count > SIZE_MAX / 2 ? count : 2 * count;
  void *more = wanted > PY_SSIZE_T_MAX / size ? NULL : PyMem_Realloc(*things, wanted * size);
  if (!more) {
    PyErr_NoMemory();
    return -1;
  }
  *things = more;
  *room = wanted;
  return 0;
}

static int add_bytes(pipe_bytes *to, const void *data, size_t length) {
  if (reserve((void **)&to->bytes, &to->room, to->length + length, 1)) return -1;
  if (length) memcpy(to->bytes + to->length, data, length);
  to->length += length;
  return 0;
}

static void drop_requests(pipe_row *row) {
  for (size_t i = 0; i < row->count; i++) Py_CLEAR(row->requests[i].data);
  row->count = row->done = 0;
}

void pipe_row_drop(pipe_row *row) {
  drop_requests(row);
  PyMem_Free(row->requests);
  PyMem_Free(row->words.bytes);
  PyMem_Free(row->blocks.bytes);
}

/* ---- what is asked for ---- */

int pipe_row_begin(pipe_row *row, int kind, size_t count) {
  drop_requests(row);
  row->kind = kind;
  row->mask = 0;
  row->bits = row->value = row->most_words = 0;
  row->words.length = row->blocks.length = 0;
  return reserve((void **)&row->requests, &row->room, count, sizeof *row->requests);
}

void pipe_row_add(pipe_row *row, const uint64_t *words, PyObject *data) {
  pipe_request *request = &row->requests[row->count++];
  memcpy(request->words, words, sizeof request->words);
  request->data = data;
  row->most_words += words[0] == CORE_READ   ? FRAME_ROW
                     : words[0] == CORE_LOAD || words[0] == CORE_WAIT;
}

void pipe_row_repeat(pipe_row *row, uint64_t bits, size_t done) {
  row->bits = bits;
  row->done = done;
}

/* The same request as hart_post gets it from a coroutine. */
static PyObject *as_tuple(const pipe_request *request) {
  const uint64_t *words = request->words;
  int kind = (int)words[0];
  long long first = (long long)words[1]; /* cycles may be -1 */
  if (request->data) return Py_BuildValue("(iLO)", kind, first, request->data);
  return kind == CORE_STORE ? Py_BuildValue("(iLKK)", kind, first, words[2], words[3])
                            : Py_BuildValue("(iLK)", kind, first, words[2]);
}

static PyObject *poll_as_tuple(const pipe_row *row) {
  PyObject *requests = PyTuple_New((Py_ssize_t)row->count);
  for (size_t i = 0; requests && i < row->count; i++) {
    PyObject *request = as_tuple(&row->requests[i]);
    if (request) PyTuple_SET_ITEM(requests, (Py_ssize_t)i, request);
    else Py_CLEAR(requests);
  }
  if (!requests) return NULL;
  return Py_BuildValue("(iNKKK)", HART_POLL, requests, row->bits, (unsigned long long)row->mask,
                       (unsigned long long)row->done);
}

/* A POLL begins with a load, and waits for something. */
static int check(const pipe_row *row) {
  if (row->kind != HART_POLL ||
      (row->bits && row->done < row->count && row->requests[0].words[0] == CORE_LOAD))
    return 0;
  PyObject *poll = poll_as_tuple(row);
  if (poll) hart_refuse(poll);
  Py_XDECREF(poll);
  return -1;
}

/* ---- performing it ---- */

/* Puts the next request into the core port; what that refuses is refused again as a tuple, in words. */
static int post_next(const pipe_row *row, int hart) {
  const pipe_request *request = &row->requests[row->done];
  const void *data = request->data ? PyBytes_AS_STRING(request->data) : NULL;
  int posted = hart_post_words(hart, request->words, data);
  if (posted != REFUSED) return posted;
  PyObject *refused = as_tuple(request);
  posted = refused ? hart_post(hart, refused) : REFUSED;
  Py_XDECREF(refused);
  return posted;
}

/* Takes the reply to the next request, which has ended. */
static int take_reply(pipe_row *row, int hart) {
  const core_hart *h = core_port_hart(hart);
  uint64_t kind = row->requests[row->done++].words[0];
  if (kind == CORE_READ && !row->bits) return add_bytes(&row->blocks, h->data, h->length);
  if (kind != CORE_LOAD && kind != CORE_WAIT) return 0;
  row->value = kind == CORE_LOAD ? h->value : h->left;
  return row->kind == HART_SERIES ? add_bytes(&row->words, &row->value, sizeof row->value) : 0;
}

static int is_polled(const pipe_row *row) { return row->done == 1 && (row->value & row->bits); }

/* A request of it has ended: whether all of it has. One that is repeated begins again. */
static int is_over(pipe_row *row, int hart) {
  if (is_polled(row)) return 1;
  int done = row->done == row->count;
  if (done && row->bits) row->done = 0;
  return (done && !row->bits) || (core_port_hart(hart)->lines & row->mask & 7);
}

enum row_state pipe_row_go_on(pipe_row *row, int hart, int answered) {
  if (answered && core_port_hart(hart)->response) return ROW_FAULT;
  if (!answered && check(row)) return ROW_REFUSED;
  if (!answered && row->done == row->count) return ROW_OVER;
  for (;; answered = 1) {
    if (answered && take_reply(row, hart)) return ROW_REFUSED;
    if (answered && is_over(row, hart)) return ROW_OVER;
    switch (post_next(row, hart)) {
      case POSTED: return ROW_BUSY;
      case AT_ONCE: core_port_hart(hart)->left = 0; break;
      default: return ROW_REFUSED;
    }
  }
}

/* ---- the reply to it ---- */

int pipe_row_ended_early(const pipe_row *row) { return row->bits && !is_polled(row); }

uint64_t pipe_row_value(const pipe_row *row) {
  return row->kind == HART_SERIES || pipe_row_ended_early(row) ? row->done : row->value;
}

int pipe_row_fits(const pipe_row *row) {
  return row->kind == HART_SERIES && row->most_words < FRAME_ROW;
}

int pipe_row_behind(pipe_row *row, const void **data, size_t *length) {
  if (row->blocks.length && add_bytes(&row->words, row->blocks.bytes, row->blocks.length)) return -1;
  *data = row->words.bytes;
  *length = row->words.length;
  return 0;
}
