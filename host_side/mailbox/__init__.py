# SPDX-License-Identifier: Apache-2.0
"""Mailboxes as Linux has them: the framework of channels and clients, and controller drivers."""
