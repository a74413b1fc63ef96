# SPDX-License-Identifier: Apache-2.0
# Bytes of vrings and announcements.

from rtos_side.rpmsg_lite.layout import ns_message, ns_name, vring_init

BASE = 0x6E410000


def offsets(num, alignment, avail_aligned):
    desc, avail, used, size = vring_init(num, BASE, alignment, avail_aligned)
    assert desc == BASE
    return avail - BASE, used - BASE, size


# The rings of the JH-7110: two entries, 64 bytes, the second ring 0xC0 behind the first.
def test_avail_ring_is_aligned_on_the_jh7110():
    assert offsets(2, 64, True) == (0x40, 0x80, 0xC0)
    assert offsets(256, 64, True) == (0x1000, 0x1240, 0x1A80)


def test_upstream_puts_avail_straight_after_the_descriptors():
    assert offsets(2, 64, False)[:2] == (0x20, 0x40)
    assert offsets(2, 16, False)[:2] == (0x20, 0x30)
    assert offsets(256, 4096, False)[:2] == (0x1000, 0x2000)


# Linux reserves two bytes for used_event before it aligns, rpmsg-lite does not.
def test_used_event_is_left_out_before_aligning():
    assert offsets(2, 4, False)[1] == 40


def test_announcement_bytes():
    expected = b"rpmsg_chrdev" + bytes(20) + b"\x04\x40\0\0" + b"\x01\0\0\0"
    assert bytes(ns_message("rpmsg_chrdev", 0x4004, 1)) == expected


def test_name_of_32_characters_has_no_terminator():
    name = "n" * 32
    assert bytes(ns_message(name + "more", 1, 0))[:32] == name.encode()
    assert ns_name(ns_message(name, 1, 0)) == name


def test_name_ends_at_the_first_nul():
    assert ns_name(ns_message("rpmsg-tty", 1, 0)) == "rpmsg-tty"
