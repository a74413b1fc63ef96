# SPDX-License-Identifier: Apache-2.0
"""What all tests stand on: Ctrl-C works, and how fast the machine is decides nothing."""

from __future__ import annotations

import signal

from hypothesis import HealthCheck, settings

# A shell's background job ignores SIGINT and so would every command that a test starts.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

# An example may take long where the machine is busy. And a fixture that serves all examples of a
# test is one that no example changes, or that every example sets up anew.
settings.register_profile(
    "ampsim",
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
settings.load_profile("ampsim")
