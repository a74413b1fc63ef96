# SPDX-License-Identifier: Apache-2.0
"""RPBuf's slave against a model of the rules: any order of allocations, frees and bad messages."""

import struct

from hypothesis import given, settings
from hypothesis import strategies as st

from rtos_side.rpbuf import layout
from rtos_side.rpbuf.buffer import Buffer
from rtos_side.rpbuf.controller import BUFFERS_MAX, Controller
from rtos_side.rpbuf.errors import EOK

NAMES = (b"a", b"b", b"c", b"d" * 31)
LENGTHS = (1, 64)

_names = st.sampled_from(NAMES)
_lengths = st.sampled_from(LENGTHS)
_steps = st.lists(
    st.one_of(
        st.tuples(st.just("alloc"), _names, _lengths),
        st.tuples(st.just("free"), _names),
        st.tuples(st.just("created"), _names, _lengths),
        st.tuples(st.just("destroyed"), _names),
        st.just(("left",)),
    ),
    max_size=40,
)


@given(st.binary(max_size=140))
def test_bytes_are_a_message_or_nothing(data: bytes) -> None:
    parts = layout.unpack(data)
    if parts is not None:
        command, fields = parts
        assert layout.pack(command, *fields) == data


@given(
    st.binary(max_size=32).map(lambda name: name.split(b"\0")[0]),
    st.integers(0, 2**32 - 1),
    st.integers(0, 2**32 - 1),
    st.integers(0, 2**64 - 1),
    st.booleans(),
)
def test_created_has_57_bytes_and_comes_back(
    name: bytes, id: int, length: int, address: int, available: bool
) -> None:
    message = layout.pack(layout.CREATED, name, id, length, address, address, int(available))
    assert len(message) == 57 + 5
    assert message[:4] == struct.pack("<BBH", 0x0A, 1, 57)
    command, fields = layout.unpack(message) or (0, ())
    assert command == layout.CREATED
    assert layout.name_of(fields[0]) == name
    assert tuple(fields[1:]) == (id, length, address, address, int(available))


class Model:
    """Both sides' allocations by name: a buffer is live when both have it with one length."""

    def __init__(self) -> None:
        self.controller = Controller()
        self.here: dict[bytes, Buffer] = {}
        self.there: dict[bytes, int] = {}
        # Buffers that this side has freed while Linux had them: Linux knows them by their old id.
        self.next_id = 0

    def alloc(self, name: bytes, length: int) -> None:
        buffer = Buffer(name, length)
        status = self.controller.add(buffer)
        fits = name not in self.here and self.there.get(name, length) == length
        assert (status == EOK) == fits
        if fits:
            self.here[name] = buffer

    def free(self, name: bytes) -> None:
        buffer = self.here.pop(name, None)
        if buffer is not None:
            assert self.controller.remove(buffer) == EOK
            assert self.controller.remove(buffer) != EOK

    def created(self, name: bytes, length: int) -> None:
        if name in self.there:
            return
        # Ids that collide with no other: what Linux gives is its own affair.
        remote_id = NAMES.index(name) + 20
        status, buffer = self.controller.created(name, remote_id, length, 0x1000, 0x1000)
        mine = self.here.get(name)
        if mine is not None and mine.length != length:
            assert status != EOK
            return
        assert status == EOK and buffer is mine
        self.there[name] = length

    def destroyed(self, name: bytes) -> None:
        if self.there.pop(name, None) is None:
            return
        mine = self.here.get(name)
        id = mine.id if mine is not None else self._remote_id(name)
        status, buffer = self.controller.destroyed(id)
        assert status == EOK and buffer is mine

    def _remote_id(self, name: bytes) -> int:
        return self.controller.remote[name].id

    def left(self) -> None:
        gone = self.controller.forget_remote()
        live = [name for name in self.here if name in self.there]
        assert sorted(buffer.name for buffer in gone) == sorted(live)
        self.there.clear()

    def check(self) -> None:
        controller = self.controller
        for name, buffer in self.here.items():
            assert controller.is_live(buffer) == (name in self.there)
            assert (name in controller.local) == (name not in self.there)
            assert 0 <= buffer.id < BUFFERS_MAX
        ids = [buffer.id for buffer in self.here.values()]
        assert len(set(ids)) == len(ids)
        assert set(controller.remote) == set(self.there) - set(self.here)


@settings(max_examples=300)
@given(_steps)
def test_live_is_what_both_sides_have(steps: list[tuple]) -> None:
    model = Model()
    for step in steps:
        # Ids of buffers that only Linux has must not name two of them: real Linux keeps to that.
        ids = [remote.id for remote in model.controller.remote.values()]
        if len(set(ids)) == len(ids):
            getattr(model, step[0])(*step[1:])
            model.check()
