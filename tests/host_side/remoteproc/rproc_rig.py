# SPDX-License-Identifier: Apache-2.0
"""Linux with its remoteproc driver on the test machine, user space, and a remote that echoes."""

from __future__ import annotations

from collections.abc import Callable, Generator
from struct import pack, unpack
from typing import Any

from host_side.devicetree import DeviceNode
from host_side.fs.node import RegularFile
from host_side.kernel.linux import LinuxKernel
from host_side.mailbox import sunxi_msgbox
from host_side.remoteproc import sunxi_rproc
from host_side.remoteproc.core import Rproc
from host_side.rpmsg import name_service, virtio_rpmsg_bus
from host_side.shell.sink import Capture
from host_side.userspace import Userspace
from tests.host_side.plain_machine import CLINT, CLINT_SIZE, COSTS
from tests.host_side.remoteproc import elf_builder as eb
from tests.host_side.remoteproc.v821_machine import (
    BUFFERS,
    CCU,
    CODE,
    CODE_SIZE,
    CONTEXT,
    CORE_RESET,
    E907,
    GATES,
    KEY,
    MEM_FW,
    MSGBOX_A27,
    MSGBOX_E907,
    PLIC,
    RECORD,
    RESETS,
    SOURCE,
    STOP_MESSAGE,
    TABLE,
    VRING0,
    VRING1,
    V821Machine,
)
from tests.host_side.rpmsg.rig import RemoteRing
from tests.host_side.tasks import Tasks

__all__ = ("CCU", "CONTEXT", "GATES", "RECORD", "RESETS")

STATE = "/sys/class/remoteproc/remoteproc0/state"
DEBUG = "/sys/kernel/debug/remoteproc/remoteproc0"
RPROC = "remoteproc remoteproc0: "
PARENT = "sunxi-rproc 43030000.e907_rproc: "
TRACE, TRACE_SIZE = CODE + 0x9000, 0x100
REMOTE = 0x1E
RECOVERY_NS = 100_000_000

REGIONS = {
    "rv_ddr_reserved": (CODE, CODE_SIZE),
    "vdev0buffer": (BUFFERS, 0x8000),
    "vdev0vring0": (VRING0, 0x1000),
    "vdev0vring1": (VRING1, 0x1000),
}


def nodes(**changes: Any) -> list[DeviceNode]:
    """The devicetree; ``changes`` of the remote's properties, with _ for -, None takes one away."""
    properties: dict[str, Any] = {
        "firmware-name": "amp_rv0.bin",
        "mboxes": ("msgbox", 0),
        "memory-region": REGIONS,
        "memory-mappings": (0x4000_0000, 0x200_0000, 0x4000_0000),
        "fw-region": (MEM_FW, 0x1_0000),
        "stop-record-reg": RECORD,
        "resets": {"cfg": (RESETS, 0), "sys": (RESETS, 1), "core": (CORE_RESET, 0)},
        "clocks": {"core": (GATES, 0), "ts": (CCU + 0xC, 31)},
        "ampsim,register-keys": {CORE_RESET: KEY},
        "ampsim,stop-notify": True,
    }
    properties |= {name.replace("__", ",").replace("_", "-"): v for name, v in changes.items()}
    given = {name: value for name, value in properties.items() if value is not None}
    return [
        DeviceNode("/soc/timer@2000000", ("sifive,clint0",), {}, ((CLINT, CLINT_SIZE),)),
        DeviceNode(
            "/soc/interrupt-controller@48000000",
            ("sifive,plic-1.0.0",),
            {"riscv,ndev": 187, "ampsim,contexts": {0: 1}},
            ((PLIC, 0x40_0000),),
        ),
        DeviceNode(
            "/soc/msgbox@43033000",
            ("allwinner,sunxi-msgbox",),
            {"ampsim,slot": 0},
            ((MSGBOX_A27, 0x1000), (MSGBOX_E907, 0x1000)),
            (SOURCE,),
            "msgbox",
        ),
        DeviceNode(
            "/soc/e907_rproc@43030000",
            ("allwinner,sun300iw1p1-e907-rproc",),
            given,
            ((E907, 0x1000),),
            (),
            "e907_rproc",
        ),
    ]


def good_table(**vdev: Any) -> bytes:
    """The table of V821's firmware: buffers, vdev, trace."""
    return eb.table(
        eb.carveout(b"vdev0buffer", 0x8000), eb.vdev(**vdev), eb.trace(TRACE, TRACE_SIZE)
    )


def firmware(
    table: bytes | None = None,
    loads: tuple[eb.Load, ...] | None = None,
    bits: int = 32,
    address: int = TABLE,
) -> bytes:
    """A firmware whose table lies in its second segment."""
    table = good_table() if table is None else table
    text = bytes(range(256)) * 8
    if loads is None:
        loads = (eb.Load(CODE, text), eb.Load(TABLE, table, len(table) + 64))
    sections = ((b".resource_table", address, table), (b".version_table", 0, b"v1.2.3\0"))
    return eb.elf(loads, sections, entry=CODE + 0x40, bits=bits)


class Rig(Tasks):
    """``sh`` runs a line of the shell and gives (status, output)."""

    machine: V821Machine
    hart = 0
    limit_ns = 20 * 10**9
    uname = "riscv32"

    def __init__(self, image: bytes | None = None, **changes: Any) -> None:
        self.machine = V821Machine()
        self.machine.memory.put(RESETS, 4, 0x14)
        self.image = firmware() if image is None else image
        self.before_boot()
        self.kernel = LinuxKernel(
            [self.machine.harts[0]], nodes(**changes), COSTS, 1, machine=self.uname
        )
        self.user = Userspace(self.kernel)
        self.fw_file = self.user.fs.add("/lib/firmware/amp_rv0.bin", RegularFile(self.image))
        for initcall in (
            name_service.init,
            virtio_rpmsg_bus.init,
            self.user.init,
            sunxi_msgbox.init,
            sunxi_rproc.init,
        ):
            self.kernel.add_initcall(initcall)
        self.machine.start(0, self.kernel.boot_cpu())
        self.machine.run(lambda: self.kernel.booted)
        self.capture = Capture()
        self.shell = self.user.shell(self.capture)

    def before_boot(self) -> None:
        """For subclasses: the state a boot stage leaves."""

    @property
    def rproc(self) -> Rproc:
        return self.kernel.rprocs[0]

    def sh(self, line: str, limit_ns: int | None = None) -> tuple[int, str]:
        status = self.call(self.shell.execute(line), limit_ns)
        return status, self.capture.take()

    def read(self, path: str) -> str:
        status, text = self.sh(f"cat {path}")
        assert status == 0, text
        return text

    @property
    def state(self) -> str:
        return self.read(STATE).strip()

    def settle(self, ns: int = 2_000_000) -> None:
        self.machine.run_for(ns)

    def recover(self) -> None:
        """Long enough for the handshake with a remote that obeys, dump and start."""
        self.settle(RECOVERY_NS)

    def log(self) -> list[str]:
        """The kernel's log since the last call, without time."""
        records = [record.text for record in self.kernel.log.records]
        self.kernel.log.records.clear()
        return records

    def rproc_log(self) -> list[str]:
        """What the remote's class device has said since the last call."""
        return [text.removeprefix(RPROC) for text in self.log() if text.startswith(RPROC)]

    def replace_firmware(self, image: bytes) -> None:
        self.image = image
        self.fw_file.content[:] = image


class Remote:
    """The E907's software: waits for DRIVER_OK, announces a channel, echoes, stops when told.

    It sees memory as bytes; ``vdev`` is the address of the vdev payload in the loaded table.
    """

    def __init__(self, machine: V821Machine, vdev: int = TABLE + 16 + 12 + 56 + 4) -> None:
        self.machine = machine
        self.vdev = vdev
        self.service = b"echo"
        self.obeys = True
        self.kicks: list[int] = []
        self.echoed = 0
        machine.released = lambda address: machine.start(1, self._run())

    def _run(self) -> Generator[Any, Any, None]:
        memory = self.machine.memory
        yield (4, 2000, 0)
        while not memory.read(self.vdev + 20, 1)[0] & 4:
            yield (4, 2000, 0)
        num, align = memory.u32(self.vdev + 32), memory.u32(self.vdev + 28)
        to_linux = RemoteRing(self.machine, memory.u32(self.vdev + 24), num, align)
        from_linux = RemoteRing(self.machine, memory.u32(self.vdev + 44), num, align)
        yield from self._send(to_linux, REMOTE, 53, pack("<32sII", self.service, REMOTE, 0))
        while True:
            yield (4, 1000, 0)
            fifo = self.machine.remote_box.fifos[0]
            while fifo:
                word = fifo.pop(0)
                self.kicks.append(word)
                if word == STOP_MESSAGE and self.obeys:
                    memory.put(RECORD, 4, 0x16AA_0001)
                    yield (4, 300_000, 0)
                    self.machine.asleep = True
                    yield (4, -1, 0)
            while (entry := from_linux.take()) is not None:
                head, address, length, _ = entry
                src, dst = unpack("<II", memory.read(address, 8))
                data = memory.read(address + 16, length - 16)
                from_linux.give(head, length)
                self.echoed += 1
                yield from self._send(to_linux, dst, src, data)

    def _send(self, ring: RemoteRing, src: int, dst: int, data: bytes) -> Generator[Any, Any, None]:
        while (entry := ring.take()) is None:
            yield (4, 1000, 0)
        memory = self.machine.memory
        memory.write(entry[1], pack("<IIIHH", src, dst, 0, len(data), 0) + data)
        ring.give(entry[0], 512)
        yield (4, 10, 0)
        self.machine.kick_linux(0)


Changer = Callable[[bytearray], None]
