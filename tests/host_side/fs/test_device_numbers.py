# SPDX-License-Identifier: Apache-2.0
"""No two drivers of character devices have the same major number."""

from __future__ import annotations

from host_side.drivers.serial_device import CONSOLE_MAJOR, TTY_MAJOR
from host_side.fs import dynamic_majors


def test_each_driver_has_a_major_number_of_its_own():
    dynamic = [value for name, value in vars(dynamic_majors).items() if name.endswith("_MAJOR")]
    assert len(dynamic) >= 6 and all(234 <= number <= 254 for number in dynamic)
    numbers = [TTY_MAJOR, CONSOLE_MAJOR, *dynamic]
    assert len(set(numbers)) == len(numbers)
