# SPDX-License-Identifier: Apache-2.0
"""What all tests stand on: Ctrl-C works, however the tests themselves were started."""

from __future__ import annotations

import signal

# A shell's background job ignores SIGINT and so would every command that a test starts.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)
