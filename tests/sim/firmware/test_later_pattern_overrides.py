# SPDX-License-Identifier: Apache-2.0
"""The search order of the V821 SDK: four patterns, a later match overrides an earlier one."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.firmware.errors import FirmwareError
from sim.firmware.search import find_choices, find_firmware

LEVELS = ("bin", "configs/perf2/bin", "configs/perf2/nor/bin", "configs/perf2/nor/fast/bin")


def place(chips: Path, *files: str) -> None:
    for file in files:
        path = chips / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(file.encode())


def test_the_seeds_example(tmp_path: Path):
    place(tmp_path, "bin/amp_rv0.bin", "configs/perf2/bin/amp_rv0.bin")
    (choice,) = find_choices(tmp_path)
    assert [item.shown for item in choice.candidates] == [
        "bin/amp_rv0.bin",
        "configs/perf2/bin/amp_rv0.bin",
    ]
    assert choice.winner.shown == "configs/perf2/bin/amp_rv0.bin"
    assert choice.reason() == (
        "the last pattern that matches overrides the earlier ones "
        "(pattern 2 of 4, configs/*/bin/*.bin)"
    )


@pytest.mark.parametrize("depth", range(4))
def test_each_pattern_can_win(tmp_path: Path, depth: int):
    place(tmp_path, *(f"{level}/amp_rv0.bin" for level in LEVELS[: depth + 1]))
    assert find_firmware(tmp_path, "amp_rv0.bin") == tmp_path / LEVELS[depth] / "amp_rv0.bin"


def test_only_match_is_said_to_be_it(tmp_path: Path):
    place(tmp_path, "bin/amp_rv0.bin")
    (choice,) = find_choices(tmp_path)
    assert choice.reason() == "the only match (pattern 1 of 4, bin/*.bin)"


def test_tie_within_a_pattern_is_resolved_by_byte_order_and_said(tmp_path: Path):
    place(tmp_path, "configs/perf2/bin/a.bin", "configs/Zed/bin/a.bin", "configs/perf1/bin/a.bin")
    (choice,) = find_choices(tmp_path)
    assert choice.winner.shown == "configs/perf2/bin/a.bin"
    assert [item.shown for item in choice.tied] == [
        "configs/Zed/bin/a.bin",
        "configs/perf1/bin/a.bin",
    ]
    assert choice.reason() == (
        "the last of 3 matches, in byte order, of the last pattern 2 of 4, configs/*/bin/*.bin"
    )


def test_names_are_looked_at_apart(tmp_path: Path):
    place(tmp_path, "bin/amp_rv0.bin", "configs/perf2/bin/other.bin")
    assert [choice.name for choice in find_choices(tmp_path)] == ["amp_rv0.bin", "other.bin"]
    assert find_firmware(tmp_path, "amp_rv0.bin") == tmp_path / "bin/amp_rv0.bin"


def test_what_no_pattern_names_is_not_found(tmp_path: Path):
    place(
        *(tmp_path, "amp_rv0.bin", "bin/amp_rv0.elf", "configs/bin/amp_rv0.bin"),
        *("configs/a/b/c/d/bin/amp_rv0.bin", "configs/.git/bin/amp_rv0.bin"),
    )
    (tmp_path / "bin" / "amp_rv0.bin").mkdir()
    with pytest.raises(FirmwareError) as caught:
        find_firmware(tmp_path, "amp_rv0.bin")
    assert str(caught.value) == (
        f"{tmp_path}: expected amp_rv0.bin under bin/*.bin, configs/*/bin/*.bin, "
        "configs/*/*/bin/*.bin, configs/*/*/*/bin/*.bin, found none"
    )


def test_folder_that_is_none_is_named(tmp_path: Path):
    with pytest.raises(FirmwareError) as caught:
        find_choices(tmp_path / "gone")
    expected = f"{tmp_path / 'gone'}: expected a folder with the chip's bin and configs, found none"
    assert str(caught.value) == expected


@settings(max_examples=60)
@given(data=st.data())
def test_winner_is_of_the_deepest_pattern(tmp_path_factory: pytest.TempPathFactory, data):
    chips = tmp_path_factory.mktemp("chips")
    part = st.sampled_from(["a", "b", "B"])
    files = data.draw(
        st.lists(st.lists(part, max_size=3), min_size=1, max_size=6).map(
            lambda lists: ["/".join([*(["configs"] if x else []), *x, "bin/f.bin"]) for x in lists]
        )
    )
    place(chips, *files)
    deepest = max(file.count("/") for file in files)
    rivals = sorted(file.encode() for file in files if file.count("/") == deepest)
    assert find_choices(chips)[0].winner.shown.encode() == rivals[-1]
