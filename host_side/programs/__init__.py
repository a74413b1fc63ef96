# SPDX-License-Identifier: Apache-2.0
"""User programs of the Linux side: async ``main(argv, process) -> exit status``."""
