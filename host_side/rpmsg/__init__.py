# SPDX-License-Identifier: Apache-2.0
"""The RPMsg framework of Linux: channels, endpoints, the virtio bus and the name service."""
