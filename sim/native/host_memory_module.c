/* SPDX-License-Identifier: Apache-2.0
 * How Python backs the RTL's host memory: a function of the core port's extension.
 */
#define PY_SSIZE_T_CLEAN
#include "host_memory_module.h"

#include "host_memory.h"

/* The buffer is held for good: the RTL may use it to the end of the run. */
PyObject *map_memory(PyObject *module, PyObject *args) {
  static Py_buffer held;
  unsigned int first;
  Py_buffer data;
  if (!PyArg_ParseTuple(args, "w*I", &data, &first)) return NULL;
  host_memory_map(data.buf, (size_t)data.len, first);
  if (held.obj) PyBuffer_Release(&held);
  held = data;
  Py_RETURN_NONE;
}
