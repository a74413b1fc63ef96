# SPDX-License-Identifier: Apache-2.0
# RPMsg-Lite for the remote side, ported to this RTOS: one module for each C file of the original.
