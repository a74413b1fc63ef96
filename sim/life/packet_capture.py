# SPDX-License-Identifier: Apache-2.0
"""Messages as a packet capture (pcapng): RPMsg header and payload, in the order of publication.

Link type and comments are documented in docs/messages.md; rpmsg.lua next to this file dissects it.
"""

from __future__ import annotations

from typing import IO

from pcapng import FileWriter
from pcapng.blocks import EnhancedPacket, InterfaceDescription, SectionHeader

from sim.life.message import Message, Ring, Step
from sim.life.run import Life

LINKTYPE_USER0 = 147
"""Link type of the interfaces; Wireshark lets a user say what it means."""
_NANOSECONDS = b"\x09"
_INBOUND, _OUTBOUND = 1, 2
"""Direction bits of an enhanced packet block, as Linux sees it."""


def write_pcapng(life: Life, file: IO[bytes]) -> None:
    """Write all messages; a packet's time is that of its publication, in ns since reset."""
    section = SectionHeader(options={"shb_userappl": "ampsim"})
    for ring in Ring:
        section.new_member(
            InterfaceDescription,
            link_type=LINKTYPE_USER0,
            options={
                "if_name": ring.arrow,
                "if_description": f"{life.board.title}: vring {int(ring)}",
                "if_tsresol": _NANOSECONDS,
            },
        )
    writer = FileWriter(file, section)
    for message in life.messages:
        writer.write_block(_packet(section, life.clock_ns, message))


def _packet(section: SectionHeader, clock_ns: int, message: Message) -> EnhancedPacket:
    time = message.steps[Step.PUBLISH] * clock_ns
    outbound = message.ring is Ring.TO_RTOS
    packet: EnhancedPacket = section.new_member(
        EnhancedPacket,
        interface_id=int(message.ring),
        timestamp_high=time >> 32,
        timestamp_low=time & 0xFFFFFFFF,
        packet_data=message.raw,
        packet_len=len(message.raw),
        options={
            "opt_comment": _comment(clock_ns, message),
            "epb_flags": _OUTBOUND if outbound else _INBOUND,
        },
    )
    return packet


def _comment(clock_ns: int, message: Message) -> str:
    fate = "lost" if message.lost else "under way"
    latency = message.latency
    if latency is not None:
        fate = f"latency={latency * clock_ns}ns"
    channel = message.channel or "unknown"
    where = f"ring={int(message.ring)} descriptor={message.descriptor}"
    return f"{message.ring.arrow} channel={channel} number={message.number} {where} {fate}"
