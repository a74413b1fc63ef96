# SPDX-License-Identifier: Apache-2.0
"""The registers of one compiled SystemRDL address map, and what a bus must see of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from systemrdl import RDLCompiler
from systemrdl.node import FieldNode, RegNode
from systemrdl.rdltypes import OnWriteType

# What a written pattern makes of a field's old value, by its SystemRDL onwrite property.
AFTER_WRITE = {
    None: lambda old, written: written,
    OnWriteType.woclr: lambda old, written: old & ~written,
    OnWriteType.woset: lambda old, written: old | written,
    OnWriteType.wot: lambda old, written: old ^ written,
    OnWriteType.wzc: lambda old, written: old & written,
    OnWriteType.wzs: lambda old, written: old | ~written,
    OnWriteType.wclr: lambda old, written: 0,
    OnWriteType.wset: lambda old, written: -1,
    OnWriteType.wuser: lambda old, written: old,  # the block's own rule, in its block test
}


@dataclass(frozen=True)
class Field:
    """One field: where it is, who may do what to it, and whether the walk may touch it."""

    name: str
    low: int
    width: int
    readable: bool
    writable: bool
    onwrite: OnWriteType | None
    singlepulse: bool
    reset: int | None
    no_walk: bool

    @property
    def mask(self) -> int:
        return ((1 << self.width) - 1) << self.low

    @property
    def reset_bits(self) -> int:
        return (self.reset or 0) << self.low

    def after_write(self, old: int, written: int) -> int:
        """Bits (in place) this field holds after `written` came over `old`."""
        if not self.writable:
            return old & self.mask
        if self.singlepulse:
            return 0
        return AFTER_WRITE[self.onwrite](old, written) & self.mask


@dataclass(frozen=True)
class Register:
    """One register with its byte offset, its width and the width of one bus access (in bits)."""

    path: str
    offset: int
    width: int
    access_width: int
    fields: tuple[Field, ...]

    @property
    def readable(self) -> bool:
        return any(field.readable for field in self.fields)

    @property
    def writable(self) -> bool:
        return any(field.writable for field in self.fields)

    @property
    def compared_at_reset(self) -> int:
        """Mask of the bits with a known value after reset; reserved bits read 0."""
        return self._all_but(lambda field: not field.readable or field.reset is None)

    @property
    def compared_after_write(self) -> int:
        """Mask of the bits with a known value after a write."""
        return self._all_but(lambda field: not field.readable or field.no_walk)

    @property
    def reset(self) -> int:
        return sum(field.reset_bits for field in self.fields)

    def safe(self, pattern: int) -> int:
        """`pattern` with the reset value in the fields that are not to be walked."""
        for field in self.fields:
            if field.no_walk:
                pattern = pattern & ~field.mask | field.reset_bits
        return pattern

    def after_write(self, old: int, written: int) -> int:
        return sum(field.after_write(old, written) for field in self.fields)

    def patterns(self) -> Iterator[int]:
        """All ones, all zeros, both checker boards, then a one in each bit."""
        ones = (1 << self.width) - 1
        checker = ones // 3
        yield from (ones, 0, checker, checker << 1)
        yield from (1 << bit for bit in range(self.width))

    def _all_but(self, left_out) -> int:
        mask = (1 << self.width) - 1
        for field in self.fields:
            if left_out(field):
                mask &= ~field.mask
        return mask


def load(path: Path, addrmap: str) -> list[Register]:
    """Compile `path` and list the registers of `addrmap`, arrays unrolled, by offset."""
    compiler = RDLCompiler()
    compiler.compile_file(str(path))
    top = compiler.elaborate(addrmap).top
    nodes = [node for node in top.descendants(unroll=True) if isinstance(node, RegNode)]
    return sorted((_register(node) for node in nodes), key=lambda register: register.offset)


def _register(node: RegNode) -> Register:
    return Register(
        path=node.get_path(),
        offset=node.absolute_address,
        width=node.get_property("regwidth"),
        access_width=node.get_property("accesswidth"),
        fields=tuple(_field(field) for field in node.fields()),
    )


def _field(node: FieldNode) -> Field:
    return Field(
        name=node.inst_name,
        low=node.low,
        width=node.width,
        readable=node.is_sw_readable,
        writable=node.is_sw_writable,
        onwrite=node.get_property("onwrite"),
        singlepulse=bool(node.get_property("singlepulse")),
        reset=node.get_property("reset"),
        no_walk=bool(node.get_property("no_walk", default=False)),
    )
