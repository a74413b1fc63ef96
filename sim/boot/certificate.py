# SPDX-License-Identifier: Apache-2.0
"""Signatures of boot images: who signed what, in one block in front of or beside the image.

RSA-2048 with PKCS#1 v1.5 and SHA-256, which is deterministic: same image, same bytes. The block
says in fixed fields what an X.509 certificate would. A key is known by the SHA-256 of its modulus
and exponent; that of the root key is burnt into the eFuses (ROTPK).

The library of the arithmetic is imported where it is used: most runs verify nothing.
"""

from __future__ import annotations

import hashlib
import struct
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from sim.firmware.errors import BootError

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric import rsa

KEYS = Path(__file__).parent / "keys"
BLOCK = 1024
_MAGIC = b"AMPCERT\0"
_SIGNED = struct.Struct("<8s24sI32sI256s")
_SIGNATURE_BYTES = 256
_ENTRY = struct.Struct("<24s32s")


class Certificate(NamedTuple):
    """What a block says: the image's name, length and SHA-256, the signer's key, the signature."""

    name: str
    length: int
    sha256: bytes
    exponent: int
    modulus: bytes
    signed: bytes
    signature: bytes

    @property
    def key_hash(self) -> bytes:
        """Return the SHA-256 by which the signer's key is known."""
        return _key_hash(self.modulus, self.exponent)


@cache
def load_key(name: str) -> rsa.RSAPrivateKey:
    """Return the development key ``name``."""
    from cryptography.hazmat.primitives.asymmetric import rsa
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    key = load_pem_private_key((KEYS / f"{name}.pem").read_bytes(), None)
    assert isinstance(key, rsa.RSAPrivateKey)
    return key


def public_hash(key: rsa.RSAPrivateKey) -> bytes:
    """Return the SHA-256 of a key's modulus and exponent."""
    numbers = key.public_key().public_numbers()
    return _key_hash(numbers.n.to_bytes(256, "big"), numbers.e)


def _key_hash(modulus: bytes, exponent: int) -> bytes:
    return hashlib.sha256(modulus + exponent.to_bytes(4, "big")).digest()


def sign(name: str, image: bytes, key: rsa.RSAPrivateKey) -> bytes:
    """Return the block that signs ``image`` under ``name``."""
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import padding

    numbers = key.public_key().public_numbers()
    digest = hashlib.sha256(image).digest()
    modulus = numbers.n.to_bytes(256, "big")
    signed = _SIGNED.pack(_MAGIC, name.encode(), len(image), digest, numbers.e, modulus)
    signature = key.sign(signed, padding.PKCS1v15(), hashes.SHA256())
    return (signed + signature).ljust(BLOCK, b"\0")


def parse(block: bytes, where: str, limit: int) -> Certificate:
    """Return the certificate in ``block``, for an image of at most ``limit`` bytes.

    ``where`` is "stage: image"; BootError when the block is none.
    """
    if len(block) < BLOCK:
        raise BootError.at(where, f"a certificate of {BLOCK} bytes", f"{len(block)}")
    magic, name, length, sha256, exponent, modulus = _SIGNED.unpack_from(block)
    if magic != _MAGIC:
        raise BootError.at(where, f"a certificate with magic {_MAGIC.hex()}", magic.hex())
    if length > limit:
        raise BootError.at(where, f"a signed image of at most {limit} bytes", str(length))
    end = _SIGNED.size + _SIGNATURE_BYTES
    if any(block[end:]):  # nobody has signed these bytes, so there is nothing in them
        raise BootError.at(where, "zeros behind the signature", block[end:].lstrip(b"\0")[:4].hex())
    signed, signature = block[: _SIGNED.size], block[_SIGNED.size : end]
    text = name.rstrip(b"\0").decode("ascii", "backslashreplace")
    return Certificate(text, length, sha256, exponent, modulus, signed, signature)


def verify(certificate: Certificate, image: bytes, name: str, trusted: bytes, where: str) -> None:
    """Check key, signature, name and hash, in this order; BootError names the first that is wrong.

    ``image`` is what was read back from memory; ``trusted`` is the SHA-256 of the key to trust.
    """
    if certificate.key_hash != trusted:
        expected = f"a key with SHA-256 {trusted.hex()}"
        raise BootError.at(where, expected, certificate.key_hash.hex())
    if not _signature_holds(certificate):
        expected = "a certificate that its key has signed"
        raise BootError.at(where, expected, f"signature {certificate.signature[:8].hex()}...")
    if certificate.name != name:
        raise BootError.at(where, f"a certificate for {name}", f"one for {certificate.name}")
    digest = hashlib.sha256(image).digest()
    if digest != certificate.sha256:
        raise BootError.at(where, f"SHA-256 {certificate.sha256.hex()}", digest.hex())


def _signature_holds(certificate: Certificate) -> bool:
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import padding, rsa

    modulus = int.from_bytes(certificate.modulus, "big")
    try:
        key = rsa.RSAPublicNumbers(certificate.exponent, modulus).public_key()
        arguments = (certificate.signature, certificate.signed, padding.PKCS1v15())
        key.verify(*arguments, hashes.SHA256())
    except (InvalidSignature, ValueError):
        return False
    return True


def pack_key_list(keys: dict[str, bytes]) -> bytes:
    """Return the list that says which key (by SHA-256) signs which image."""
    return b"".join(_ENTRY.pack(name.encode(), digest) for name, digest in keys.items())


def read_key_list(data: bytes) -> dict[str, bytes]:
    """Return name -> SHA-256 of the key, from a list whose signature has been verified."""
    entries = _ENTRY.iter_unpack(data[: len(data) // _ENTRY.size * _ENTRY.size])
    return {name.rstrip(b"\0").decode(): digest for name, digest in entries}
