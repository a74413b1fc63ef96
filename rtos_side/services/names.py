# SPDX-License-Identifier: Apache-2.0
# Names of the channels, as Linux's drivers know them.

CTRL = "sunxi,rpmsg_ctrl"
CLIENT = "sunxi,rpmsg_client"
HEARTBEAT = "sunxi,rpmsg_heartbeat"
TEST = "sunxi,rpmsg_test"
RPBUF = "rpbuf-service"
SERVICE = "sunxi,service"
