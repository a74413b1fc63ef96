# SPDX-License-Identifier: Apache-2.0
# Start-up of the RTOS in the order of rtthread_startup(): board, banner, main thread, scheduler.

from rtos_side import apps
from rtos_side.drivers.console import Console
from rtos_side.drivers.device import FLAG_INT_RX, FLAG_RDWR, FLAG_STREAM, register
from rtos_side.drivers.msgbox import Msgbox
from rtos_side.drivers.plic import Plic
from rtos_side.drivers.serial import Serial, SerialConfig
from rtos_side.drivers.trace import Trace
from rtos_side.drivers.uart_dw import DwUart
from rtos_side.finsh.amp_commands import amp_commands
from rtos_side.finsh.app_commands import app_commands
from rtos_side.finsh.banner import banner
from rtos_side.finsh.commands import builtin_commands
from rtos_side.finsh.service_commands import service_commands
from rtos_side.finsh.shell import Shell
from rtos_side.hal import EXT, BusFault
from rtos_side.kernel.kernel import Kernel
from rtos_side.kernel.thread import Thread
from rtos_side.services import crash
from rtos_side.services.amp import Amp
from rtos_side.snapshot import snapshot

CONSOLE_NAME = "uart1"

# Costs that the kernel itself does not charge, and those of the services of an AMP system.
_COSTS = ("shell_char",)
_AMP_COSTS = ("rpmsg_call", "app_loop", "md5_block")

MAIN_NAME = "main"
MAIN_PRIORITY = 10
MAIN_STACK_SIZE = 8192
MAIN_SLICE = 20


# The hart's software: a generator of requests. board: what the firmware image says of the board.
def boot(hart, board):
    hart.faults(BusFault)
    kernel = Kernel(hart, board)
    hart.snapshot = lambda: snapshot(kernel)
    for name in _COSTS + (_AMP_COSTS if _has_services(board) else ()):
        if name not in board["costs"]:
            raise ValueError("the timing profile has no cost %r for the RTOS" % name)
    return kernel.run(System(kernel).start_up)


# Where Linux's remoteproc is in charge (V821) the vendor's services run beside the app.
def _has_services(board):
    return board.get("rpmsg", {}).get("platform") == "sunxi"


# What the start-up makes: the board's devices, the shell, the app.
class System:
    def __init__(self, kernel):
        board = kernel.board
        self.kernel = kernel
        self.uart = DwUart(board["console"])
        config = SerialConfig(board["console"]["baud"])
        flag = FLAG_STREAM | FLAG_RDWR | FLAG_INT_RX
        name = board["console"].get("name", CONSOLE_NAME)
        self.serial = Serial(name, self.uart, config, flag)
        trace = Trace(board["trace"]) if "trace" in board else None
        self.console = kernel.console = Console(self.serial, trace)
        # The port of the V821 completes an interrupt when it has been served.
        early = board.get("privilege") != "machine"
        self.plic = Plic(board["plic"], self.console.write, early)
        if _has_services(board):
            kernel.msgbox = Msgbox(board["rpmsg"]["msgbox"])
            kernel.amp = Amp(kernel, self.console)
            crash.install(kernel, self.console)
        self.app = _app(board)
        self.shell = Shell(kernel, self.console, _commands(board, self.app))

    # With interrupts off and no thread yet. The kernel adds its own threads afterwards.
    async def start_up(self):
        kernel = self.kernel
        await self._init_board()
        await self.console.write(banner(kernel.board["build_date"]))
        main = Thread(kernel, MAIN_NAME, self._main, MAIN_STACK_SIZE, MAIN_PRIORITY, MAIN_SLICE)
        await main.startup()

    # rt_hw_board_init: interrupt controller, UART and its interrupt, console.
    async def _init_board(self):
        board = self.kernel.board
        irq = board["console"]["irq"]
        await self.plic.init()
        self.kernel.install_isr(EXT, self.plic.handle)
        register(self.kernel.objects, self.serial)
        self.plic.install(irq, self._uart_isr)
        await self.plic.unmask(irq)
        await self.console.open()
        if self.kernel.msgbox is not None:
            await self._init_msgbox(board["rpmsg"]["msgbox"]["irq"])
        base = board["heap"]["base"]
        end = base + board["heap"]["size"]
        await self.console.write("heap: [0x%08x - 0x%08x]\n" % (base, end))

    async def _init_msgbox(self, irq):
        await self.kernel.msgbox.init()
        self.plic.install(irq, self.kernel.msgbox.handle)
        await self.plic.unmask(irq)

    async def _uart_isr(self):
        await self.uart.handle(self.serial)

    # The main thread. The shell is a component, and components start before the application.
    async def _main(self):
        await self.shell.start()
        if self.kernel.amp is not None:
            await self.kernel.amp.start()
        self.kernel.scheduler.current.of_app = True
        await self.app.start(self.kernel, self.console)


# The app of this image: a module handed in, or one of rtos_side.apps by its name.
def _app(board):
    module = board.get("app_module")
    return apps.load(board, board["app"]) if module is None else module


def _commands(board, app):
    known = [apps.load(board, name) for name in apps.names(board)]
    if not _has_services(board):
        known = [module for module in known if not getattr(module, "NEEDS_SERVICES", False)]
    if app not in known:
        known.append(app)
    commands = builtin_commands() + app_commands(known)
    return commands + amp_commands() + service_commands() if _has_services(board) else commands
