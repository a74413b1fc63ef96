# SPDX-License-Identifier: Apache-2.0
"""The Linux-master model: virtio, RPMsg, IPIs, character devices, a small shell."""
