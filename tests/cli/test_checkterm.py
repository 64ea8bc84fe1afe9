"""What `deskui doctor` says of a terminal: what is lacking, and with it the remedy."""

from collections.abc import Mapping

import pytest

from deskui.cli import checkterm
from tests.ui.terminal_walk import walk


@pytest.mark.parametrize(
    ("environ", "status", "said"),
    [
        ({"TERM": "xterm", "COLORTERM": "truecolor"}, "ok", "24 bits"),
        ({"TERM": "tmux-256color"}, "ok", "256"),
        ({"TERM": "linux"}, "ok", "16"),
        ({"TERM": "xterm", "NO_COLOR": ""}, "ok", "NO_COLOR"),
        ({"TERM": "xterm"}, "warn", "set TERM to"),
        ({"TERM": "xterm", "SSH_CONNECTION": "x"}, "warn", "SendEnv COLORTERM"),
        ({}, "warn", "TERM=not set"),
    ],
)
def test_colours(environ: Mapping[str, str], status: str, said: str):
    name, found, detail = checkterm._colours(environ)
    assert (name, found) == ("colours", status)
    assert said in detail


@pytest.mark.parametrize(
    ("environ", "status", "said"),
    [
        ({"LANG": "C.UTF-8"}, "ok", "C.UTF-8"),
        ({"LANG": "C.UTF-8", "LC_ALL": "C"}, "warn", "LANG=C.UTF-8"),
        ({}, "warn", "none is set"),
        ({"LANG": "xx_YY.UTF-8"}, "warn", "locale-gen"),
    ],
)
def test_locale(environ: Mapping[str, str], status: str, said: str):
    _, found, detail = checkterm._locale(environ)
    assert found == status
    assert said in detail


def test_a_terminal_without_a_description():
    ((name, status, detail),) = checkterm._terminfo("no-such-terminal")
    assert (name, status) == ("terminfo", "warn")
    assert "xterm-256color" in detail


def test_tmux_as_it_comes_swallows_and_delays():
    fresh = {"escape-time": "500", "allow-passthrough": "off"}
    found = list(checkterm._tmux({"TERM": "xterm"}, lambda name: fresh[name]))
    assert [status for _, status, _ in found] == ["warn"] * 3
    assert "escape-time 10" in found[0][2]
    assert "allow-passthrough on" in found[1][2]
    assert "default-terminal tmux-256color" in found[2][2]


@pytest.mark.parametrize("passthrough", ["on", "all", ""])
def test_a_tmux_that_lets_everything_through(passthrough: str):
    good = {"escape-time": "10", "allow-passthrough": passthrough}
    assert [each[1] for each in checkterm._tmux({"TERM": "tmux-256color"}, lambda name: good[name])] == ["ok"]


def test_doctor_on_a_terminal_says_it():
    with walk("doctor", "--home", "/nonexistent/desk", env={"TERM": "xterm", "COLORTERM": ""}) as screen:
        screen.wait("WARN +colours")
