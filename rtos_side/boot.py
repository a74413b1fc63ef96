# SPDX-License-Identifier: Apache-2.0
# Start-up of the RTOS in the order of rtthread_startup(): board, banner, main thread, scheduler.

from rtos_side import apps
from rtos_side.drivers.console import Console
from rtos_side.drivers.device import FLAG_INT_RX, FLAG_RDWR, FLAG_STREAM, register
from rtos_side.drivers.plic import Plic
from rtos_side.drivers.serial import Serial, SerialConfig
from rtos_side.drivers.uart_dw import DwUart
from rtos_side.finsh.app_commands import app_commands
from rtos_side.finsh.banner import banner
from rtos_side.finsh.commands import builtin_commands
from rtos_side.finsh.shell import Shell
from rtos_side.hal import EXT, BusFault
from rtos_side.kernel.kernel import Kernel
from rtos_side.kernel.thread import Thread

CONSOLE_NAME = "uart1"

MAIN_NAME = "main"
MAIN_PRIORITY = 10
MAIN_STACK_SIZE = 8192
MAIN_SLICE = 20


# The hart's software: a generator of requests. board: what the firmware image says of the board.
def boot(hart, board):
    hart.faults(BusFault)
    kernel = Kernel(hart, board)
    if "shell_char" not in board["costs"]:
        raise ValueError("the timing profile has no cost 'shell_char' for the RTOS")
    return kernel.run(System(kernel).start_up)


# What the start-up makes: the board's devices, the shell, the app.
class System:
    def __init__(self, kernel):
        board = kernel.board
        self.kernel = kernel
        self.uart = DwUart(board["console"])
        config = SerialConfig(board["console"]["baud"])
        flag = FLAG_STREAM | FLAG_RDWR | FLAG_INT_RX
        self.serial = Serial(CONSOLE_NAME, self.uart, config, flag)
        self.console = Console(self.serial)
        self.plic = Plic(board["plic"], self.console.write)
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
        base = board["heap"]["base"]
        end = base + board["heap"]["size"]
        await self.console.write("heap: [0x%08x - 0x%08x]\n" % (base, end))

    async def _uart_isr(self):
        await self.uart.handle(self.serial)

    # The main thread. The shell is a component, and components start before the application.
    async def _main(self):
        await self.shell.start()
        await self.app.start(self.kernel, self.console)


# The app of this image: a module handed in, or one of rtos_side.apps by its name.
def _app(board):
    module = board.get("app_module")
    return apps.load(board, board["app"]) if module is None else module


def _commands(board, app):
    known = [apps.load(board, name) for name in apps.names(board)]
    if app not in known:
        known.append(app)
    return builtin_commands() + app_commands(known)
