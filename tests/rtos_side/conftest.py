# SPDX-License-Identifier: Apache-2.0
"""Lets a test import the helpers of every folder here, as the runner for MicroPython does."""

import sys
from pathlib import Path

_HERE = Path(__file__).parent

for _folder in [_HERE, *sorted(path for path in _HERE.iterdir() if path.is_dir())]:
    if str(_folder) not in sys.path:
        sys.path.insert(0, str(_folder))
