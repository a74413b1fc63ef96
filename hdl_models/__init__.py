# SPDX-License-Identifier: Apache-2.0
"""The RTL of the bench and the register specifications of its blocks."""
