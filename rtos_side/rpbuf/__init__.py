# SPDX-License-Identifier: Apache-2.0
# RPBuf, the slave's side: named buffers in shared memory that both sides allocate.
