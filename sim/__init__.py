# SPDX-License-Identifier: Apache-2.0
"""The bench: boards, cores, builds, scenarios, reports. The only package that knows cocotb."""
