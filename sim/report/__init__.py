# SPDX-License-Identifier: Apache-2.0
"""What stays of a run: exports, ``repro.json`` and one self-contained ``report.html``."""
