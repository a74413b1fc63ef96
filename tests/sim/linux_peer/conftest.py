# SPDX-License-Identifier: Apache-2.0
"""Runs with the real kernel: made where it has been built, or has to have been."""

import os

import pytest

from sim.linux_peer.build import PeerFiles, built_peer


@pytest.fixture(scope="session")
def peer_files() -> PeerFiles:
    """The kernel and its initramfs. `make test-linux-peer` does not let a test be skipped."""
    files = built_peer()
    if files is None and os.environ.get("AMPSIM_LINUX_PEER") != "required":
        pytest.skip("the kernel of --host linux is not built: make linux-peer")
    assert files is not None, "make linux-peer has built no kernel"
    return files
