# SPDX-License-Identifier: Apache-2.0
"""What commands print and return, on the whole kernel. Error texts are busybox 1.35's."""

from __future__ import annotations

import pytest

from tests.host_side.shell.user_rig import REMOTE, UserRig


@pytest.fixture(scope="module")
def rig() -> UserRig:
    rig = UserRig(num=16)
    rig.announce(b"rpmsg-raw", REMOTE)
    return rig


@pytest.mark.parametrize(
    ("line", "status", "output"),
    [
        ("", 0, ""),
        ("true", 0, ""),
        ("false", 1, ""),
        ("false; echo $?", 0, "1\n"),
        ("! false && echo yes || echo no", 0, "yes\n"),
        ("false && echo yes || echo no", 0, "no\n"),
        ("echo -n a; echo -e 'a\\tb\\0101\\x42\\cd'; echo -E 'a\\t'", 0, "aa\tbABa\\t\n"),
        ("X='a  b'; echo $X \"$X\"", 0, "a b a  b\n"),
        ("xyz", 127, "sh: xyz: not found\n"),
        ("xyz 2>/dev/null; echo $?", 0, "127\n"),
        ("/proc/version", 126, "sh: /proc/version: Permission denied\n"),
        ("/dev", 126, "sh: /dev: Permission denied\n"),
        ("echo hi > /dev/full", 1, "sh: write error: No space left on device\n"),
        ("uname > /dev/full", 1, "uname: write error: No space left on device\n"),
        ("echo hi > /nodir/x", 1, "sh: can't create /nodir/x: nonexistent directory\n"),
        ("echo hi > /sys/x", 1, "sh: can't create /sys/x: Permission denied\n"),
        ("echo hi > /mnt", 1, "sh: can't create /mnt: Is a directory\n"),
        ("echo hi > /proc/version", 1, "sh: write error: Input/output error\n"),
        ("cat < /nofile", 1, "sh: can't open /nofile: no such file\n"),
        ("echo x >&9", 1, "sh: 9: Bad file descriptor\n"),
        ("cat /nofile", 1, "cat: can't open '/nofile': No such file or directory\n"),
        ("cat /dev", 1, "cat: read error: Is a directory\n"),
        ("cat /nofile 2>&1 | grep -c open", 0, "1\n"),
        ("ls /nofile", 1, "ls: /nofile: No such file or directory\n"),
        ("grep x /nofile", 2, "grep: /nofile: No such file or directory\n"),
        ("head /nofile", 1, "head: /nofile: No such file or directory\n"),
        ("head -n x /mnt/f", 1, "head: invalid number 'x'\n"),
        ("sleep x", 1, "sleep: invalid number 'x'\n"),
        ("cd /nodir", 1, "sh: cd: can't cd to /nodir: No such file or directory\n"),
        ("cd /dev; pwd; cd ..; pwd; cd", 0, "/dev\n/\n"),
        ("echo 'a", 2, "sh: syntax error: unterminated quoted string\n"),
        ("uname -a", 0, "Linux buildroot 5.15.0-starfive #1 SMP riscv64 GNU/Linux\n"),
        ("uname; uname -r -m", 0, "Linux\n5.15.0-starfive riscv64\n"),
        ("ls -d /dev /mnt", 0, "/dev\n/mnt\n"),
        (
            "ls -l /dev/rpmsg0",
            0,
            "crw-------    1 root     root      244,   0 Jan  1 00:00 /dev/rpmsg0\n",
        ),
        ("ls /sys/bus/rpmsg/drivers", 0, "rpmsg_chrdev\nrpmsg_ctrl\nrpmsg_ns\nrpmsg_tty\n"),
        (
            "ls /sys/bus/rpmsg/devices",
            0,
            "virtio0.rpmsg-raw.-1.30\nvirtio0.rpmsg_ctrl.0.0\nvirtio0.rpmsg_ns.53.53\n",
        ),
        (
            "cd /sys/bus/rpmsg/devices/*raw*; cat name src dst announce modalias; cd",
            0,
            "rpmsg-raw\n0x400\n0x1e\nfalse\nrpmsg:rpmsg-raw\n",
        ),
        ("cat /sys/class/rpmsg/rpmsg0/src", 0, "1024\n"),
        ("cat /proc/cmdline", 0, "console=ttyS0,115200 earlycon rootwait\n"),
    ],
)
def test_command(rig: UserRig, line: str, status: int, output: str) -> None:
    assert rig.sh(line) == (status, output)


def test_redirection_appends_and_replaces(rig: UserRig) -> None:
    assert rig.sh("echo one > /mnt/f; echo two >> /mnt/f; cat < /mnt/f") == (0, "one\ntwo\n")
    assert rig.sh("echo three > /mnt/f; cat /mnt/f - < /mnt/f") == (0, "three\nthree\n")


def test_grep_and_head_in_pipelines(rig: UserRig) -> None:
    rig.sh("echo -e 'apple\\nBanana\\ncherry\\nbanana split' > /mnt/fruit")
    assert rig.sh("grep banana /mnt/fruit") == (0, "banana split\n")
    assert rig.sh("cat /mnt/fruit | grep -in banana") == (0, "2:Banana\n4:banana split\n")
    assert rig.sh("grep -v an /mnt/fruit | head -1") == (0, "apple\n")
    assert rig.sh("grep -c 'a.*e\\|rr' /mnt/fruit") == (0, "2\n")
    assert rig.sh("grep -E 'a(p)+l|ch' /mnt/fruit") == (0, "apple\ncherry\n")
    assert rig.sh("grep -q nothing /mnt/fruit") == (1, "")
    assert rig.sh("head -n 1 /mnt/fruit /mnt/fruit") == (
        0,
        "==> /mnt/fruit <==\napple\n\n==> /mnt/fruit <==\napple\n",
    )
    assert rig.sh("head -c 3 /mnt/fruit") == (0, "app")


def test_endless_writer_is_ended_by_its_reader(rig: UserRig) -> None:
    assert rig.sh("cat /dev/zero | head -c 3") == (0, "\0\0\0")


def test_echo_and_cat_on_a_message_device(rig: UserRig) -> None:
    assert rig.sh("echo hello > /dev/rpmsg0") == (0, "")
    assert rig.give_back() == [(0x400, REMOTE, b"hello\n")]
    rig.deliver(0x400, b"from the remote\n")
    assert rig.sh("head -n 1 /dev/rpmsg0") == (0, "from the remote\n")


def test_too_long_a_message_and_a_busy_device(rig: UserRig) -> None:
    rig.sh("head -c 497 /dev/zero > /mnt/big")
    assert rig.sh("cat /mnt/big > /dev/rpmsg0") == (1, "cat: write error: Message too long\n")
    file = rig.open("/dev/rpmsg0")
    assert rig.sh("echo x > /dev/rpmsg0") == (
        1,
        "sh: can't create /dev/rpmsg0: Device or resource busy\n",
    )
    rig.call(file.close())


def test_sleep_takes_its_time(rig: UserRig) -> None:
    before = rig.kernel.clock.now_ns()
    assert rig.sh("sleep 0.25 0.05s") == (0, "")
    assert 300_000_000 <= rig.kernel.clock.now_ns() - before < 301_000_000


def test_background_job_runs_beside_the_shell(rig: UserRig) -> None:
    assert rig.sh("sleep 0.1 && echo later & echo now") == (0, "now\n")
    assert rig.sh("ps | grep sleep")[1].endswith(" root     sleep\n")
    assert rig.sh("sleep 0.2") == (0, "later\n")


def test_exit_status(rig: UserRig) -> None:
    shell = rig.user.shell(rig.capture)
    assert rig.call(shell.execute("exit 7; echo never")) == 7
    assert shell.exiting and rig.capture.take() == ""
    shell = rig.user.shell(rig.capture)
    assert rig.call(shell.execute("true | exit 5")) == 5
    assert not shell.exiting


def test_dmesg_sets_the_consoles_level(rig: UserRig) -> None:
    assert rig.sh("dmesg -n 3") == (0, "")
    assert rig.kernel.log.console_loglevel == 3
    usage = "\nUsage: dmesg [-cr] [-n LEVEL]\n"
    assert rig.sh("dmesg -n 9") == (1, f"dmesg: number 9 is not in 1..8 range\n{usage}")
    assert rig.sh("dmesg -n x") == (1, f"dmesg: invalid number 'x'\n{usage}")
    assert rig.kernel.log.console_loglevel == 3


def test_dmesg_shows_simulated_time(rig: UserRig) -> None:
    rig.kernel.printk("", "marked")
    stamp = rig.kernel.clock.now_ns() // 1000
    seconds, rest = divmod(stamp, 1_000_000)
    assert rig.sh("dmesg | grep marked") == (0, f"[{seconds:5d}.{rest:06d}] marked\n")
    assert rig.sh("dmesg -r | grep marked")[1].startswith("<6>[")


def test_no_open_files_are_left_behind(rig: UserRig) -> None:
    rig.sh("cat /dev/rpmsg0 < /nofile; echo a | cat | cat > /mnt/x")
    rig.call(rig.open("/dev/rpmsg0").close())
    assert set(rig.shell.process.files()) == {0, 1, 2}
