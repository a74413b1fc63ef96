# SPDX-License-Identifier: Apache-2.0
"""A small virtual file system: directories, text attributes, character devices, open files."""
