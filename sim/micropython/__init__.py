# SPDX-License-Identifier: Apache-2.0
"""The RTOS side in a real MicroPython process: ``ampsim run ... --rtos micropython``.

``hart.py`` and ``frames.py`` run in MicroPython, which imports this file, too: it stays empty.
"""
