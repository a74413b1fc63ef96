/* SPDX-License-Identifier: Apache-2.0
 * Puts a request tuple of a hart's software into the core port (see sim/core.py).
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

static int post_access(int hart, PyObject *request, long kind) {
  core_hart *h = core_port_hart(hart);
  unsigned long size = PyLong_AsUnsignedLong(PyTuple_GET_ITEM(request, 2));
  if (kind == CORE_STORE) {
    if (PyTuple_GET_SIZE(request) != 4) return hart_refuse(request);
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
  if (address_of(PyTuple_GET_ITEM(request, 1), &core_port_hart(hart)->address)) return REFUSED;
  return kind == CORE_LOAD || kind == CORE_STORE ? post_access(hart, request, kind)
                                                 : post_block(hart, request, kind);
}
