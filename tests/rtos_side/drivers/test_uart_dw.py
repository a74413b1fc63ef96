# SPDX-License-Identifier: Apache-2.0
# Register accesses of the DesignWare UART driver, in the order of the JH-7110 port.

from bus_script import BusScript

from rtos_side.drivers.device import CLR_INT, FLAG_INT_RX, SET_INT
from rtos_side.drivers.serial import SerialConfig
from rtos_side.drivers.uart_dw import DwUart

BASE = 0x10010000
DATA, IER, FCR, LCR, MCR, LSR, SCR = (BASE + 4 * n for n in (0, 1, 2, 3, 4, 5, 7))
IIR = FCR
USR = BASE + 0x7C

PROPERTIES = {"base": BASE, "irq": 33, "clock_hz": 24000000, "baud": 115200}

READY = 0x61
EMPTY = 0x60


class _Reader:
    def __init__(self, port):
        self.port = port
        self.received = []

    async def receive(self):
        while True:
            byte = await self.port.getc()
            if byte < 0:
                return len(self.received)
            self.received.append(byte)


def test_configure_in_the_order_of_the_port():
    bus = BusScript()
    bus.run(DwUart(PROPERTIES).configure(SerialConfig()))
    assert bus.log == [
        ("W", IER, 0),
        ("W", LCR, 0x80),
        ("W", DATA, 13),
        ("W", IER, 0),
        ("W", LCR, 0x03),
        ("W", FCR, 0x01),
        ("W", MCR, 0),
        ("R", LSR, 0),
        ("R", DATA, 0),
        ("W", SCR, 0),
    ]


def test_divisors_are_rounded_to_the_nearest():
    uart = DwUart(PROPERTIES)
    assert uart.divisor(115200) == 13
    assert uart.divisor(9600) == 156
    assert uart.divisor(300) == 5000


def test_a_divisor_above_255_uses_both_latches():
    bus = BusScript()
    bus.run(DwUart(PROPERTIES).configure(SerialConfig(300)))
    assert bus.log[2:4] == [("W", DATA, 5000 & 0xFF), ("W", IER, 5000 >> 8)]


def test_register_shift_is_a_board_property():
    properties = dict(PROPERTIES)
    properties["reg_shift"] = 0
    bus = BusScript()
    bus.run(DwUart(properties).configure(SerialConfig()))
    assert bus.log[1] == ("W", BASE + 3, 0x80)


def test_receive_interrupt_on_and_off_keep_the_other_enables():
    bus = BusScript({IER: [0x02, 0x03]})
    uart = DwUart(PROPERTIES)
    bus.run(uart.control(SET_INT, FLAG_INT_RX))
    bus.run(uart.control(CLR_INT, FLAG_INT_RX))
    assert bus.log == [("R", IER, 0x02), ("W", IER, 0x03), ("R", IER, 0x03), ("W", IER, 0x02)]


def test_putc_waits_for_the_transmitter():
    bus = BusScript({LSR: [0x00, 0x40, 0x20]})
    bus.run(DwUart(PROPERTIES).putc(0x41))
    assert bus.log == [("R", LSR, 0x00), ("R", LSR, 0x40), ("R", LSR, 0x20), ("W", DATA, 0x41)]


def test_getc():
    bus = BusScript({LSR: [READY, EMPTY], DATA: [0x141]})
    uart = DwUart(PROPERTIES)
    assert bus.run(uart.getc()) == 0x41
    assert bus.run(uart.getc()) == -1
    assert bus.log == [("R", LSR, READY), ("R", DATA, 0x141), ("R", LSR, EMPTY)]


def test_data_interrupt_reads_the_fifo_empty():
    bus = BusScript({IIR: [0xC4], LSR: [READY, READY, EMPTY], DATA: [0x61, 0x62]})
    uart = DwUart(PROPERTIES)
    reader = _Reader(uart)
    bus.run(uart.handle(reader))
    assert reader.received == [0x61, 0x62]
    assert [access[:2] for access in bus.log] == [
        ("R", IIR),
        ("R", LSR),
        ("R", DATA),
        ("R", LSR),
        ("R", DATA),
        ("R", LSR),
    ]


def test_busy_detect_is_cleared_by_reading_usr_and_nothing_else():
    bus = BusScript({IIR: [0xC7], USR: [1]})
    uart = DwUart(PROPERTIES)
    bus.run(uart.handle(_Reader(uart)))
    assert bus.log == [("R", IIR, 0xC7), ("R", USR, 1)]


def test_a_timeout_without_data_needs_a_dummy_read():
    bus = BusScript({IIR: [0xCC], LSR: [EMPTY]})
    uart = DwUart(PROPERTIES)
    bus.run(uart.handle(_Reader(uart)))
    assert bus.log == [("R", IIR, 0xCC), ("R", LSR, EMPTY), ("R", DATA, 0)]


def test_a_timeout_with_data_reads_only_the_data():
    bus = BusScript({IIR: [0xCC], LSR: [READY, EMPTY], DATA: [0x61]})
    uart = DwUart(PROPERTIES)
    bus.run(uart.handle(_Reader(uart)))
    assert [access[:2] for access in bus.log] == [
        ("R", IIR),
        ("R", LSR),
        ("R", DATA),
        ("R", LSR),
    ]
