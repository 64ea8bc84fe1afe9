"""The parsers, on what real tools printed (outputs/README.md says which) and on what they print at worst."""

from pathlib import Path
from typing import Any

import pytest

from deskui.diagnostics.base import STATUSES, Check, Facts, Output, Verdict
from deskui.diagnostics.runbook import check_named, typed

OUTPUTS = Path(__file__).parent / "outputs"
GONE = Output(errors="sh: 1: x: not found\n", code=127)
FAILED = Output(code=1)
MB = 1 << 20


def kept(name: str) -> str:
    return (OUTPUTS / f"{name}.txt").read_text()


def judge(check: str, *outputs: Output | str, facts: Facts | None = None, **params: Any) -> Verdict:
    found = check_named(check)
    made = [Output(text=output) if isinstance(output, str) else output for output in outputs]
    return found.parse(made, typed(found, params), facts or Facts())


def names() -> list[str]:
    folder = Path(check_named("load").parse.__code__.co_filename).parent
    return sorted(path.stem for path in folder.glob("[a-z]*.py"))


@pytest.mark.parametrize("name", names())
@pytest.mark.parametrize("text", ["", "\n", "garbage \x1b[2J\x00", "9" * 5000, "- - - - - - - -\n" * 50])
@pytest.mark.parametrize("code", [0, 1, 127, None])
def test_no_output_breaks_a_parser(name: str, text: str, code: int | None) -> None:
    check: Check = check_named(name)
    outputs = [Output(text, text, code) for _ in check.commands]
    verdict = check.parse(outputs, typed(check, {}), Facts(100, {"/srv": 100}, {"/srv": 5}, 50))
    assert verdict.status in STATUSES
    assert verdict.finding


@pytest.mark.parametrize("name", names())
def test_a_check_is_named_as_its_file_and_titled(name: str) -> None:
    assert check_named(name).name == name
    assert check_named(name).title


@pytest.mark.parametrize(
    ("load", "cores", "status", "finding"),
    [
        (kept("loadavg"), "2\n", "ok", "on 2 cores"),
        ("0.10 0.20 0.30 1/2 3", "1\n", "ok", "load 0.1 0.2 0.3 on 1 core"),
        ("3.50 3.10 2.00 1/2 3", "2\n", "warning", "rising"),
        ("1.50 3.10 9.00 1/2 3", "2\n", "warning", "falling"),
        ("9.00 8.10 7.00 1/2 3", "2\n", "critical", "on 2 cores"),
        ("9.00 8.10 7.00 1/2 3", "64\n", "ok", "on 64 cores"),
        ("9.00 8.10 7.00 1/2 3", GONE, "critical", "on 1 core"),
        ("what", "2", "unknown", "no load average"),
    ],
)
def test_load(load: str, cores: Any, status: str, finding: str) -> None:
    verdict = judge("load", load, cores)
    assert verdict.status == status
    assert finding in verdict.finding


@pytest.mark.parametrize(
    ("text", "status", "value"),
    [
        (kept("meminfo"), "ok", 94),
        ("MemTotal: 1000 kB\nMemAvailable: 90 kB\n", "warning", 9),
        ("MemTotal: 1000 kB\nMemAvailable: 40 kB\n", "critical", 4),
        ("MemTotal: 1000 kB\nMemFree: 100 kB\nBuffers: 100 kB\nCached: 300 kB\n", "ok", 50),
        ("MemTotal: 1000 kB\nMemAvailable: 500 kB\nSwapTotal: 100 kB\nSwapFree: 40 kB\n", "notice", 50),
    ],
)
def test_memory(text: str, status: str, value: float) -> None:
    verdict = judge("memory", text)
    assert verdict.status == status
    assert verdict.value == pytest.approx(value, abs=1)


def test_disks_names_the_one_that_fills_up() -> None:
    verdict = judge("disks", kept("df-full"), kept("df-inodes"))
    assert (verdict.status, verdict.value) == ("warning", 94)
    assert "/mnt/full 94 % full (132 kB left)" in verdict.finding
    assert "/run" not in verdict.finding


def test_disks_all_well_and_what_is_no_disk() -> None:
    rows = ("/dev/sda1 ext4 1000 500 500 50% /\n/dev/loop0 squashfs 100 100 0 100% /snap/x\noverlay overlay 1 1 0 100% "
            "/var/lib/docker/overlay2/a/merged\n/dev/sda1 ext4 1000 500 500 50% /srv/bind\n")  # fmt: skip
    verdict = judge("disks", rows, FAILED)
    assert (verdict.status, verdict.finding) == ("ok", "fullest disk: / 50 % full (500 kB left)")


def test_disks_inodes_and_a_name_with_spaces() -> None:
    inodes = "/dev/sda1 ext4 1000 990 10 99% /mnt/my disk\n"
    verdict = judge("disks", "/dev/sda1 ext4 1000 100 900 10% /mnt/my disk\n", inodes)
    assert (verdict.status, verdict.finding) == ("critical", "/mnt/my disk 99 % of its inodes used")


QUIET = "/dev/sda1 ext4 1000 500 500 50% /\n"


@pytest.mark.parametrize(
    ("kilobytes", "earlier", "status", "finding"),
    [
        (100, {}, "ok", "/srv/q 100 kB of 1.0 MB (10 %); fullest"),
        (100, {"/srv/q": 100 * 1024}, "ok", "unchanged since 10 min ago"),
        (100, {"/srv/q": 200 * 1024}, "ok", "-100 kB since 10 min ago"),
        (300, {"/srv/q": 299 * 1024}, "ok", "+1.0 kB in 10 min: at this rate full in 5d00h"),
        (500, {"/srv/q": 300 * 1024}, "warning", "+200 kB in 10 min: at this rate full in 26 min"),
        (850, {}, "notice", "(83 %)"),
        (940, {}, "warning", "(92 %)"),
        (1200, {"/srv/q": 1024}, "critical", "1.2 MB of 1.0 MB (117 %), +1.2 MB in 10 min"),
    ],
)  # fmt: skip
def test_a_watched_directory(kilobytes: int, earlier: dict[str, int], status: str, finding: str) -> None:
    facts = Facts(10_000, {"/srv/q": MB}, earlier, 9_400)
    verdict = judge("disks", QUIET, FAILED, f"{kilobytes}\t/srv/q\n", facts=facts)
    assert verdict.status == status
    assert finding in verdict.finding
    assert verdict.data["watch"] == {"/srv/q": kilobytes * 1024}


def test_a_watched_directory_that_cannot_be_measured() -> None:
    facts = Facts(10_000, {"/srv/q": MB})
    for output in (Output(errors="du: cannot access '/srv/q'", code=1), Output("1 /srv/q", code=None, end="deadline")):
        verdict = judge("disks", QUIET, FAILED, output, facts=facts)
        assert verdict.status == "unknown"
        assert "/srv/q: its size could not be measured" in verdict.finding
        assert verdict.data["watch"] == {}


@pytest.mark.parametrize(
    ("output", "status", "finding"),
    [
        (Output(), "ok", "no failed service"),
        (Output(kept("systemctl-failed")), "warning", "2 failed: apt-daily, openvpn@branch"),
        (Output("● nginx.service loaded failed failed web\n"), "warning", "1 failed: nginx"),
        (Output(errors=kept("systemctl-off"), code=1), "skipped", "systemd does not run here"),
        (Output(errors="Failed to list units: Access denied\n", code=1), "unknown", "Access denied"),
        (Output(code=4), "unknown", "ended with 4"),
    ],
)
def test_services(output: Output, status: str, finding: str) -> None:
    verdict = judge("services", output)
    assert verdict.status == status
    assert finding in verdict.finding


@pytest.mark.parametrize(
    ("journal", "syslog", "status", "finding"),
    [
        (
            Output(kept("journal")),
            FAILED,
            "warning",
            "5 errors in 24 h: kernel-test: Out of memory: Killed process 4711",
        ),
        (Output("-- No entries --\n"), FAILED, "ok", "no errors in 24 h"),
        (Output("-- No entries --\n", kept("journal-user")), FAILED, "ok", "no errors in 24 h (of this user only)"),
        (Output("-- No entries --\n", kept("journal-none")), FAILED, "skipped", "neither a journal nor a syslog"),
        (Output("-- No entries --\n", kept("journal-none")), Output(kept("syslog")), "warning", "I/O error, dev sda"),
        (GONE, Output(kept("syslog")), "warning", "3 errors in the last 200 lines of syslog"),
        (GONE, Output("Nov 24 02:00:00 h cron[1]: fine\n"), "ok", "no errors in the last 200 lines of syslog"),
        (GONE, FAILED, "skipped", "neither a journal nor a syslog"),
    ],
)
def test_log(journal: Output, syslog: Output, status: str, finding: str) -> None:
    verdict = judge("log", journal, syslog)
    assert verdict.status == status
    assert finding in verdict.finding


def test_log_counts_like_errors_together() -> None:
    text = "".join(line for line in kept("journal").splitlines(keepends=True) if "memory" not in line)
    verdict = judge("log", text, FAILED)
    assert verdict.status == "notice"
    assert verdict.finding.startswith("4 errors in 24 h: nginx: connect() failed")
    assert "request id 333 (3 times); sshd: error: kex" in verdict.finding


@pytest.mark.parametrize(
    ("ss", "netstat", "status", "finding"),
    [
        (kept("ss"), GONE, "ok", "listening: 2024, 12201 sshd, 12202 sshd"),
        (GONE, kept("netstat"), "ok", "listening: 2024, 12201 sshd, 12202 sshd"),
        ("tcp LISTEN 0 128 0.0.0.0:6379 0.0.0.0:*\n", GONE, "notice", "open to every network: redis (6379)"),
        ("tcp LISTEN 0 128 [::]:3306 [::]:*\n", GONE, "notice", "mysql (3306)"),
        ("tcp LISTEN 0 128 127.0.0.1:6379 0.0.0.0:*\n", GONE, "ok", "listening: 6379"),
        ("udp UNCONN 0 0 0.0.0.0:68 0.0.0.0:*\n", GONE, "ok", "no port listens"),
        (GONE, GONE, "skipped", "neither ss nor netstat"),
    ],
)
def test_ports(ss: Any, netstat: Any, status: str, finding: str) -> None:
    verdict = judge("ports", ss, netstat)
    assert verdict.status == status
    assert finding in verdict.finding


@pytest.mark.parametrize(
    ("uptime", "flag", "status", "finding"),
    [
        (kept("uptime"), FAILED, "notice", "rebooted"),
        ("90000.10 1.0", FAILED, "ok", "up 1d01h"),
        ("90000.10 1.0", Output("/var/run/reboot-required\n"), "notice", "waits for a reboot"),
        ("40000000.0 1.0", FAILED, "notice", "up 462d23h"),
    ],
)
def test_uptime(uptime: str, flag: Output, status: str, finding: str) -> None:
    verdict = judge("uptime", uptime, flag)
    assert verdict.status == status
    assert finding in verdict.finding


@pytest.mark.parametrize(
    ("output", "status", "finding"),
    [
        (Output(start=0.004), "ok", "a command starts after 4 ms"),
        (Output(start=0.7), "notice", "start files of the login shell are slow"),
        (Output(start=0.01, noise="Welcome\nto sw1"), "notice", "start files print 'Welcome'"),
    ],
)
def test_shell_start(output: Output, status: str, finding: str) -> None:
    verdict = judge("shell", output)
    assert verdict.status == status
    assert finding in verdict.finding
