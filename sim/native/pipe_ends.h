/* SPDX-License-Identifier: Apache-2.0
 * The simulator's ends of the pipes to a hart's process, and of the memory that both share.
 *
 * Frames come out of the pipe, or out of memory where there is some; all other bytes come out of the
 * pipe. sim/micropython/frames.py says what lies where (FRAME_...). What returns an int returns 0, or
 * -1 with an exception of Python's set; `program` raises it when the other process is gone.
 */
#ifndef AMPSIM_PIPE_ENDS_H
#define AMPSIM_PIPE_ENDS_H

#include <Python.h>
#include <stdint.h>

enum { PIPE_ROOM = 8192 };

/* A half of the shared memory that the other process looks at, too. */
typedef _Atomic uint32_t half;

typedef struct {
  int asks, replies;      /* ends of the pipes; reading does not block */
  int woken, wake;        /* of two more: a byte comes when it is to wake up, goes to wake */
  half *shared;           /* where frames and replies are, NULL: in the pipes */
  long polls;             /* looks without a result before it sleeps; 0: it sleeps at once */
  int until_look;         /* set to 0 when looking was in vain */
  PyObject *program;      /* has lost() */
  size_t first, filled;   /* bytes in buffer that nobody has taken yet */
  uint8_t buffer[PIPE_ROOM];
} pipe_ends;

int pipe_ends_share(pipe_ends *ends, int memory); /* maps it */
void pipe_ends_unshare(pipe_ends *ends);
int pipe_ends_take(pipe_ends *ends, void *data, size_t length); /* bytes of frames */
int pipe_ends_take_data(pipe_ends *ends, uint8_t *data, size_t length); /* bytes of no frame */
/* Writes two stretches of bytes as one. */
int pipe_ends_put(pipe_ends *ends, const void *head, size_t head_length, const void *body,
                  size_t body_length);
/* Puts a reply into the shared memory, and words behind it. */
int pipe_ends_put_in_memory(pipe_ends *ends, const uint64_t *reply, const void *words,
                            size_t behind);

#endif
