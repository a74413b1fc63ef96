# SPDX-License-Identifier: Apache-2.0
# Register accesses of the PLIC driver for the S context of hart 4.

from bus_script import BusScript

from rtos_side.drivers.plic import Plic

BASE = 0x0C000000
ENABLE_1 = BASE + 0x2000 + 8 * 0x80 + 4
THRESHOLD = BASE + 0x200000 + 8 * 0x1000
CLAIM = THRESHOLD + 4

PROPERTIES = {"base": BASE, "context": 8, "sources": 136}


REPORTS = []


async def _report(text):
    REPORTS.append(text)


def _plic():
    return Plic(PROPERTIES, _report)


# A handler that notes in the bus log when it runs.
def _handler(bus, irq):
    async def handle():
        bus.log.append(("handler", irq))

    return handle


def test_init_opens_the_threshold_and_gives_every_source_priority_one():
    bus = BusScript()
    bus.run(_plic().init())
    assert bus.log[0] == ("W", THRESHOLD, 0)
    assert bus.log[1:] == [("W", BASE + 4 * irq, 1) for irq in range(1, 137)]


def test_unmask_and_mask_touch_only_the_bit_of_the_source():
    bus = BusScript({ENABLE_1: [0x80000001, 0x80000003]})
    plic = _plic()
    bus.run(plic.unmask(33))
    bus.run(plic.mask(33))
    assert bus.log == [
        ("W", BASE + 4 * 33, 1),
        ("R", ENABLE_1, 0x80000001),
        ("W", ENABLE_1, 0x80000003),
        ("R", ENABLE_1, 0x80000003),
        ("W", ENABLE_1, 0x80000001),
    ]


def test_a_source_is_completed_before_its_handler_runs():
    bus = BusScript({CLAIM: [33, 130, 0]})
    plic = _plic()
    plic.install(33, _handler(bus, 33))
    plic.install(130, _handler(bus, 130))
    bus.run(plic.handle())
    assert bus.log == [
        ("R", CLAIM, 33),
        ("W", CLAIM, 33),
        ("handler", 33),
        ("R", CLAIM, 130),
        ("W", CLAIM, 130),
        ("handler", 130),
        ("R", CLAIM, 0),
    ]
    assert plic.counts == {33: 1, 130: 1}


def test_a_spurious_interrupt_claims_once():
    bus = BusScript()
    bus.run(_plic().handle())
    assert bus.log == [("R", CLAIM, 0)]


def test_a_source_without_a_handler_is_completed_and_reported():
    bus = BusScript({CLAIM: [5, 0]})
    bus.run(_plic().handle())
    assert bus.log == [("R", CLAIM, 5), ("W", CLAIM, 5), ("R", CLAIM, 0)]
    assert REPORTS.pop() == "UN-handled interrupt 5 occurred!!!\n"
    assert not REPORTS


def test_only_sources_that_exist_get_a_handler():
    for irq in (0, 137):
        try:
            _plic().install(irq, None)
        except ValueError as error:
            assert str(error) == f"PLIC source must be 1 to 136, not {irq}"
        else:
            raise AssertionError("no error")
