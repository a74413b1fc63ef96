/* SPDX-License-Identifier: Apache-2.0
 * What a hart in another process asks for at once, and the replies: machine words, no objects.
 *
 * A single request is a row of one. sim/micropython/frames.py says what the words of a frame mean
 * (FRAME_...); hart_software.c does the same with coroutines and their tuples.
 */
#ifndef AMPSIM_PIPE_ROW_H
#define AMPSIM_PIPE_ROW_H

#include "hart_software.h"

enum { ASK_WORDS = FRAME_ASK_BYTES / 8 };

typedef struct {
  uint64_t words[ASK_WORDS]; /* of its frame */
  PyObject *data;            /* bytes: what a WRITE writes, else NULL */
} pipe_request;

typedef struct {
  uint8_t *bytes;
  size_t length, room;
} pipe_bytes;

typedef struct {
  int kind;               /* of its frame: that of its only request, FRAME_SERIES or FRAME_POLL */
  uint8_t mask;           /* lines that end it early */
  uint64_t bits;          /* it is repeated until its first reply has one of these; 0: it is not */
  pipe_request *requests;
  size_t count, done, room;
  uint64_t value;         /* what the last load or wait has replied */
  uint64_t most_words;    /* behind the reply to it; a block counts as too many */
  pipe_bytes words, blocks; /* replies: to a SERIES, to blocks */
} pipe_row;

/* Begins a row without requests, which has room for so many. 0, or -1 with an exception set. */
int pipe_row_begin(pipe_row *row, int kind, size_t count);
/* Adds a request; takes the reference to `data`. */
void pipe_row_add(pipe_row *row, const uint64_t *words, PyObject *data);
/* Has it repeated until its first reply has one of the bits; `done` of the first turn are done. */
void pipe_row_repeat(pipe_row *row, uint64_t bits, size_t done);

/* Performs the row up to a request that the RTL is busy with. `answered`: one has ended. What is
 * refused, and a lack of memory, set an exception. */
enum row_state { ROW_BUSY, ROW_OVER, ROW_FAULT, ROW_REFUSED };
enum row_state pipe_row_go_on(pipe_row *row, int hart, int answered);

/* Of a row that is over: */
int pipe_row_ended_early(const pipe_row *row); /* a POLL, by a line */
uint64_t pipe_row_value(const pipe_row *row);  /* the word that replies to it */
int pipe_row_fits(const pipe_row *row);        /* what is behind that may lie in shared memory */
/* What is behind: words of a SERIES, then bytes of blocks. 0, or -1 with an exception set. */
int pipe_row_behind(pipe_row *row, const void **data, size_t *length);

void pipe_row_drop(pipe_row *row); /* gives back all of its memory */

#endif
