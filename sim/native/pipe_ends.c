/* SPDX-License-Identifier: Apache-2.0
 * The simulator's ends of the pipes to a hart's process, and of the memory that both share.
 */
#define PY_SSIZE_T_CLEAN
#include "pipe_ends.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdatomic.h>
#include <sys/mman.h>
#include <sys/uio.h>
#include <unistd.h>

enum { PAUSES = 32 };

static int lost(pipe_ends *ends) {
  PyObject *result = PyObject_CallMethod(ends->program, "lost", NULL);
  Py_XDECREF(result); /* it always raises */
  return -1;
}

/* Sleeps until there is something to read. */
static int sleep_on(int descriptor) {
  struct pollfd wanted = {descriptor, POLLIN, 0};
  int found;
  Py_BEGIN_ALLOW_THREADS
  found = poll(&wanted, 1, -1);
  Py_END_ALLOW_THREADS
  if (found >= 0) return 0;
  if (errno == EINTR) return PyErr_CheckSignals();
  PyErr_SetFromErrno(PyExc_OSError);
  return -1;
}

/* A moment in which the lock of the pipe is free, if it is long enough, and the units of the core for
 * its other thread: the other process may run there. */
static void pause_core(int times) {
#if defined(__x86_64__) || defined(__i386__)
  for (int i = 0; i < times; i++) __builtin_ia32_pause();
#endif
}

/* Reads up to `room` bytes into `data`, at least one; looks `polls` times before it sleeps. */
static ssize_t read_some(pipe_ends *ends, void *data, size_t room, long polls) {
  for (;;) {
    ssize_t count = read(ends->asks, data, room);
    if (count > 0) return count;
    if (count == 0) return lost(ends);
    if (errno != EAGAIN && errno != EINTR) {
      PyErr_SetFromErrno(PyExc_OSError);
      return -1;
    }
    if (polls-- > 0) {
      pause_core(PAUSES);
      continue;
    }
    if (ends->polls) ends->until_look = 0;
    if (sleep_on(ends->asks)) return -1;
  }
}

/* Sleeps until the other process has written frames into the shared memory. What stands between
 * saying so and the last look is a barrier, here and in sim/micropython/shared.py: one of the two
 * sees what the other has stored. */
static int sleep_in_memory(pipe_ends *ends, uint32_t taken) {
  uint8_t bytes[64];
  int failed = 0;
  ends->shared[FRAME_PORT_SLEEPS] = 1;
  while (!failed && ends->shared[FRAME_ASKED] == taken) {
    failed = sleep_on(ends->woken);
    ssize_t count = failed ? -1 : read(ends->woken, bytes, sizeof bytes);
    if (!count) failed = lost(ends);
  }
  ends->shared[FRAME_PORT_SLEEPS] = 0;
  return failed;
}

/* Looks for frames in the shared memory for as long as `polls` looks into a pipe take. Memory has no
 * lock, and who waits for a line of a cache disturbs nobody: it looks again at once. */
static int frames_come(pipe_ends *ends, uint32_t taken, long polls) {
  for (long looks = PAUSES * polls; looks > 0; looks--) {
    if (atomic_load_explicit(ends->shared + FRAME_ASKED, memory_order_acquire) != taken) return 1;
    pause_core(1);
  }
  return 0;
}

/* Takes the frames of the next write out of the shared memory. */
static int fill_from_memory(pipe_ends *ends) {
  half *shared = ends->shared;
  uint32_t taken = shared[FRAME_TAKEN];
  if (!frames_come(ends, taken, ends->polls)) {
    if (ends->polls) ends->until_look = 0;
    if (sleep_in_memory(ends, taken)) return -1;
  }
  uint32_t length = shared[FRAME_ASKED_BYTES];
  if (length > PIPE_ROOM - 4 * FRAME_FRAMES) length = PIPE_ROOM - 4 * FRAME_FRAMES;
  memcpy(ends->buffer, (void *)(shared + FRAME_FRAMES), length);
  ends->filled = length;
  atomic_store_explicit(shared + FRAME_TAKEN, taken + 1, memory_order_release);
  return 0;
}

/* Reads what there is behind what is kept already, at least a byte. */
static int fill(pipe_ends *ends) {
  if (ends->shared) return fill_from_memory(ends);
  ssize_t count = read_some(ends, ends->buffer + ends->filled, PIPE_ROOM - ends->filled, ends->polls);
  if (count < 0) return -1;
  ends->filled += (size_t)count;
  return 0;
}

int pipe_ends_take(pipe_ends *ends, void *data, size_t length) {
  uint8_t *to = data;
  for (;;) {
    size_t kept = ends->filled - ends->first, part = kept < length ? kept : length;
    memcpy(to, ends->buffer + ends->first, part);
    ends->first += part;
    if (ends->first == ends->filled) ends->first = ends->filled = 0;
    to += part;
    length -= part;
    if (!length) return 0;
    if (fill(ends)) return -1;
  }
}

int pipe_ends_take_data(pipe_ends *ends, uint8_t *data, size_t length) {
  if (!ends->shared) return pipe_ends_take(ends, data, length);
  while (length) {
    ssize_t count = read_some(ends, data, length, 0);
    if (count < 0) return -1;
    data += count;
    length -= (size_t)count;
  }
  return 0;
}

int pipe_ends_put(pipe_ends *ends, const void *head, size_t head_length, const void *body,
                  size_t body_length) {
  struct iovec parts[2] = {{(void *)head, head_length}, {(void *)body, body_length}};
  while (parts[0].iov_len + parts[1].iov_len) {
    ssize_t count = writev(ends->replies, parts, 2);
    if (count < 0 && errno == EPIPE) return lost(ends);
    if (count < 0 && errno != EINTR) {
      PyErr_SetFromErrno(PyExc_OSError);
      return -1;
    }
    if (count < 0 && PyErr_CheckSignals()) return -1;
    for (int i = 0; i < 2 && count > 0; i++) {
      size_t part = (size_t)count < parts[i].iov_len ? (size_t)count : parts[i].iov_len;
      parts[i].iov_base = (uint8_t *)parts[i].iov_base + part;
      parts[i].iov_len -= part;
      count -= (ssize_t)part;
    }
  }
  return 0;
}

int pipe_ends_put_in_memory(pipe_ends *ends, const uint64_t *reply, const void *words,
                            size_t behind) {
  half *shared = ends->shared;
  memcpy((void *)(shared + FRAME_REPLY), reply, FRAME_REPLY_BYTES);
  if (behind) memcpy((void *)(shared + FRAME_REPLY + FRAME_REPLY_BYTES / 4), words, behind);
  atomic_store_explicit(shared + FRAME_BEHIND_BYTES, (uint32_t)behind, memory_order_relaxed);
  shared[FRAME_REPLIED]++; /* and a barrier: see sleep_in_memory */
  if (!shared[FRAME_HART_SLEEPS]) return 0;
  if (write(ends->wake, "", 1) == 1 || errno == EAGAIN) return 0; /* full: it will wake up */
  return lost(ends);
}

int pipe_ends_share(pipe_ends *ends, int memory) {
  void *mapped = mmap(NULL, FRAME_SHARED_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED, memory, 0);
  if (mapped == MAP_FAILED || fcntl(ends->woken, F_SETFL, O_NONBLOCK) ||
      fcntl(ends->wake, F_SETFL, O_NONBLOCK)) {
    PyErr_SetFromErrno(PyExc_OSError);
    return -1;
  }
  ends->shared = mapped;
  return 0;
}

void pipe_ends_unshare(pipe_ends *ends) {
  if (ends->shared) munmap((void *)ends->shared, FRAME_SHARED_BYTES);
  ends->shared = NULL;
}
