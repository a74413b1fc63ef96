/* SPDX-License-Identifier: Apache-2.0
 * The type Pipe of the core port's extension: see core_pipe.c.
 */
#ifndef AMPSIM_CORE_PIPE_H
#define AMPSIM_CORE_PIPE_H

#include <Python.h>

/* Adds the type to a module; 0, or -1 with an exception set. */
int core_pipe_add(PyObject *module);

/* Whether a hart can go on with an object: generators, and pipes. */
int core_pipe_is_software(PyObject *object);

#endif
