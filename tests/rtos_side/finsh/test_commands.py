# SPDX-License-Identifier: Apache-2.0
# The built-in commands and the shell's answers, over a console that keeps what is printed.
