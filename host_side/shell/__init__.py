# SPDX-License-Identifier: Apache-2.0
"""A small sh for the Linux side: parser, expansion, execution, line editing."""
