# SPDX-License-Identifier: Apache-2.0
"""``ampsim firmware``: what each action prints, and its exit code."""

from __future__ import annotations

import io
import json
import subprocess
from pathlib import Path

import pytest
from elftools.elf.elffile import ELFFile
from mcu_file import GOOD

from sim.cli.main import main as ampsim
from sim.firmware.describe import packed_board


@pytest.fixture(scope="module")
def mcu(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("command") / "fw.elf"
    assert ampsim(["firmware", "build", "--board", "v821", "-o", str(out)]) == 0
    return out


@pytest.fixture(scope="module")
def rtthread(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("command") / "rtthread.elf"
    assert ampsim(["firmware", "build", "-o", str(out)]) == 0
    return out


def test_same_build_gives_the_same_bytes(mcu: Path, tmp_path: Path):
    again = tmp_path / "again.elf"
    assert ampsim(["firmware", "build", "--board", "v821", "-o", str(again)]) == 0
    assert again.read_bytes() == mcu.read_bytes()


def test_mcu_firmware_is_a_stripped_elf32_with_the_originals_sections(mcu: Path):
    file = ELFFile(io.BytesIO(mcu.read_bytes()))
    assert (file.elfclass, file.header.e_machine, file.header.e_type) == (
        *(32, "EM_RISCV", "ET_EXEC"),
    )
    names = [section.name for section in file.iter_sections()]
    assert names == [
        *("", ".text", ".resource_table", ".version_table", ".trace", ".heap", ".shstrtab"),
    ]
    assert file.get_section_by_name(".symtab") is None
    for segment in file.iter_segments():
        assert segment["p_type"] == "PT_LOAD"
        assert segment["p_paddr"] >= 0x81000000
        assert segment["p_paddr"] + segment["p_memsz"] <= 0x81380000


def test_readelf_has_no_complaint(mcu: Path):
    done = subprocess.run(["readelf", "-lSW", str(mcu)], capture_output=True, text=True, check=True)
    assert done.stderr == ""
    assert "There are 3 program headers" in done.stdout
    assert "01     .resource_table .version_table" in done.stdout


def test_packed_board_says_where_the_tables_are(mcu: Path, capsys: pytest.CaptureFixture[str]):
    assert ampsim(["firmware", "info", "--json", str(mcu)]) == 0
    told = json.loads(capsys.readouterr().out)
    sections = {section["name"]: section for section in told["sections"]}
    board = told["archive"]["board"]
    assert board["rpmsg"]["resource_table"] == sections[".resource_table"]["addr"]
    trace = sections[".trace"]
    assert board["trace"] == {"base": trace["addr"], "size": trace["size"]}
    kinds = [entry["type"] for entry in told["resource_table"]]
    assert kinds == ["carveout", "vdev", "trace"]
    assert told["version"].startswith("UTS - ampsim-")


def test_info_in_words(mcu: Path, rtthread: Path, capsys: pytest.CaptureFixture[str]):
    assert ampsim(["firmware", "info", str(mcu)]) == 0
    text = capsys.readouterr().out
    assert "fw.elf: ELF32 RISC-V, entry 0x81000000, board v821, app rpmsg_linux_test" in text
    assert "vdev0buffer: da any, pa any, 262144 bytes, flags 0x0" in text
    assert "vring 1: da any, align 4096, num 128, notify id 2" in text
    assert "starts rtos_side.boot:boot:" in text
    assert ampsim(["firmware", "info", str(rtthread)]) == 0
    text = capsys.readouterr().out
    assert "ELF64 RISC-V, entry 0x6e800000, board visionfive2" in text
    assert "resource table: none" in text
    assert "version: none" in text


@pytest.mark.parametrize("board", ["v821", None])  # None: the board that the file itself names
def test_built_firmware_passes_the_check(
    mcu: Path, board: str | None, capsys: pytest.CaptureFixture[str]
):
    option = ["--board", board] if board else []
    assert ampsim(["firmware", "lint", str(mcu), *option]) == 0
    assert capsys.readouterr().out.endswith("fw.elf: 0 errors, 0 warnings, 1 note (for v821)\n")


def test_check_is_for_the_board_that_the_file_names(
    mcu: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    """The name of a carveout that only the board's map can find fault with."""
    path = tmp_path / "fw.bin"
    path.write_bytes(mcu.read_bytes().replace(b"vdev0buffer", b"vdev0puffer"))
    assert ampsim(["firmware", "lint", str(path)]) == 0
    assert "warning [carveout-name]" in capsys.readouterr().out


def test_board_of_a_damaged_or_foreign_file(mcu: Path, tmp_path: Path):
    assert packed_board(mcu) == "v821"
    path = tmp_path / "fw.bin"
    data = bytearray(mcu.read_bytes())
    data[0x1000 + 300] ^= 1  # in the archive: its check sum is wrong
    path.write_bytes(data)
    assert packed_board(path) is None
    path.write_bytes(GOOD)
    assert packed_board(path) is None


def test_lint_exit_codes(mcu: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    assert ampsim(["firmware", "lint", str(mcu), "--board", "visionfive2"]) == 1
    assert "error [elf-class] at 0x4: expected ELF64, found ELF32" in capsys.readouterr().out
    assert ampsim(["firmware", "lint", str(tmp_path / "gone.elf")]) == 2
    found = capsys.readouterr().err
    assert found == (
        f"ampsim: {tmp_path / 'gone.elf'}: expected a readable firmware file, "
        "found No such file or directory\n"
    )


def test_lint_as_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    path = tmp_path / "amp_rv0.bin"
    path.write_bytes(bytes.fromhex("6f000000"))
    assert ampsim(["firmware", "lint", "--json", str(path)]) == 1
    assert json.loads(capsys.readouterr().out) == {
        "file": str(path),
        "board": None,
        "passed": False,
        "findings": [
            {
                "severity": "error",
                "rule": "elf-magic",
                "offset": 0,
                "expected": "an ELF file (magic 7f454c46); amp_rv0.bin is a stripped ELF, "
                "no objcopy output",
                "found": "6f000000",
            }
        ],
    }


def test_which(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    for folder in ("bin", "configs/perf2/bin"):
        (tmp_path / folder).mkdir(parents=True)
        (tmp_path / folder / "amp_rv0.bin").write_bytes(b"")
    assert ampsim(["firmware", "which", "--chips", str(tmp_path)]) == 0
    assert capsys.readouterr().out == (
        "amp_rv0.bin: configs/perf2/bin/amp_rv0.bin\n"
        "  why: the last pattern that matches overrides the earlier ones "
        "(pattern 2 of 4, configs/*/bin/*.bin)\n"
        "  1. pattern 1  bin/amp_rv0.bin  overridden\n"
        "  2. pattern 2  configs/perf2/bin/amp_rv0.bin  taken\n"
    )
    assert ampsim(["firmware", "which", "--json", "--chips", str(tmp_path), "amp_rv0.bin"]) == 0
    (told,) = json.loads(capsys.readouterr().out)
    assert told["winner"] == "configs/perf2/bin/amp_rv0.bin"
    assert [item["pattern"] for item in told["candidates"]] == [1, 2]


def test_payload(rtthread: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    image = tmp_path / "visionfive2_fw_payload.img"
    assert ampsim(["firmware", "payload", str(rtthread), "-o", str(image)]) == 0
    size = image.stat().st_size
    assert size > 4 << 20
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == f"{image}: {size} bytes for a partition of 5242880"
    assert lines[-1] == (
        f"{size - 4194304} bytes more than the 4194304 of a partition without an RTOS"
    )
    small = tmp_path / "small.img"
    arguments = ["firmware", "payload", str(rtthread), "--partition", "0x400000"]
    assert ampsim([*arguments, "-o", str(small)]) == 2
    assert "expected at most 4194304 bytes, the size of its partition" in capsys.readouterr().err
    assert not small.exists()


def test_flash_is_the_same_every_time(
    mcu: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    images = [tmp_path / name for name in ("one.img", "two.img")]
    for image in images:
        options = ["--medium", "spi-nor", "--secure", "-o", str(image)]
        assert ampsim(["firmware", "flash", str(mcu), *options]) == 0
    assert images[0].read_bytes() == images[1].read_bytes()
    assert capsys.readouterr().out.splitlines()[0] == (
        f"{images[0]}: {images[0].stat().st_size} bytes of spi-nor, "
        "signed with the development keys"
    )


def test_images_are_for_their_own_board(
    mcu: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    out = str(tmp_path / "image")
    options = ["--board", "visionfive2", "-o", out]
    assert ampsim(["firmware", "flash", str(mcu), *options]) == 2
    expected = "ampsim: --board: expected a board with a v821, found visionfive2\n"
    assert capsys.readouterr().err == expected
    assert ampsim(["firmware", "payload", str(mcu), "-o", out]) == 2
    assert "expected ELF class 64 bits, found 32 bits" in capsys.readouterr().err


def test_flash_takes_no_firmware_of_another_board(
    rtthread: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    image = tmp_path / "nor.img"
    assert ampsim(["firmware", "flash", str(rtthread), "-o", str(image)]) == 2
    text = f"ampsim: {rtthread}: expected ELF class 32 bits, found 64 bits\n"
    assert capsys.readouterr().err == text
    assert not image.exists()
