"""A damaged store under a real console: said on the screen, nothing sent, repaired without another command."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.ui.home import Home, make_home
from tests.ui.terminal_walk import walk

PAGE = 4096


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return make_home(tmp_path)


def wound(path: Path, table: str) -> None:
    """Damage a page that the queue does not read."""
    with closing(sqlite3.connect(path)) as db:
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        root = db.execute("SELECT rootpage FROM sqlite_master WHERE name = ?", (table,)).fetchone()[0]
    with path.open("r+b") as file:
        file.seek((root - 1) * PAGE)
        file.write(b"\x0d\x00\x00\xff\xff" + b"\x99" * 400)


def test_it_is_said_nothing_is_sent_and_what_waits_arrives_after_the_salvage(home: Home, tmp_path: Path) -> None:
    ticket = home.run("list")["tickets"][0]["id"]
    home.run("do", ticket, "note", "-m", "typed in the basement")
    wound(home.path / "desk.db", "attachment")
    with walk(env=home.env) as screen:
        screen.wait("THE STORE IS DAMAGED")
        assert "typed in the basement" not in (tmp_path / "world.jsonl").read_text()
        screen.press("l")
        screen.wait("s or q:")
        screen.press("s")
        screen.wait("Saved:")
        screen.wait("c or q:")
        screen.press("c")
        screen.wait(r"sync \d\d:\d\d")
    assert home.run("store", "check")["ok"] is True
    home.run("sync", "--once")
    texts = [event["text"] for event in home.run("show", ticket)["events"]]
    assert texts.count("typed in the basement") == 1
    assert home.run("outbox")["changes"] == []
    assert len(list(home.path.glob("desk-damaged-*.db"))) == 1


def test_a_store_that_cannot_be_opened_is_asked_about_and_left_alone(home: Home) -> None:
    path = home.path / "desk.db"
    data = b"\xff" * 100 + path.read_bytes()[100:]
    path.write_bytes(data)
    with walk(env=home.env) as screen:
        screen.wait("the store is damaged")
        screen.wait("s or q:")
        screen.press("q")
    assert path.read_bytes() == data


def test_a_backup_can_be_chosen(home: Home) -> None:
    path = home.path / "desk.db"
    home.run("backup", str(home.path / "desk-before-10.db"))
    path.write_bytes(b"\xff" * 100 + path.read_bytes()[100:])
    with walk(env=home.env) as screen:
        screen.wait("s, b or q:")
        screen.press("b")
        screen.wait("1 or q:")
        assert "1  desk-before-10.db" in screen.text
        screen.press("1")
        screen.wait("c or q:")
        assert "restored from" in screen.text
        screen.press("c")
        screen.wait("Tills offline")
