"""`deskui watch` and `deskui since` as scripts meet them: a process on a home with an upstream in memory."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import pytest

from deskui.domain.change import Create
from deskui.store import pager
from deskui.upstream._world import World
from deskui.wiring import now
from tests.cli.conftest import Cli
from tests.ui.terminal_walk import PATIENCE_S, Walk

OFTEN = """
from deskui.services import alerts, thresholds
alerts.EVERY_S = thresholds.EVERY_S = 0.5
from deskui.__main__ import main
main()
"""
HOOK = """\
#!/bin/sh
echo "$DESKUI_ALERT_WHAT $DESKUI_ALERT_TICKET" >> "$(dirname "$0")/called"
"""


@pytest.fixture
def quick(home: Path) -> Path:
    """A home that syncs each second and has a command."""
    hook = home.parent / "hook"
    hook.write_text(HOOK)
    hook.chmod(0o700)
    with (home / "config.toml").open("a") as config:
        config.write(f'every_s = 1\n[alerts]\nnight = ""\ncommand = ["{hook}"]\n')
    return home


@contextmanager
def watching(home: Path, *argv: str) -> Iterator["subprocess.Popen[str]"]:
    """A watch that has begun; it looks for alerts twice a second."""
    program = [sys.executable, "-c", OFTEN, "--home", str(home), "watch", *argv]
    with subprocess.Popen(program, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as child:
        try:
            assert read(child.stderr) == "deskui: watching\n"
            yield child
        finally:
            child.kill()


def read(stream: IO[str] | None) -> str:
    assert stream is not None
    return stream.readline()


def burn(world: World, subject: str = "Tills offline", priority: int = 1, ago: int = 0) -> str:
    create = Create(subject, "x", customer="Nordkauf", requestor="max@nordkauf.example", priority=priority)
    return f"M-{world.make(create, at=now() - ago)}"


def until_file(path: Path, seconds: float = PATIENCE_S) -> str:
    end = time.monotonic() + seconds
    while not path.exists() or not path.read_text().endswith("\n"):
        assert time.monotonic() < end
        time.sleep(0.1)
    return path.read_text()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_it_lives_until_a_signal_and_ends_cleanly(quick: Path, number: signal.Signals):
    with watching(quick) as child:
        assert pager.alive(quick)
        child.send_signal(number)
        assert child.wait(PATIENCE_S) == 0
        assert read(child.stderr) == ""
    assert not pager.alive(quick)


def test_two_watches_tell_each_alert_and_run_the_command_once(quick: Path, world: World):
    with watching(quick, "--lines") as lines, watching(quick, "--json") as objects:
        ticket = burn(world, "Tills \x1b[31m;offline")
        said = read(lines.stdout)
        assert re.fullmatch(
            r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ"
            rf" p1 {ticket} P1 - - P1 {ticket} Nordkauf: new P1: Tills \^\[\[31m;offline\n",
            said,
        )
        found = json.loads(read(objects.stdout))
        assert (found["what"], found["ticket"], found["priority"], found["clock"]) == ("p1", ticket, 1, None)
        assert found["rungs"] == ["banner", "bell", "command", "notify", "status", "title"]
        assert until_file(quick.parent / "called") == f"p1 {ticket}\n"
        time.sleep(1)
        assert (quick.parent / "called").read_text() == f"p1 {ticket}\n"
        for child in (lines, objects):
            child.send_signal(signal.SIGTERM)
            assert child.wait(PATIENCE_S) == 0
            assert child.stdout is not None
            assert child.stdout.read() == ""
    with watching(quick, "--lines") as again:  # a restart says nothing of it
        time.sleep(1.5)
        again.send_signal(signal.SIGTERM)
        assert again.wait(PATIENCE_S) == 0
        assert again.stdout is not None
        assert again.stdout.read() == ""


def test_a_threshold_is_a_line_with_its_clock_and_share(quick: Path, world: World):
    with watching(quick, "--lines") as child:
        ticket = burn(world, "VPN", 2, ago=3300)
        assert f" threshold {ticket} P2 response 90% P2 {ticket} Nordkauf: 90 % of R used: VPN\n" in read(child.stdout)


def test_a_query_lets_only_its_tickets_call_and_makes_no_pager(quick: Path, world: World):
    with watching(quick, "--lines", "customer:Nordkauf -vpn") as child:
        assert not pager.alive(quick)  # nobody may rely on it for the rest
        burn(world, "VPN down")
        ticket = burn(world, "Tills offline")
        assert f" p1 {ticket} P1 " in read(child.stdout)
        assert until_file(quick.parent / "called") == f"p1 {ticket}\n"


@pytest.mark.parametrize("mode", [["--lines"], ["--json"], []])
def test_what_is_wrong_in_its_query_is_said_at_once_with_the_place(quick: Path, cli: Cli, mode: list[str]):
    said = cli("watch", *mode, "customer:Nordkauf", "prio:9")
    assert said.code == 2
    assert "there are P1, P2, P3, P4 (at character 24)" in said.err + said.out


def test_on_a_terminal_it_rings(quick: Path, world: World):
    screen = Walk([sys.executable, "-c", OFTEN, "--home", str(quick), "watch"], env={"TERM": "xterm-256color"})
    try:
        screen.wait("deskui: watching")
        ticket = burn(world)
        screen.wait("new P1")
        rung = f"\x1b]9;deskui: P1 {ticket} Nordkauf: new P1: Tills offline\x07\a".encode()
        end = time.monotonic() + PATIENCE_S
        while rung not in screen.output:
            assert time.monotonic() < end, screen.output
            screen.read(0.1)
        screen.press("\x03")
        os.kill(screen.pid, signal.SIGTERM)  # at once with the other: the second comes while the first is handled
        assert screen.code(PATIENCE_S) in (0, -signal.SIGTERM)  # the second may come when Python has put its own back
        assert b"Traceback" not in screen.output
    finally:
        screen.kill()
        screen.hang_up()


def test_without_an_upstream_there_is_nothing_to_watch(home: Path, cli: Cli):
    (home / "config.toml").write_text("")
    said = cli("watch", "--json")
    assert (said.code, said.error) == (2, "config")


def test_since(home: Path, world: World, cli: Cli):
    assert (cli("since", "--json").code, cli("since", "--json").error) == (1, "unknown_time")
    assert cli("since", "25:99", "--json").code == 2
    ticket = burn(world, "Fresh", 3)
    cli("sync", "--once")
    found = cli("since", "2020-01-01T00:00:00Z", "--json").json
    assert found["since"] == "2020-01-01T00:00:00Z"
    assert [(each["kind"], each["ticket"], each["subject"]) for each in found["items"]] == [("new", ticket, "Fresh")]
    people = cli("since", "2020-01-01T00:00:00Z").out
    assert "1 new" in people
    assert ticket in people
    (home / "left").mkdir()
    (home / "left" / "anna").write_text(str(now() + 60))
    assert cli("since", "--json").json["items"] == []
