# SPDX-License-Identifier: Apache-2.0
"""Virtio as a Linux driver uses it: split virtqueues, device status and feature negotiation."""
