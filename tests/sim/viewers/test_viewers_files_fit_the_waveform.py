# SPDX-License-Identifier: Apache-2.0
"""What GTKWave and Surfer are told: signals that exist, values that the waveform has."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest
import pywellen

from sim.decode import Decoded
from sim.runs.lanes import viewers_files
from sim.viewers import prepare_waveform

BOARDS = ("visionfive2", "v821")


@pytest.fixture(scope="module", params=BOARDS)
def prepared(request, recorded_run, tmp_path_factory) -> Path:
    """A prepared copy of a run's folder."""
    folder = tmp_path_factory.mktemp("prepared") / request.param
    shutil.copytree(recorded_run(request.param, "verilator"), folder)
    prepare_waveform(folder / "waves.fst")
    return folder


@pytest.fixture
def decoded(prepared: Path, decoded_run) -> Decoded:
    """What was decoded before the waveform was prepared."""
    return decoded_run(prepared.name, "verilator")


def names_in(folder: Path) -> dict:
    """Signals of the prepared waveform by name, read by a reader of others."""
    waveform = pywellen.Waveform(str(folder / "waves.fst"))
    return {variable.full_name: variable for variable in waveform.all_vars()}


def traces(folder: Path) -> dict[str, str | None]:
    """Signals of the save file without their range, and the filter file of each."""
    found, current, files = {}, None, {}
    for line in (folder / "waves.gtkw").read_text().splitlines():
        if filtered := re.match(r"\^(\d+) (.+)", line):
            current = files.setdefault(filtered[1], filtered[2])
        elif trace := re.match(r"\+\{.*\} (\S+)$", line):
            found[trace[1]] = current
            current = None
        elif line.startswith("^"):
            current = files[line[1:]]
    return found


def test_every_signal_of_the_save_file_exists_with_its_range(prepared: Path):
    names = names_in(prepared)
    shown = traces(prepared)
    assert len(shown) > 50
    for trace in shown:
        full = re.sub(r"\[\d+:0\]$", "", trace)
        assert full in names, trace
        width = names[full].bitwidth or 0
        assert trace.endswith(f"[{width - 1}:0]") == (width > 1), trace


def test_groups_are_there(prepared: Path):
    text = (prepared / "waves.gtkw").read_text()
    headings = re.findall(r"^-(\w+)$", text, re.MULTILINE)
    assert list(dict.fromkeys(headings)) == [
        "messages", "threads", "rings", "mailbox", "bus", "registers", "uart",
    ]  # fmt: skip


def test_every_signal_of_the_command_file_exists_and_every_format_too(prepared: Path):
    names = names_in(prepared)
    mappings = {
        re.match(r"Name = (\w+)\n", file.read_text())[1]
        for file in (prepared / ".surfer" / "mappings").iterdir()
    }
    commands = (prepared / "waves.sucl").read_text().splitlines()
    assert commands[0] == "load_file waves.fst"
    items: list[str] = []
    focused = None
    for command in commands:
        verb, _, rest = command.partition(" ")
        assert "#" not in command and ";" not in command
        if verb == "variable_add":
            assert rest in names and focused is None
            items.append(rest)
        elif verb == "divider_add":
            assert re.fullmatch(r"\w+", rest) and focused is None
            items.append("")
        elif verb == "item_focus":
            place, _, name = rest.partition("_")
            focused = int(
                place.translate(str.maketrans("abcdefghijklmnop", "0123456789abcdef")), 16
            )
            assert items[focused] == name
        elif verb == "item_unfocus":
            focused = None
        elif verb == "item_set_format":
            assert rest in mappings | {"ASCII", "Unsigned", "Hexadecimal"}
            assert focused == len(items) - 1
        elif verb == "marker_set":
            assert re.fullmatch(r"\S+ \d+", rest)
        else:
            assert verb in ("load_file", "cursor_set")
    assert sum(bool(name) for name in items) == len(traces(prepared))


def test_filters_name_every_value_that_occurs(prepared: Path):
    """Of states, responses and lines; characters and addresses have as many as the board."""
    names = names_in(prepared)
    checked = set()
    for trace, file in traces(prepared).items():
        if file is None or "address" in file:
            continue
        lines = (prepared / file).read_text().splitlines()
        known = {int(line.split(" ", 1)[0], 16) for line in lines}
        name = re.sub(r"\[\d+:0\]$", "", trace)
        assert {value for _, value in names[name].tv if isinstance(value, int)} <= known, trace
        checked.add(Path(file).stem)
    assert {
        "axi_response",
        "interrupt_lines",
        "character",
        "apb_bridge_state",
        "core_operation",
    } <= checked


def test_addresses_of_rings_and_registers_have_names(prepared: Path, decoded: Decoded):
    lines = (prepared / "waves.gtkwave" / "address.txt").read_text().splitlines()
    names = dict(line.split(" ", 1) for line in lines)
    view = decoded.link.rings[1]
    assert names[f"{view.shape.avail + 2:08x}"] == "vring1.avail.idx"
    uart = next(device for device in decoded.board.devices if device.name.startswith("uart"))
    assert names[f"{uart.region.base:08x}"].endswith(".RBR/THR")


def test_lanes_hold_the_messages(prepared: Path, decoded: Decoded):
    names = names_in(prepared)
    lane = [text for _, text in names["decoded.linux_to_rtos"].tv]
    messages = decoded.link.messages
    for message in messages:
        if message.ring == 1:
            assert message.text in lane
    assert lane[-1] == ""
    times = [time for time, text in names["decoded.linux_to_rtos"].tv if text == "hello there 4!"]
    assert times == [m.time_ns for m in messages if m.text == "hello there 4!" and m.ring == 1]


def test_lanes_of_the_bus_name_what_is_accessed(prepared: Path):
    names = names_in(prepared)
    texts = {
        text
        for name, variable in names.items()
        if re.fullmatch(r"decoded\.hart\d_bus", name)
        for _, text in variable.tv
    }
    assert any(re.fullmatch(r"write vring1\.avail\.idx = 0x[0-9a-f]+", text) for text in texts)
    assert any(text.startswith("read buffer[") for text in texts)


def test_what_the_simulator_wrote_is_not_changed(prepared: Path, recorded_run):
    before = pywellen.Waveform(str(recorded_run(prepared.name, "verilator") / "waves.fst"))
    after = names_in(prepared)
    originals = list(before.all_vars())
    assert {v.full_name for v in originals} == {n for n in after if not n.startswith("decoded.")}
    for variable in originals[::40]:
        assert list(variable.tv) == list(after[variable.full_name].tv)


def test_decoding_it_again_gives_the_same_and_adds_no_second_lanes(prepared: Path):
    size = (prepared / "waves.fst").stat().st_size
    save = (prepared / "waves.gtkw").read_text()
    prepare_waveform(prepared / "waves.fst")
    assert (prepared / "waves.fst").stat().st_size == size
    assert (prepared / "waves.gtkw").read_text() == save


def test_markers_are_at_the_first_and_the_worst_message(prepared: Path, decoded: Decoded):
    text = (prepared / "waves.gtkw").read_text()
    assert re.search(r"^\[markername\] Afirst_message$", text, re.MULTILINE)
    assert re.search(r"^\[markername\] Bworst_message_\d+$", text, re.MULTILINE)
    first = next(m for m in decoded.link.messages if not m.announcement)
    assert f"marker_set first_message {first.time_ns}" in (prepared / "waves.sucl").read_text()


def test_a_run_with_a_real_kernel_has_the_files_without_lanes(recorded_run, tmp_path):
    """Not all traffic is on its bus: nothing is decoded, and its rings have no fixed addresses."""
    source, folder = recorded_run("visionfive2", "verilator"), tmp_path / "run"
    folder.mkdir()
    shutil.copy(source / "waves.fst", folder)
    config = json.loads((source / "run.json").read_text())
    (folder / "run.json").write_text(json.dumps({**config, "host": "linux", "ring": 8}))
    files = viewers_files(folder / "waves.fst", {"violations": []}, None)
    assert set(files) == {"gtkwave", "surfer"}
    names, shown = names_in(folder), traces(folder)
    assert not any(name.startswith("decoded.") for name in names)
    assert len(shown) > 40
    assert all(re.sub(r"\[\d+:0\]$", "", trace) in names for trace in shown)
    words = "".join(file.read_text() for file in (folder / "waves.gtkwave").iterdir())
    assert "vring0" not in words and "clint.msip" in words.lower()
