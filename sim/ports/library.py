# SPDX-License-Identifier: Apache-2.0
"""The core port's C library as ctypes sees it: mirrors sim/native/core_port.h."""

from __future__ import annotations

import ctypes
from ctypes import (
    CFUNCTYPE,
    POINTER,
    Structure,
    c_char,
    c_char_p,
    c_int,
    c_size_t,
    c_uint8,
    c_uint16,
    c_uint32,
    c_uint64,
    c_void_p,
)
from pathlib import Path

from sim.build.native import LIBRARY

HARTS = 8
TERMINALS = 4
RECORD_EVENT = 20
RECORD_NAME = 21
RECORD_SEEN = 24

ResumeHook = CFUNCTYPE(None, c_int, c_int)
StartHook = CFUNCTYPE(None, c_int, c_uint32)
StopHook = CFUNCTYPE(None, c_int)
LinesHook = CFUNCTYPE(None, c_int, c_uint8)
TerminalHook = CFUNCTYPE(None, c_int, c_uint8)
RecordsHook = CFUNCTYPE(None, c_void_p, c_size_t)


class CoreAccount(Structure):
    """``core_account``: clocks by what the harts did."""

    _fields_ = [("bus", c_uint64), ("cpu", c_uint64), ("idle", c_uint64)]


class CoreHart(Structure):
    """``core_hart``: a hart's request and its progress."""

    _fields_ = [
        ("kind", c_int),
        ("address", c_uint32),
        ("length", c_uint32),
        ("left", c_uint32),
        ("response", c_uint8),
        ("mask", c_uint8),
        ("forever", c_uint8),
        ("thread_changed", c_uint8),
        ("value", c_uint64),
        ("data", c_void_p),
        ("capacity", c_size_t),
        ("done", c_uint32),
        ("chunk", c_uint32),
        ("beat", c_uint32),
        ("issued", c_uint64),
        ("lines", c_uint8),
        ("thread", c_char * 16),
    ]


class CoreHooks(Structure):
    """``core_hooks``: what the port calls. A hook left out is NULL."""

    _fields_ = [
        ("resume", ResumeHook),
        ("start", StartHook),
        ("stop", StopHook),
        ("lines", LinesHook),
        ("received", TerminalHook),
        ("sent", TerminalHook),
        ("records", RecordsHook),
    ]


_PROTOTYPES: dict[str, tuple[object, ...]] = {
    # name: result, arguments
    "core_port_set_hooks": (None, POINTER(CoreHooks)),
    "core_port_hart": (POINTER(CoreHart), c_int),
    "core_port_now": (c_uint64,),
    "core_port_transactions": (c_uint64,),
    "core_port_account": (CoreAccount,),
    "core_port_reserve": (c_int, c_int, c_size_t),
    "core_port_post": (None, c_int, c_int),
    "core_port_set_thread": (None, c_int, c_char_p, c_size_t),
    "core_port_record": (None, c_int, c_int, c_uint32, c_uint32, c_uint64, c_char_p),
    "core_port_flush": (None,),
    "core_port_halt": (None,),
    "core_port_set_skipping": (None, c_int),
    "core_port_terminal_put": (c_int, c_int, c_char_p, c_size_t),
    "host_memory_map": (None, c_void_p, c_size_t, c_uint32),
    "core_port_start": (c_uint64, c_int, c_uint64, c_uint32),
    "core_port_stop": (None, c_int, c_uint64),
    "core_port_lines": (None, c_int, c_uint64, c_int),
    "core_port_rbeat": (None, c_int, c_uint64),
    "core_port_wbeat": (c_uint64, c_int),
    "core_port_done": (c_uint64, c_int, c_uint64, c_int, c_uint32),
    "core_port_thread": (c_uint64, c_int, c_int),
    "core_port_terminal_rx": (None, c_int, c_uint64, c_int),
    "core_port_terminal_tx": (c_uint16, c_int, c_uint64),
    "core_port_observed_beat": (None, c_int, c_uint64, c_int),
    "core_port_observed": (None, c_int, c_uint64, c_uint64, c_int, c_uint64),
    "core_port_observed_line": (None, c_int, c_uint64, c_uint32, c_int, c_int),
}


def load_library(folder: str) -> ctypes.PyDLL:
    """Return the library; its calls keep the interpreter lock, for they are short and call back."""
    library = ctypes.PyDLL(str(Path(folder) / LIBRARY))
    for name, (result, *arguments) in _PROTOTYPES.items():
        function = getattr(library, name)
        function.restype = result
        function.argtypes = arguments
    return library
