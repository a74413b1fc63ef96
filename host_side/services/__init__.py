# SPDX-License-Identifier: Apache-2.0
"""Services that are called by name, on whichever core they run."""
