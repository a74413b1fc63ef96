# SPDX-License-Identifier: Apache-2.0
"""Device numbers that Allwinner's control and client devices draw from together."""

from __future__ import annotations

from host_side.rpmsg.minors import Minors

_LIMIT = 1 << 20


class SunxiNumbers:
    """The three ID allocators of rpmsg_master.c: minors, control devices, endpoints from 1."""

    def __init__(self) -> None:
        self.minors = Minors(_LIMIT)
        self.controls = Minors(_LIMIT)
        self._endpoints = Minors(_LIMIT)

    def alloc_endpoint(self) -> int:
        """The lowest free N of /dev/rpmsgN, from 1."""
        return self._endpoints.alloc() + 1

    def free_endpoint(self, number: int) -> None:
        """``number`` may be used again."""
        if number:
            self._endpoints.free(number - 1)
