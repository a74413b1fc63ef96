# SPDX-License-Identifier: Apache-2.0
"""Messages as JSON lines: one object a message, in the order of their publication."""

from __future__ import annotations

import json
from typing import IO, Any

from sim.life.message import Message
from sim.life.run import Life
from sim.life.stages import message_stages


def write_json_lines(life: Life, file: IO[str]) -> None:
    """Write all messages; times are simulated ns since reset."""
    for message in life.messages:
        file.write(json.dumps(_entry(life, message)) + "\n")


def _entry(life: Life, message: Message) -> dict[str, Any]:
    clock_ns = life.clock_ns
    latency = message.latency
    return {
        "number": message.number,
        "direction": message.ring.arrow,
        "channel": message.channel,
        "ring": int(message.ring),
        "descriptor": message.descriptor,
        "buffer": message.buffer,
        "src": message.src,
        "dst": message.dst,
        "length": len(message.payload),
        "payload": message.payload.hex(),
        "sender": message.sender,
        "taker": message.taker,
        "receiver": message.receiver,
        "lost": message.lost,
        "latency_ns": None if latency is None else latency * clock_ns,
        "steps_ns": {
            step.value: cycle * clock_ns
            for step, cycle in sorted(message.steps.items(), key=lambda entry: entry[1])
        },
        "stages": [
            {
                "name": stage.name,
                "ns": stage.clocks * clock_ns,
                "rtl_ns": stage.rtl * clock_ns,
                "profile_ns": stage.profile * clock_ns,
                "waiting_ns": {name: n * clock_ns for name, n in stage.waiting.items()},
            }
            for stage in message_stages(life, message)
        ],
    }
