# SPDX-License-Identifier: Apache-2.0
"""Why nothing goes on: facts of a run that stands still, and the explanation derived from them."""
