# SPDX-License-Identifier: Apache-2.0
# The device framework without a driver: names, reference counts, the stand-alone flag.

from bus_script import BusScript

from rtos_side.drivers.device import (
    CHARACTER,
    FLAG_RDWR,
    FLAG_STANDALONE,
    FLAG_STREAM,
    OFLAG_OPEN,
    Device,
    find,
    register,
)
from rtos_side.kernel.errors import EBUSY, EIO, ENOSYS, EOK, ERROR
from rtos_side.kernel.objects import Registry

_run = BusScript().run


class _Device(Device):
    init_result = EOK
    open_result = EOK

    def __init__(self, flag=0):
        Device.__init__(self, "dev", CHARACTER, flag)
        self.inits = 0

    async def _init(self):
        self.inits += 1
        return self.init_result

    async def _open(self, oflag):
        if self.open_result == EOK:
            return await Device._open(self, oflag)
        return self.open_result


def test_devices_are_found_by_name_and_names_are_unique():
    registry = Registry()
    device = _Device()
    assert find(registry, "dev") is None
    assert register(registry, device) == EOK
    assert find(registry, "dev") is device
    assert register(registry, _Device()) == -ERROR
    assert registry.list("device") == [device]


def test_open_flags_keep_access_and_modes_and_add_open():
    device = _Device()
    assert _run(device.open(FLAG_RDWR | FLAG_STREAM)) == EOK
    assert device.open_flag == FLAG_RDWR | OFLAG_OPEN


def test_hardware_is_initialised_once():
    device = _Device()
    _run(device.open(FLAG_RDWR))
    _run(device.open(FLAG_RDWR))
    assert device.inits == 1
    assert device.ref_count == 2


def test_a_stand_alone_device_opens_once():
    device = _Device(FLAG_STANDALONE)
    assert _run(device.open(FLAG_RDWR)) == EOK
    assert _run(device.open(FLAG_RDWR)) == -EBUSY
    assert device.ref_count == 1
    assert _run(device.close()) == EOK
    assert _run(device.open(FLAG_RDWR)) == EOK


def test_a_failed_init_or_open_leaves_the_device_closed():
    device = _Device()
    device.init_result = -EIO
    assert _run(device.open(FLAG_RDWR)) == -EIO
    device.init_result = EOK
    device.open_result = -EIO
    assert _run(device.open(FLAG_RDWR)) == -EIO
    assert device.ref_count == 0
    assert device.inits == 2


def test_close_of_a_closed_device_is_an_error():
    assert _run(_Device().close()) == -ERROR


def test_without_a_control_hook_nothing_is_understood():
    assert _run(_Device().control(0x99)) == -ENOSYS
