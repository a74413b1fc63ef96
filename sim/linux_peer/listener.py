# SPDX-License-Identifier: Apache-2.0
"""A socket for the kernel to connect to, at a path of any length."""

from __future__ import annotations

import os
import socket
from pathlib import Path


def listen(path: Path) -> socket.socket:
    """Return a Unix socket that listens at ``path``, for one peer.

    An address has room for 107 bytes (unix(7)), which the folder of a run can exceed: it is named
    by its descriptor.
    """
    folder = os.open(path.parent, os.O_PATH | os.O_DIRECTORY)
    try:
        listener = socket.socket(socket.AF_UNIX)
        listener.bind(f"/proc/self/fd/{folder}/{path.name}")
        listener.listen(1)
    finally:
        os.close(folder)
    return listener
