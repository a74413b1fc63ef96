/* SPDX-License-Identifier: Apache-2.0
 * Puts a request of a hart's software into the core port (see sim/core.py).
 */
#include "hart_software.h"

int hart_refuse(PyObject *request) {
  PyErr_Format(PyExc_TypeError,
               "not a request of a hart: %R (expected (0, address, size), "
               "(1, address, size, value), (2, address, length), (3, address, data), "
               "(4, cycles, mask), (5, requests), (6, requests, bits) or "
               "(7, coroutine, how, value))", request);
  return REFUSED;
}

/* ---- from words ---- */

static int post_access_of(int hart, int kind, uint32_t address, uint64_t size, uint64_t value) {
  core_hart *h = core_port_hart(hart);
  if ((size != 1 && size != 2 && size != 4 && size != 8) || address % size) return REFUSED;
  h->address = address;
  h->length = (uint32_t)size;
  if (kind == CORE_STORE) h->value = size < 8 ? value & ((1ull << 8 * size) - 1) : value;
  core_port_post(hart, kind);
  return POSTED;
}

static int post_wait_of(int hart, int64_t cycles, uint64_t mask) {
  core_hart *h = core_port_hart(hart);
  if (cycles > UINT32_MAX || mask > INT64_MAX) return REFUSED;
  if (cycles == 0) return AT_ONCE;
  h->forever = cycles < 0;
  h->length = cycles < 0 ? 0 : (uint32_t)cycles;
  h->mask = (uint8_t)mask & 7;
  core_port_post(hart, CORE_WAIT);
  return POSTED;
}

static int post_block_of(int hart, int kind, uint32_t address, uint64_t length, const void *data) {
  core_hart *h = core_port_hart(hart);
  if (length == 0 || length > UINT32_MAX || core_port_reserve(hart, length)) return REFUSED;
  if (kind == CORE_WRITE) memcpy(h->data, data, length);
  h->address = address;
  h->length = (uint32_t)length;
  core_port_post(hart, kind);
  return POSTED;
}

int hart_post_words(int hart, const uint64_t *words, const void *data) {
  int kind = (int)words[0];
  if (words[0] == CORE_WAIT) return post_wait_of(hart, (int64_t)words[1], words[2]);
  if (words[0] > CORE_WAIT || words[1] > UINT32_MAX) return REFUSED;
  return kind == CORE_LOAD || kind == CORE_STORE
             ? post_access_of(hart, kind, (uint32_t)words[1], words[2], words[3])
             : post_block_of(hart, kind, (uint32_t)words[1], words[2], data);
}

/* ---- from tuples: what is refused is refused in words ---- */

static int post_access(int hart, PyObject *request, long kind, uint32_t address) {
  uint64_t value = 0;
  unsigned long size = PyLong_AsUnsignedLong(PyTuple_GET_ITEM(request, 2));
  if (kind == CORE_STORE) {
    if (PyTuple_GET_SIZE(request) != 4) return hart_refuse(request);
    value = PyLong_AsUnsignedLongLongMask(PyTuple_GET_ITEM(request, 3));
  }
  if (PyErr_Occurred()) return REFUSED;
  int posted = post_access_of(hart, (int)kind, address, size, value);
  if (posted == REFUSED)
    PyErr_Format(PyExc_ValueError, "misaligned access: %R (size 1, 2, 4 or 8, address a multiple)",
                 request);
  return posted;
}

static int post_block(int hart, PyObject *request, long kind, uint32_t address) {
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
  int posted = post_block_of(hart, (int)kind, address, length, data.buf);
  if (kind == CORE_WRITE) PyBuffer_Release(&data);
  if (posted == REFUSED && length > 0 && length <= UINT32_MAX) PyErr_NoMemory();
  else if (posted == REFUSED)
    PyErr_Format(PyExc_ValueError, "a block has 1 byte to 4 GiB, not %zu", length);
  return posted;
}

static int post_wait(int hart, PyObject *request) {
  long cycles = PyLong_AsLong(PyTuple_GET_ITEM(request, 1));
  long mask = PyLong_AsLong(PyTuple_GET_ITEM(request, 2));
  if (PyErr_Occurred()) return REFUSED;
  int posted = post_wait_of(hart, cycles, (uint64_t)mask & 7);
  if (posted == REFUSED)
    PyErr_Format(PyExc_ValueError, "a wait has at most 2^32-1 clocks, not %ld", cycles);
  return posted;
}

/* The address of a request; what is none is refused in words. */
static int address_of(PyObject *object, uint32_t *address) {
  int beyond;
  long number = PyLong_AsLongAndOverflow(object, &beyond); /* cheaper than an unsigned conversion */
  if (number >= 0 && number <= UINT32_MAX) {
    *address = (uint32_t)number;
    return 0;
  }
  PyErr_Clear();
  unsigned long long large = PyLong_AsUnsignedLongLong(object);
  if (PyErr_Occurred()) return REFUSED;
  char text[32];
  snprintf(text, sizeof text, "0x%llx", large);
  PyErr_Format(PyExc_ValueError, "address %s is outside the 32-bit address space", text);
  return REFUSED;
}

int hart_post(int hart, PyObject *request) {
  if (!PyTuple_CheckExact(request) || PyTuple_GET_SIZE(request) < 3) return hart_refuse(request);
  long kind = PyLong_AsLong(PyTuple_GET_ITEM(request, 0));
  if (kind == CORE_WAIT) return post_wait(hart, request);
  if (kind < CORE_LOAD || kind > CORE_WAIT) {
    PyErr_Clear();
    return hart_refuse(request);
  }
  uint32_t address;
  if (address_of(PyTuple_GET_ITEM(request, 1), &address)) return REFUSED;
  return kind == CORE_LOAD || kind == CORE_STORE ? post_access(hart, request, kind, address)
                                                 : post_block(hart, request, kind, address);
}
