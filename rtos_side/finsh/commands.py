# SPDX-License-Identifier: Apache-2.0
# The built-in commands of the shell.

from rtos_side.finsh import listings
from rtos_side.finsh.banner import banner
from rtos_side.finsh.completion import help_text


class Command:
    # run: async function(shell, arguments after the name)
    def __init__(self, name, help, run):
        self.name = name
        self.help = help
        self.run = run


async def _print_lines(shell, lines):
    for line in lines:
        await shell.console.write(line + "\n")


# A command that prints one table. rows: function(kernel) -> lines
def _lister(rows):
    async def run(shell, arguments):
        await _print_lines(shell, rows(shell.kernel))

    return run


# Objects of a class as RT-Thread lists them: the newest first, for they are inserted at the head.
def _objects(kernel, kind):
    return reversed(kernel.objects.list(kind))


def _threads(kernel):
    return listings.threads(_objects(kernel, "thread"))


def _semaphores(kernel):
    return listings.semaphores(_objects(kernel, "semaphore"))


def _mutexes(kernel):
    return listings.mutexes(_objects(kernel, "mutex"))


def _events(kernel):
    return listings.events(_objects(kernel, "event"))


def _mailboxes(kernel):
    return listings.mailboxes(_objects(kernel, "mailbox"))


def _message_queues(kernel):
    return listings.message_queues(_objects(kernel, "msgqueue"))


def _timers(kernel):
    return listings.timers(_objects(kernel, "timer"), kernel.clock.tick)


def _devices(kernel):
    return listings.devices(_objects(kernel, "device"))


# Argument of list, what the usage says of it, its table; in the order of the usage.
_LISTS = (
    ("thread", "list threads", _threads),
    ("timer", "list timers", _timers),
    ("sem", "list semaphores", _semaphores),
    ("mutex", "list mutexs", _mutexes),
    ("event", "list events", _events),
    ("mailbox", "list mailboxs", _mailboxes),
    ("msgqueue", "list message queues", _message_queues),
    ("device", "list devices", _devices),
)


async def _list(shell, arguments):
    for name, _, rows in _LISTS:
        if arguments == [name]:
            await _print_lines(shell, rows(shell.kernel))
            return
    usage = ["    %s - %s" % (name, text) for name, text, _ in _LISTS]
    await _print_lines(shell, ["Usage: list [options]", "[options]:"] + usage)


async def _clear(shell, arguments):
    await shell.console.write("\x1b[2J\x1b[H")


async def _version(shell, arguments):
    await shell.console.write(banner(shell.kernel.board["build_date"]))


async def _help(shell, arguments):
    await shell.console.write(help_text(shell.commands))


async def _free(shell, arguments):
    await _print_lines(shell, shell.heap.report())


# In the order in which RT-Thread's linker finds them, which is that of help and completion.
def builtin_commands():
    return [
        Command("clear", "clear the terminal screen", _clear),
        Command("version", "show RT-Thread version information", _version),
        Command("list_thread", "list thread", _lister(_threads)),
        Command("list_sem", "list semaphore in system", _lister(_semaphores)),
        Command("list_event", "list event in system", _lister(_events)),
        Command("list_mutex", "list mutex in system", _lister(_mutexes)),
        Command("list_mailbox", "list mail box in system", _lister(_mailboxes)),
        Command("list_msgqueue", "list message queue in system", _lister(_message_queues)),
        Command("list_timer", "list timer in system", _lister(_timers)),
        Command("list_device", "list device in system", _lister(_devices)),
        Command("list", "list objects", _list),
        Command("help", "RT-Thread shell help.", _help),
        Command("ps", "List threads in the system.", _lister(_threads)),
        Command("free", "Show the memory usage in the system.", _free),
    ]
