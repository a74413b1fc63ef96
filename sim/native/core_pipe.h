/* SPDX-License-Identifier: Apache-2.0
 * The type Pipe of the core port's extension: see core_pipe.c.
 */
#ifndef AMPSIM_CORE_PIPE_H
#define AMPSIM_CORE_PIPE_H

#define PY_SSIZE_T_CLEAN
#include <Python.h>

/* Adds the type to a module; 0, or -1 with an exception set. */
int core_pipe_add(PyObject *module);

/* Whether an object is a pipe: the software of a hart, in another process. */
int core_pipe_check(PyObject *object);

/* Goes on with a pipe: it begins, or its hart's request has ended. 1 when the RTL is busy with the
 * next one; 0 when the software has returned, or with an exception set has come to a bad end. */
enum pipe_resumes { PIPE_BEGINS, PIPE_ANSWERED };
int core_pipe_resume(PyObject *pipe, enum pipe_resumes how);

#endif
