# SPDX-License-Identifier: Apache-2.0
"""A flipped byte in an image stops the chain at the stage that checks it, in one line."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

import pytest
from boot_machine import BOARD, Machine
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sim.boot import certificate
from sim.boot.boot_head import HEAD_BYTES
from sim.boot.boot_package import find_item, read_package
from sim.boot.storage import MBR_OFFSET, Kind, Medium, read_partitions
from sim.boot.v821_images import PACKAGE_OFFSET, make_medium
from sim.boot.v821_map import V821Map
from sim.firmware import BootError

Boots = Callable[..., Machine]

PLACES = V821Map.of(BOARD)


@pytest.fixture(scope="module")
def signed(mcu: Path) -> bytes:
    return make_medium(PLACES, Kind.SPI_NOR, mcu.read_bytes(), secure=True)


@pytest.fixture(scope="module")
def plain(mcu: Path) -> bytes:
    return make_medium(PLACES, Kind.SPI_NOR, mcu.read_bytes(), secure=False)


def flipped(contents: bytes, *places: int) -> bytes:
    data = bytearray(contents)
    for at in places:
        data[at] ^= 0x10
    return bytes(data)


def stops_with(bench: Machine) -> str:
    with pytest.raises(BootError) as caught:
        bench.boot()
    assert "\n" not in str(caught.value)
    assert caught.value.exit_code == 1
    return str(caught.value)


def hashes(where: str, good: bytes, bad: bytes) -> str:
    expected, found = hashlib.sha256(good).hexdigest(), hashlib.sha256(bad).hexdigest()
    return f"{where}: expected SHA-256 {expected}, found {found}"


def package_item(contents: bytes, name: str) -> tuple[int, int]:
    data = contents[PACKAGE_OFFSET:MBR_OFFSET]
    length = int.from_bytes(data[36:40], "little")
    item = find_item(read_package(data[:length], "test"), name, "test")
    return PACKAGE_OFFSET + item.offset, item.length


def resummed(contents: bytes) -> bytes:
    """Return the medium with the package's own check sum made right again: a forger would."""
    from sim.boot.boot_head import stamped_sum

    data = bytearray(contents)
    length = int.from_bytes(data[PACKAGE_OFFSET + 36 : PACKAGE_OFFSET + 40], "little")
    package = data[PACKAGE_OFFSET : PACKAGE_OFFSET + length]
    data[PACKAGE_OFFSET + 20 : PACKAGE_OFFSET + 24] = stamped_sum(package, 20).to_bytes(4, "little")
    return bytes(data)


def partition(contents: bytes, name: str) -> int:
    items = read_partitions(Medium(Kind.SPI_NOR, contents), "test")
    return next(item.offset for item in items if item.name == name)


def signed_places(contents: bytes) -> dict[str, tuple[str, int, int]]:
    """Return image -> (stage that checks it, place, bytes), each with its certificate."""

    def with_block(at: int) -> tuple[int, int]:
        return at, certificate.BLOCK + int.from_bytes(contents[at + 32 : at + 36], "little")

    items = ("rootkey", "opensbicert", "opensbi", "u-bootcert", "u-boot")
    return {
        "boot image": ("brom", *with_block(0)),
        **{name: ("sboot", *package_item(contents, name)) for name in items},
        "riscv0": ("u-boot", *with_block(partition(contents, "riscv0"))),
        "boot": ("u-boot", *with_block(partition(contents, "boot"))),
    }


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_any_byte_of_any_signed_image(machine: Boots, signed: bytes, data: st.DataObject):
    """Of its certificate, too, to the last of its 1024 bytes: the stage that checks it says so."""
    places = signed_places(signed)
    image = data.draw(st.sampled_from(sorted(places)))
    stage, start, length = places[image]
    # As often near an end as anywhere: heads, certificates and last bytes.
    near = st.integers(0, min(length, 1200) - 1)
    at = start + data.draw(st.integers(0, length - 1) | near | near.map(lambda n: length - 1 - n))
    bad = bytearray(signed)
    bad[at] ^= data.draw(st.integers(1, 255))
    contents = resummed(bytes(bad)) if stage == "sboot" else bytes(bad)
    message = stops_with(machine(medium="spi-nor", secure=True, contents=contents))
    assert message.startswith(f"{stage}: {'sboot on spi-nor' if stage == 'brom' else ''}")
    if image in ("riscv0", "boot", "opensbi", "u-boot"):
        assert message.startswith(f"{stage}: {image}: expected ")


def test_brom_stops_at_sboot(machine: Boots, signed: bytes):
    length = int.from_bytes(signed[32:36], "little")
    image = signed[certificate.BLOCK : certificate.BLOCK + length]
    at = certificate.BLOCK + HEAD_BYTES + 0x500
    bad = flipped(signed, at)
    message = stops_with(machine(medium="spi-nor", secure=True, contents=bad))
    damaged = bad[certificate.BLOCK : certificate.BLOCK + length]
    assert message == hashes("brom: sboot on spi-nor", image, damaged)


@pytest.mark.parametrize("name", ["opensbi", "u-boot"])
def test_sboot_stops_at_what_it_loads(machine: Boots, signed: bytes, name: str):
    at, length = package_item(signed, name)
    bad = resummed(flipped(signed, at + length // 2))
    message = stops_with(machine(medium="spi-nor", secure=True, contents=bad))
    assert message == hashes(f"sboot: {name}", signed[at : at + length], bad[at : at + length])


@pytest.mark.parametrize("name", ["riscv0", "boot"])
def test_u_boot_stops_at_what_it_loads(machine: Boots, signed: bytes, name: str):
    at = partition(signed, name)
    length = int.from_bytes(signed[at + 32 : at + 36], "little")
    start = at + certificate.BLOCK
    bad = flipped(signed, start + length - 1)
    bench = machine(medium="spi-nor", secure=True, contents=bad)
    message = stops_with(bench)
    good, damaged = signed[start : start + length], bad[start : start + length]
    assert message == hashes(f"u-boot: {name}", good, damaged)
    started = (0x4200109C, 0xA5690001) in bench.bus.log
    assert started == (name == "boot")  # the E907 runs only if its own image was sound


def test_certificate_with_a_flipped_signature(machine: Boots, signed: bytes):
    at = partition(signed, "riscv0") + 400
    message = stops_with(machine(medium="spi-nor", secure=True, contents=flipped(signed, at)))
    start = "u-boot: riscv0: expected a certificate that its key has signed, found signature "
    assert message.startswith(start)


def test_image_signed_with_another_key(machine: Boots, signed: bytes):
    """A forger with a key of his own: the list under the root key does not have it."""
    at = partition(signed, "riscv0")
    length = int.from_bytes(signed[at + 32 : at + 36], "little")
    image = signed[at + certificate.BLOCK : at + certificate.BLOCK + length]
    root = certificate.load_key("root")
    forged = signed[:at] + certificate.sign("riscv0", image, root) + image
    message = stops_with(machine(medium="spi-nor", secure=True, contents=forged))
    trusted = certificate.public_hash(certificate.load_key("content")).hex()
    found = certificate.public_hash(root).hex()
    assert message == f"u-boot: riscv0: expected a key with SHA-256 {trusted}, found {found}"


def test_image_of_another_name_does_not_pass(machine: Boots, signed: bytes):
    """A sound image of the same signer, in the wrong partition."""
    kernel, mcu = partition(signed, "boot"), partition(signed, "riscv0")
    length = int.from_bytes(signed[kernel + 32 : kernel + 36], "little")
    image = signed[kernel : kernel + certificate.BLOCK + length]
    swapped = signed[:mcu] + image + signed[mcu + len(image) :]
    message = stops_with(machine(medium="spi-nor", secure=True, contents=swapped))
    assert message == ("u-boot: riscv0: expected a certificate for riscv0, found one for boot")


def test_unsigned_media_do_not_boot_securely(machine: Boots, plain: bytes):
    message = stops_with(machine(medium="spi-nor", secure=True, contents=plain))
    assert message == (
        "brom: sboot on spi-nor: expected a certificate with magic 414d504345525400, "
        f"found {plain[:8].hex()}"
    )


def test_without_signatures_check_sums_stop_it(machine: Boots, plain: bytes):
    message = stops_with(machine(medium="spi-nor", contents=flipped(plain, 0x600)))
    start = "brom: boot0 on spi-nor: expected check sum "
    assert message.startswith(start)
    at, _ = package_item(plain, "u-boot")
    message = stops_with(machine(medium="spi-nor", contents=flipped(plain, at + 100)))
    assert message.startswith("boot0: boot package: expected check sum ")
    at = partition(plain, "boot")
    message = stops_with(machine(medium="spi-nor", contents=flipped(plain, at + 100)))
    assert message.startswith("boot code at 0x80400000: expected CRC-32 ")


def test_damaged_partition_table_is_named(machine: Boots, signed: bytes):
    bad = flipped(signed, MBR_OFFSET + 100)
    message = stops_with(machine(medium="spi-nor", secure=True, contents=bad))
    assert message.startswith("u-boot: partition table of spi-nor: expected CRC-32 ")


def test_missing_partition_is_named(machine: Boots, mcu: Path, plain: bytes):
    from sim.boot.storage import MBR_BYTES, pack_partitions

    items = read_partitions(Medium(Kind.SPI_NOR, plain), "test")
    table = pack_partitions([item for item in items if item.name != "riscv0"])
    contents = plain[:MBR_OFFSET] + table + plain[MBR_OFFSET + MBR_BYTES :]
    message = stops_with(machine(medium="spi-nor", contents=contents))
    assert message == "boot0: spi-nor: expected a partition riscv0, found boot"
