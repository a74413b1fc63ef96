# SPDX-License-Identifier: Apache-2.0
"""Register names and offsets are those that a full SystemRDL compiler finds."""

from __future__ import annotations

import pytest
from systemrdl import RDLCompiler
from systemrdl.node import RegNode

from sim.viewers.addresses import _BLOCKS
from sim.viewers.rdl_names import FOLDER, register_names


@pytest.mark.parametrize(("file", "block"), sorted(set(_BLOCKS.values())))
def test_names_and_offsets(file: str, block: str):
    compiler = RDLCompiler()
    compiler.compile_file(str(FOLDER / file), incl_search_paths=[str(FOLDER)])
    top = compiler.elaborate(block).top
    expected: dict[int, str] = {}
    for node in top.descendants(unroll=True):
        if isinstance(node, RegNode):
            name = node.get_path().split(".", 1)[1]
            at = node.absolute_address
            expected[at] = f"{expected[at]}/{name}" if at in expected else name
    assert register_names(file, block) == expected
