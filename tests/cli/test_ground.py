"""The console on a terminal that says whether it is dark or light: before it begins, late, or not at all."""

import re
import signal
import termios
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from deskui.domain.change import Create
from deskui.ui.ground import QUERY
from deskui.upstream._world import World
from tests.cli.conftest import Cli
from tests.ui.terminal_walk import Walk, walk

LIGHT = "\x1b]11;rgb:fbfb/fbfb/f8f8\x1b\\"
GROUNDS = {"light": b"48;2;251;251;248", "dark": b"48;2;20;23;26"}  # of the two themes


@pytest.fixture
def full(home: Path, world: World, cli: Cli) -> Path:
    """A home with five tickets."""
    for number in range(5):
        world.make(Create(f"Ticket {number}", "x", priority=3))
    cli("sync", "--once")
    return home


@contextmanager
def console(home: Path, **environ: str) -> Iterator[Walk]:
    with walk("--home", str(home), env={"TERM": "xterm-256color", "COLORTERM": "truecolor", **environ}) as screen:
        yield screen


def asked(screen: Walk) -> None:
    screen.until(lambda: QUERY.encode() in screen.output)


def drawn(screen: Walk, ground: str) -> None:
    """Waits for the colours of that theme."""
    screen.until(lambda: GROUNDS[ground] in screen.output)


def leave(screen: Walk) -> None:
    screen.signal(signal.SIGTERM)
    assert screen.code() in (128 + signal.SIGTERM, -signal.SIGTERM)  # the second: its first frame still stood


def test_the_answer_makes_the_first_picture_and_no_key_is_lost(full: Path):
    with console(full) as screen:
        screen.press("j")
        asked(screen)
        screen.press(f"j{LIGHT}j")
        screen.wait(r"sort:sla 4/5")  # three lines down, whatever came between
        assert "Palette" not in screen.text
        drawn(screen, "light")
        assert GROUNDS["dark"] not in screen.output
        assert b"rgb:" not in screen.output  # nothing was echoed
        leave(screen)
    assert (full / "terminals").read_text().endswith(" light\n")


def test_a_late_answer_is_no_keys_and_is_known_the_next_time(full: Path):
    with console(full) as screen:
        screen.wait(r"sort:sla 1/5")
        assert GROUNDS["light"] not in screen.output
        screen.press("j" + LIGHT[:9])
        time.sleep(0.2)
        screen.press(LIGHT[9:] + "j")
        screen.wait(r"sort:sla 3/5")
        drawn(screen, "light")
        assert "Palette" not in screen.text
        leave(screen)
    with console(full) as screen:  # which does not answer now
        screen.wait(r"sort:sla 3/5")
        assert GROUNDS["dark"] not in screen.output
        leave(screen)


@pytest.mark.parametrize(
    "environ", [{"NO_COLOR": "1"}, {"TERM": "dumb"}, {"TERM": "linux"}], ids=lambda environ: next(iter(environ))
)
def test_it_is_not_asked(full: Path, environ: dict[str, str]):
    with console(full, **environ) as screen:
        screen.wait(r"sort:sla 1/5")
        assert b"\x1b]11" not in screen.output
        leave(screen)


def test_nor_where_a_theme_is_chosen_until_auto_is(full: Path):
    with (full / "config.toml").open("a") as config:
        config.write('[ui]\ntheme = "night"\n')
    with console(full) as screen:
        screen.wait(r"sort:sla 1/5")
        assert b"\x1b]11" not in screen.output
        screen.press(":theme auto\r")
        asked(screen)
        screen.press(LIGHT)
        screen.wait("theme auto; to keep it")
        drawn(screen, "light")
        leave(screen)


def test_a_terminal_is_left_as_it_was(full: Path):
    with console(full) as screen:
        asked(screen)
        screen.wait(r"sort:sla 1/5")
        leave(screen)
        assert termios.tcgetattr(screen.fd) == screen.before


@pytest.mark.parametrize(
    ("answer", "heading", "others"), [("", "36", {"91", "92", "93", "96"}), (LIGHT, "34", {"31", "35"})]
)
def test_with_sixteen_colours_those_of_the_terminal_are_used(full: Path, answer: str, heading: str, others: set[str]):
    with console(full, TERM="xterm", COLORTERM="") as screen:
        asked(screen)
        screen.press(answer)
        screen.wait("TICKET")
        screen.press(":theme\r")
        screen.wait("Theme, now auto")
        screen.press("\x1b")
        screen.gone("Theme, now auto")
        screen.press("/sla:nonsense")
        screen.wait("nonsense")
        leave(screen)
    found = re.findall(rb"\x1b\[([0-9;]*)m", screen.output)
    colours = {code for each in found for code in each.decode().split(";") if code.isdecimal() and int(code) >= 30}
    assert heading in colours
    assert colours <= {heading, "39", "49", *others}


def test_a_broken_theme_at_home_is_named_on_a_sane_terminal(full: Path):
    (full / "themes").mkdir()
    (full / "themes" / "dark.toml").write_text('name = "dark"\nerror = 7\n')
    with console(full) as screen:
        screen.wait("Add background")
        assert "themes/dark.toml: background: is missing" in screen.text.replace("\n", "")  # the path may be wrapped
        assert screen.code() == 2
        assert termios.tcgetattr(screen.fd) == screen.before
