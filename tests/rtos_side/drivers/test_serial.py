# SPDX-License-Identifier: Apache-2.0
# The serial framework: flags of open, the receive ring and its overrun, stream output.

from bus_script import BusScript

from rtos_side.drivers.device import (
    CLOSE,
    CLR_INT,
    CONFIG,
    FLAG_INT_RX,
    FLAG_INT_TX,
    FLAG_RDWR,
    FLAG_STREAM,
    FLAG_SUSPENDED,
    RESUME,
    SET_INT,
    SUSPEND,
)
from rtos_side.drivers.serial import OVERRUN_WARNING, RxRing, Serial, SerialConfig
from rtos_side.kernel.errors import EBUSY, EIO, EOK, ERROR

CONSOLE_FLAGS = FLAG_RDWR | FLAG_STREAM | FLAG_INT_RX

_run = BusScript().run


# A UART that receives what a test puts into `incoming` and keeps what is sent.
class _Port:
    def __init__(self):
        self.incoming = bytearray()
        self.sent = bytearray()
        self.calls = []

    async def configure(self, config):
        self.calls.append(("configure", config.baud_rate))

    async def control(self, command, argument):
        self.calls.append((command, argument))
        return EOK

    async def putc(self, byte):
        self.sent.append(byte)

    async def getc(self):
        if not self.incoming:
            return -1
        byte = self.incoming[0]
        self.incoming = self.incoming[1:]
        return byte


def _serial(oflag=CONSOLE_FLAGS):
    serial = Serial("uart1", _Port(), SerialConfig(), CONSOLE_FLAGS)
    if oflag is not None:
        assert _run(serial.open(oflag)) == EOK
    return serial


def _read(serial, size):
    buffer = bytearray(size)
    count = _run(serial.read(-1, buffer, size))
    return bytes(buffer[:count])


# -> the counts that rx_indicate was called with
def _listen(serial):
    counts = []

    async def indicate(device, count):
        assert device is serial
        counts.append(count)

    serial.rx_indicate = indicate
    return counts


def _receive(serial, data):
    serial.port.incoming = bytearray(data)
    return _run(serial.receive())


def test_first_open_initialises_and_enables_the_interrupt():
    serial = _serial()
    assert serial.port.calls == [("configure", 115200), (SET_INT, FLAG_INT_RX)]
    assert serial.open_flag == 0x14B
    assert serial.ref_count == 1


def test_second_open_initialises_nothing():
    serial = _serial()
    assert _run(serial.open(CONSOLE_FLAGS)) == EOK
    assert len(serial.port.calls) == 2
    assert serial.ref_count == 2


def test_console_first_then_shell_keeps_stream_and_adds_the_interrupt():
    serial = _serial(FLAG_RDWR | FLAG_STREAM)
    assert serial.rx is None
    assert _run(serial.open(FLAG_RDWR | FLAG_INT_RX)) == EOK
    assert serial.open_flag & FLAG_STREAM
    assert serial.open_flag & FLAG_INT_RX


def test_a_mode_the_device_lacks_is_refused():
    serial = _serial(None)
    assert _run(serial.open(FLAG_RDWR | FLAG_INT_TX)) == -EIO
    assert serial.ref_count == 0


def test_only_the_last_close_closes():
    serial = _serial()
    _run(serial.open(CONSOLE_FLAGS))
    assert _run(serial.close()) == EOK
    assert serial.rx is not None
    assert _run(serial.close()) == EOK
    assert serial.rx is None
    assert serial.port.calls[2:] == [(CLR_INT, FLAG_INT_RX), (CLOSE, None)]
    assert _run(serial.close()) == -ERROR


def test_open_after_close_configures_again():
    serial = _serial()
    _run(serial.close())
    _run(serial.open(CONSOLE_FLAGS))
    assert serial.port.calls[4:] == [("configure", 115200), (SET_INT, FLAG_INT_RX)]


def test_a_closed_device_transfers_nothing():
    serial = _serial(None)
    assert _read(serial, 4) == b""
    assert _run(serial.write(0, b"x", 1)) == 0
    assert not serial.port.sent


def test_read_gives_what_the_ring_holds_and_does_not_wait():
    serial = _serial()
    assert _read(serial, 1) == b""
    assert _receive(serial, b"abc") == 3
    assert _read(serial, 2) == b"ab"
    assert _read(serial, 2) == b"c"
    assert _read(serial, 2) == b""


def test_the_reader_is_told_once_an_interrupt_with_the_bytes_waiting():
    serial = _serial()
    counts = _listen(serial)
    _receive(serial, b"abc")
    _receive(serial, b"d")
    assert counts == [3, 4]


def test_an_interrupt_without_data_tells_nobody():
    serial = _serial()
    counts = _listen(serial)
    assert _receive(serial, b"") == 0
    assert counts == []


def test_127_bytes_fit_and_the_oldest_are_dropped_after_that():
    serial = _serial()
    data = bytes(range(127))
    _receive(serial, data)
    assert not serial.overrun
    assert _read(serial, 200) == data

    serial = _serial()
    counts = _listen(serial)
    data = bytes(range(130))
    _receive(serial, data)
    assert serial.overrun
    assert counts == [127]
    assert _read(serial, 200) == data[3:]


def test_an_overrun_warns_once():
    serial = _serial()
    _receive(serial, bytes(300))
    _receive(serial, bytes(300))
    assert bytes(serial.port.sent) == OVERRUN_WARNING.replace("\n", "\r\n").encode()


def test_ring_of_one_place_can_hold_nothing_and_of_two_holds_one():
    ring = RxRing(2)
    assert ring.push(1) is False
    assert ring.push(2) is True
    assert len(ring) == 1
    assert ring.pop() == 2
    assert ring.pop() == -1


def test_stream_sends_a_return_before_each_newline():
    serial = _serial()
    assert _run(serial.write(0, b"a\nb\n", 4)) == 4
    assert bytes(serial.port.sent) == b"a\r\nb\r\n"


def test_without_stream_bytes_go_out_as_they_are():
    serial = _serial(FLAG_RDWR)
    _run(serial.write(0, b"a\nb", 2))
    assert bytes(serial.port.sent) == b"a\n"


def test_polled_read_takes_from_the_hardware_up_to_a_newline():
    serial = _serial(FLAG_RDWR | FLAG_STREAM)
    serial.port.incoming = bytearray(b"ab\ncd")
    assert _read(serial, 8) == b"ab\n"
    assert _read(serial, 8) == b"cd"


def test_ring_size_cannot_change_while_open():
    serial = _serial()
    assert _run(serial.control(CONFIG, SerialConfig(9600, 256))) == -EBUSY
    assert _run(serial.control(CONFIG, SerialConfig(9600, 128))) == EOK
    assert serial.port.calls[-1] == ("configure", 9600)


def test_a_configuration_set_while_closed_is_used_by_the_next_open():
    serial = _serial(None)
    assert _run(serial.control(CONFIG, SerialConfig(9600, 4))) == EOK
    assert serial.port.calls == []
    _run(serial.open(CONSOLE_FLAGS))
    assert serial.port.calls[0] == ("configure", 9600)
    _receive(serial, b"abcdef")
    assert _read(serial, 8) == b"def"


def test_suspend_and_resume():
    serial = _serial()
    _run(serial.control(SUSPEND))
    assert serial.flag & FLAG_SUSPENDED
    _run(serial.control(RESUME))
    assert not serial.flag & FLAG_SUSPENDED
