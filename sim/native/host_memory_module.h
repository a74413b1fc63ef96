/* SPDX-License-Identifier: Apache-2.0
 * How Python backs the RTL's host memory: a function of the core port's extension.
 */
#ifndef AMPSIM_HOST_MEMORY_MODULE_H
#define AMPSIM_HOST_MEMORY_MODULE_H

#include <Python.h>

PyObject *map_memory(PyObject *module, PyObject *args);

#endif
