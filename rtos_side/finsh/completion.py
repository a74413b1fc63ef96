# SPDX-License-Identifier: Apache-2.0
# Tab completion of command names (msh_auto_complete).


# The lines of the command help.
def help_text(commands):
    lines = ["RT-Thread shell commands:"]
    for command in commands:
        lines.append("%-16s - %s" % (command.name, command.help))
    return "\n".join(lines) + "\n\n"


def _common_length(a, b):
    length = 0
    while length < min(len(a), len(b)) and a[length] == b[length]:
        length += 1
    return length


# line: what was typed so far. -> (bytes to show: the candidates one per line, the line completed as
# far as the candidates agree). An empty line shows the help.
def complete(commands, line):
    if not line:
        return help_text(commands).encode(), line
    shown = b""
    completed = None
    for command in commands:
        name = command.name.encode()
        if not name.startswith(line):
            continue
        shown += name + b"\n"
        if completed is None:
            completed = name
        completed = completed[: _common_length(completed, name)]
    return shown, line if completed is None else completed
