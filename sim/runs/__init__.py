# SPDX-License-Identifier: Apache-2.0
"""One run of the bench, from the options to the files it leaves."""
