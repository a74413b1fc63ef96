# SPDX-License-Identifier: Apache-2.0
# The version text of RT-Thread, printed at start-up and by the command version.

VERSION = (5, 1, 0)


# build_date: date and time of the firmware image, as in "Mar 12 2024 11:23:18".
def banner(build_date):
    return (
        "\n \\ | /\n"
        "- RT -     Thread Operating System\n"
        " / | \\     %d.%d.%d build %s\n"
        " 2006 - 2024 Copyright by RT-Thread team\n"
    ) % (VERSION + (build_date,))
