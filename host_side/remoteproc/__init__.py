# SPDX-License-Identifier: Apache-2.0
"""remoteproc: Linux loads, starts, stops and recovers a remote processor (drivers/remoteproc)."""
