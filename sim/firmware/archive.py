# SPDX-License-Identifier: Apache-2.0
"""Packs the firmware's files into bytes and back; the same files always give the same bytes."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Mapping

from sim.firmware.errors import FirmwareError

# After decompression: a count, then for each file in the order of its name the two lengths, the
# name and the data. No times, owners or modes: they would make equal firmwares differ.
_COUNT = struct.Struct("<I")
_LENGTHS = struct.Struct("<HI")
_LEVEL = 9
MAX_BYTES = 8 << 20  # of all files together; more is a damaged or hostile archive


def pack(files: Mapping[str, bytes]) -> bytes:
    """Return the archive of `files`, name to contents."""
    return compress(join(files))


def join(files: Mapping[str, bytes]) -> bytes:
    """Return what an archive of `files` has compressed."""
    parts = [_COUNT.pack(len(files))]
    for name in sorted(files):
        encoded = name.encode()
        parts += [_LENGTHS.pack(len(encoded), len(files[name])), encoded, files[name]]
    return b"".join(parts)


def compress(joined: bytes) -> bytes:
    """Return the archive of files that :func:`join` has put together."""
    return zlib.compress(joined, _LEVEL)


def unpack(archive: bytes) -> dict[str, bytes]:
    """Return the files of an archive; FirmwareError when it is not one, whole and in order."""
    data = _decompress(archive)
    try:
        return _files(data)
    except (struct.error, UnicodeDecodeError):
        raise _damaged("whole file entries", "a cut or garbled one") from None


def _decompress(archive: bytes) -> bytes:
    stream = zlib.decompressobj()
    try:
        data = stream.decompress(archive, MAX_BYTES)
    except zlib.error as error:
        raise _damaged("a zlib stream", str(error)) from None
    if not stream.eof or stream.unused_data:
        raise _damaged("one whole zlib stream", "a cut, overlong or too large one")
    return data


def _files(data: bytes) -> dict[str, bytes]:
    (count,) = _COUNT.unpack_from(data)
    at, files = _COUNT.size, {}
    for _ in range(count):
        name_length, length = _LENGTHS.unpack_from(data, at)
        at += _LENGTHS.size
        name, start = data[at : at + name_length].decode(), at + name_length
        files[name] = data[start : start + length]
        at = start + length
    if at != len(data):
        raise _damaged(f"{at} bytes of files", f"{len(data)}")
    return files


def _damaged(expected: str, found: str) -> FirmwareError:
    return FirmwareError.at("firmware archive", expected, found)
