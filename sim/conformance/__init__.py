# SPDX-License-Identifier: Apache-2.0
"""The same steps with the model of Linux and with a real kernel, compared by what a remote sees."""
