# SPDX-License-Identifier: Apache-2.0
# A shell command for each app, by the names and helps that the apps give themselves.

from rtos_side.finsh.commands import Command


def _runner(app):
    command = getattr(app, "command", None)

    async def run(shell, arguments):
        if command is None:
            await app.start(shell.kernel, shell.console)
        else:
            await command(shell.kernel, shell.console, arguments)

    return run


def app_commands(apps):
    return [Command(app.COMMAND[0], app.COMMAND[1], _runner(app)) for app in apps]
