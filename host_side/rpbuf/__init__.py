# SPDX-License-Identifier: Apache-2.0
"""RPBuf: named buffers in memory that both cores share (Allwinner BSP drivers/rpbuf)."""
