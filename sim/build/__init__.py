# SPDX-License-Identifier: Apache-2.0
"""Models and libraries: what is compiled, with which tools, once for all runs."""
