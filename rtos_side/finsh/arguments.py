# SPDX-License-Identifier: Apache-2.0
# Splits a command line into arguments by the rules of RT-Thread's msh_split().

ARG_MAX = 8  # FINSH_ARG_MAX

_BLANK = b" \t"
_QUOTE = 0x22
_BACKSLASH = 0x5C


# Index of the first byte at or after position that is (or is not) a blank.
def _skip(line, position, blank):
    while position < len(line) and (line[position] in _BLANK) == blank:
        position += 1
    return position


# Index of the quote that closes a string starting at position, or the end of the line.
# An escaped quote does not close it; its backslash stays in the argument, as in the original.
def _closing_quote(line, position):
    while position < len(line) and line[position] != _QUOTE:
        if line[position] == _BACKSLASH and line[position + 1 : position + 2] == b'"':
            position += 1
        position += 1
    return position


# -> (arguments as bytes, True when there were too many)
#
# A quote opens a string only at the start of an argument. As in the original the ninth argument is
# looked for before the end of the line is, so blanks after the eighth one also count as too many.
def split(line):
    arguments = []
    position = 0
    while position < len(line):
        position = _skip(line, position, True)
        if len(arguments) >= ARG_MAX:
            return arguments, True
        if position >= len(line):
            break
        if line[position] == _QUOTE:
            start = position + 1
            end = _closing_quote(line, start)
            position = end + 1
        else:
            start = position
            end = position = _skip(line, start, False)
        arguments.append(bytes(line[start:end]))
    return arguments, False


# The first word of a line, which names the command.
def first_word(line):
    start = _skip(line, 0, True)
    return bytes(line[start : _skip(line, start, False)])


# An argument as text; bytes that are not UTF-8 become question marks.
def to_text(argument):
    try:
        return argument.decode()
    except UnicodeError:
        return "".join([chr(b) if b < 0x80 else "?" for b in argument])
