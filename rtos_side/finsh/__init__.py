# SPDX-License-Identifier: Apache-2.0
# finsh: the msh command line of RT-Thread on the console.
