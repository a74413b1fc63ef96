# SPDX-License-Identifier: Apache-2.0
"""``python -m sim.cli`` is the command ``ampsim``."""

from __future__ import annotations

import sys

from sim.cli.main import main

sys.exit(main())
