# SPDX-License-Identifier: Apache-2.0
"""Runs a command that may not trace, as in a container: `python without_ptrace.py COMMAND...`."""

import ctypes
import errno
import os
import struct
import sys

PR_SET_SECCOMP, PR_SET_NO_NEW_PRIVS, FILTER_MODE = 22, 38, 2
LOAD_WORD, JUMP_EQUAL, RETURN = 0x20, 0x15, 0x06
ALLOW, REFUSE = 0x7FFF0000, 0x00050000 | errno.EPERM
PTRACE = 101  # its number on x86-64


class Program(ctypes.Structure):
    """struct sock_fprog."""

    _fields_ = [("length", ctypes.c_ushort), ("filter", ctypes.c_char_p)]


def refuse_ptrace() -> None:
    """Have ptrace() fail with EPERM, here and in all that this process becomes."""
    steps = [
        (LOAD_WORD, 0, 0, 0),  # the number of the system call
        (JUMP_EQUAL, 0, 1, PTRACE),
        (RETURN, 0, 0, REFUSE),
        (RETURN, 0, 0, ALLOW),
    ]
    code = b"".join(struct.pack("<HBBI", *step) for step in steps)
    program = Program(len(steps), code)
    libc = ctypes.CDLL(None, use_errno=True)
    assert libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0
    assert libc.prctl(PR_SET_SECCOMP, FILTER_MODE, ctypes.byref(program), 0, 0) == 0


if __name__ == "__main__":
    refuse_ptrace()
    os.execvp(sys.argv[1], sys.argv[1:])
