"""`deskui` and `deskui demo` in a real terminal: they open, show the queue, and leave when they are told to."""

import signal
from pathlib import Path

import pytest

from deskui.domain.change import Create
from deskui.upstream._world import World
from tests.cli.conftest import Cli
from tests.ui.terminal_walk import walk


def test_the_console_shows_the_queue(home: Path, world: World, cli: Cli):
    world.make(Create("Tills offline", "all down", priority=1))
    cli("sync", "--once")
    with walk("--home", str(home)) as screen:
        screen.wait("Tills offline")
        screen.signal(signal.SIGTERM)
        screen.code()
    assert "Tills offline" in cli("list").out


def test_a_first_sync_comes_by_itself(home: Path, world: World):
    world.make(Create("Not yet pulled", "x", priority=1))
    with walk("--home", str(home)) as screen:
        screen.wait("Not yet pulled")
        screen.signal(signal.SIGTERM)
        screen.code()


def test_the_demo_reaches_the_queue_and_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    with walk("demo") as screen:
        screen.wait("Tills offline")
        assert list(tmp_path.glob("deskui-demo-*"))
        screen.signal(signal.SIGTERM)
        screen.code()
    assert not list(tmp_path.glob("deskui-demo-*"))


@pytest.mark.parametrize("key", ["q", "\x1b", "\x04"])
def test_without_a_desk_the_console_asks_and_may_be_left(tmp_path: Path, key: str):
    with walk("--home", str(tmp_path / "none")) as screen:
        screen.wait("no desk in ")
        screen.wait("d, i, . or q:$")
        screen.press("x")
        screen.wait("q: x")
        screen.press("\x1b[A")
        screen.press("?")
        screen.wait("deskui man")
        screen.press(key)
        assert screen.code() == 0
    assert b"\x1b" not in screen.output
    assert not (tmp_path / "none").exists()


def test_without_a_desk_the_demo_is_one_key_away(tmp_path: Path):
    with walk("--home", str(tmp_path / "none")) as screen:
        screen.wait("d, i, . or q:$")
        screen.press("d")
        screen.wait("Tills offline")
        screen.signal(signal.SIGTERM)
        screen.code()


def test_without_a_desk_init_is_one_key_away(tmp_path: Path):
    with walk("--home", str(tmp_path / "none")) as screen:
        screen.wait("d, i, . or q:$")
        screen.press("i")
        screen.wait("Ticket system .rt.:")


def test_without_a_terminal_nobody_is_asked(cli: Cli, tmp_path: Path):
    said = cli("--home", str(tmp_path / "none"), here=False)
    assert said.code == 2
    assert "needs a terminal" in said.err


def test_keys_that_are_saved_are_in_force_at_once(home: Path, world: World, cli: Cli):
    world.make(Create("Tills offline", "all down", priority=1))
    cli("sync", "--once")
    path = home / "config.toml"
    before = path.read_text()
    with walk("--home", str(home)) as screen:
        screen.wait("a:own")
        path.write_text(before + '[keys]\n"verb.take" = ["F7"]\n')
        screen.wait("keys as saved")
        screen.wait("F7:own")
        path.write_text(before + '[keys]\n"verb.take" = ["j"]\n')
        screen.wait("everywhere")  # of a sentence that may be wrapped
        path.write_text(before)
        screen.wait("a:own")
        screen.signal(signal.SIGTERM)
        screen.code()
