# SPDX-License-Identifier: Apache-2.0
"""Builds by content: made once, however many ask at a time; nothing half-made stays."""

from __future__ import annotations

import multiprocessing
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from sim import cache
from sim.build import simulators
from sim.build.design import Design
from sim.cache import cached_build, cached_bytes, content_key

MODULE = """\
`default_nettype none
module counter (input wire clk_i, output reg [3:0] count_o);
  always @(posedge clk_i) count_o <= count_o + 4'd1;
endmodule
`default_nettype wire
"""


@pytest.fixture(autouse=True)
def empty_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("AMPSIM_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


def counter(folder: Path) -> Design:
    source = folder / "counter.v"
    source.write_text(MODULE)
    return Design("counter", (source,))


def build_and_tell(design: Design, start: object, built: object) -> None:
    """Build in a process of its own, at the same moment as the others."""
    begun: list[int] = []
    start.wait()
    folder = simulators.build_simulation(design, "icarus", building=lambda: begun.append(1))
    built.put((str(folder), len(begun)))


def test_first_builds_of_two_processes_make_one_compilation(tmp_path: Path, empty_cache: Path):
    context = multiprocessing.get_context("spawn")
    start, built = context.Barrier(2), context.Queue()
    design = counter(tmp_path)
    processes = [
        context.Process(target=build_and_tell, args=(design, start, built)) for _ in range(2)
    ]
    for process in processes:
        process.start()
    answers = [built.get(timeout=120) for _ in processes]
    for process in processes:
        process.join()
    assert len({folder for folder, _ in answers}) == 1
    assert sum(begun for _, begun in answers) == 1
    assert (Path(answers[0][0]) / "sim.vvp").exists()
    assert len([path for path in (empty_cache / "simulations").iterdir() if path.is_dir()]) == 1


def test_threads_build_once():
    made: list[Path] = []
    with ThreadPoolExecutor(8) as pool:
        jobs = [pool.submit(cached_build, "kind", "key", made.append) for _ in range(8)]
    assert len({job.result() for job in jobs}) == len(made) == 1


def test_failed_build_leaves_nothing_and_is_tried_again(empty_cache: Path):
    def fail(folder: Path) -> None:
        (folder / "half").touch()
        raise RuntimeError("broken")

    with pytest.raises(RuntimeError, match="broken"):
        cached_build("kind", "key", fail)
    assert not (empty_cache / "kind" / "key").exists()
    folder = cached_build("kind", "key", lambda folder: (folder / "whole").touch())
    assert sorted(path.name for path in folder.iterdir()) == [".complete", "whole"]


def test_killed_build_is_made_afresh(empty_cache: Path):
    (empty_cache / "kind" / "key").mkdir(parents=True)
    (empty_cache / "kind" / "key" / "half").touch()
    folder = cached_build("kind", "key", lambda folder: (folder / "whole").touch())
    assert not (folder / "half").exists() and (folder / "whole").exists()


def test_key_follows_names_bytes_and_settings(tmp_path: Path):
    first, second = tmp_path / "a.v", tmp_path / "b.v"
    first.write_text("x")
    second.write_text("x")
    keys = {
        content_key([first]),
        content_key([second]),
        content_key([first, second]),
        content_key([second, first]),
        content_key([first], "setting"),
    }
    first.write_text("y")
    assert content_key([first]) not in keys and len(keys) == 5


def test_cache_is_where_the_user_says(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    assert cache.cache_root() == tmp_path / "cache"
    monkeypatch.delenv("AMPSIM_CACHE")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert cache.cache_root() == tmp_path / "ampsim"


def test_bytes_are_made_once_and_again_when_damaged(empty_cache: Path):
    made: list[bytes] = []

    def make() -> bytes:
        made.append(b"content")
        return made[-1]

    for _ in range(2):
        assert cached_bytes("kind", "key", make) == b"content"
    assert len(made) == 1
    kept = empty_cache / "kind" / "key"
    for damaged in (kept.read_bytes()[:-1], b"", kept.read_bytes()[:-1] + b"?"):
        kept.write_bytes(damaged)
        assert cached_bytes("kind", "key", make) == b"content"
        assert cached_bytes("kind", "key", make) == b"content"
    assert len(made) == 4
    assert [path.name for path in kept.parent.iterdir()] == ["key"]


def test_a_cache_that_cannot_be_written_costs_time_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    (tmp_path / "file").touch()
    monkeypatch.setenv("AMPSIM_CACHE", str(tmp_path / "file"))
    assert cached_bytes("kind", "key", lambda: b"content") == b"content"
