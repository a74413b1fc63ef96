# SPDX-License-Identifier: Apache-2.0
"""Platform drivers of the Linux-master model."""
