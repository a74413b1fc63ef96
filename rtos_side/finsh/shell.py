# SPDX-License-Identifier: Apache-2.0
# The shell thread "tshell": reads the console byte by byte and runs commands.

from rtos_side.drivers.device import FLAG_INT_RX, FLAG_RDWR, FLAG_STREAM
from rtos_side.finsh.arguments import first_word, split, to_text
from rtos_side.finsh.completion import complete
from rtos_side.finsh.history import History
from rtos_side.finsh.line_editor import LineEditor
from rtos_side.finsh.memory import HeapMeter
from rtos_side.kernel.errors import EOK
from rtos_side.kernel.semaphore import Semaphore
from rtos_side.kernel.thread import Thread

PROMPT = b"msh >"

NAME = "tshell"
PRIORITY = 20
STACK_SIZE = 4096
SLICE = 10


class Shell:
    # commands: Command objects in the order of help and completion
    def __init__(self, kernel, console, commands):
        self.kernel = kernel
        self.console = console
        self.commands = commands
        self.heap = HeapMeter(kernel.objects, kernel.board["heap"]["size"])
        self._rx_semaphore = Semaphore(kernel, "shrx", 0)
        self._byte = bytearray(1)
        self._editor = LineEditor(PROMPT, self._complete, History())

    # finsh_system_init: create the thread and let it run.
    async def start(self):
        thread = Thread(self.kernel, NAME, self._entry, STACK_SIZE, PRIORITY, SLICE)
        await thread.startup()

    def _complete(self, line):
        return complete(self.commands, line)

    async def _rx_indicate(self, device, count):
        await self._rx_semaphore.release()

    async def _entry(self):
        device = self.console.device
        if await device.open(FLAG_RDWR | FLAG_INT_RX | FLAG_STREAM) != EOK:
            await self.console.write("finsh: can not open device: %s\n" % device.name)
            return
        device.rx_indicate = self._rx_indicate
        await self.console.write(PROMPT)
        while True:
            await self._key(await self.getchar())

    async def _key(self, byte):
        shown, line = self._editor.feed(byte)
        if shown:
            await self.console.write(shown)
        if line is not None:
            await self.execute(line)
            await self.console.write(PROMPT)

    # The next byte from the console; waits for the receive interrupt when there is none.
    #
    # The interrupt releases the semaphore once, however many bytes it stored, so the device is
    # always read first.
    async def getchar(self):
        buffer = self._byte
        device = self.console.device
        while await device.read(-1, buffer, 1) != 1:
            await self._rx_semaphore.take()
        await self.kernel.spend(self.kernel.costs["shell_char"])
        if self.console.on_char is not None:
            self.console.on_char(buffer[0])
        return buffer[0]

    # Run one command line (msh_exec).
    async def execute(self, line):
        name = first_word(line)
        if not name:
            return
        command = self._find(name)
        if command is None:
            await self.console.write(name + b": command not found.\n")
            return
        arguments, too_many = split(line)
        if too_many:
            await self.console.write("Too many args ! We only Use:\n")
            await self.console.write(b" ".join(arguments) + b" \n")
        await command.run(self, [to_text(argument) for argument in arguments[1:]])

    def _find(self, name):
        for command in self.commands:
            if command.name.encode() == name:
                return command
        return None
