"""A small desk for consoles in a terminal of their own, made once a process and copied for each test."""

import json
import os
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from unittest.mock import patch

from deskui.domain.change import Create
from deskui.store import firstpage
from deskui.upstream._world import World
from deskui.wiring import now

CONFIG = """\
[upstream.mem]
kind = "memory"
url = "memory:{world}"
user = "anna"
prefix = "M-"
"""


class Home:
    """The desk in `folder`, and deskui run on it."""

    def __init__(self, folder: Path) -> None:
        self.path, self.config = folder / "desk", CONFIG.format(world=folder / "world.jsonl")
        self.world = World(now, str(folder / "world.jsonl"), staff=("anna", "kim"))
        self.env = {"DESKUI_HOME": str(self.path), "DESKUI_USER": "anna"}

    def run(self, *argv: str) -> Any:
        done = subprocess.run(
            [sys.executable, "-m", "deskui", *argv, "--json"],
            env={**os.environ, **self.env}, capture_output=True, check=False,
        )  # fmt: skip
        return json.loads(done.stdout)

    def kept(self) -> list[str]:
        """The texts of the drafts on the disk."""
        with closing(sqlite3.connect(f"file:{self.path}/desk.db?mode=ro", uri=True)) as db:
            return [text for (text,) in db.execute("SELECT text FROM draft")]

    def drafts(self) -> list[tuple[str, str, str]]:
        """(ticket, kind, text)."""
        return [(one["ticket"], one["kind"], one["text"]) for one in self.run("draft", "list")["drafts"]]

    def stamp(self) -> str:
        """What the first frame is held to."""
        with patch.dict(os.environ, self.env):
            return firstpage.stamp(str(self.path))


def make_home(folder: Path) -> Home:
    """A desk with two tickets, pulled a moment ago."""
    return copy_home(_first(), folder)


def copy_home(made: Home, folder: Path) -> Home:
    """The same desk with an upstream of its own; what a console has left there counts as left here."""
    shutil.copytree(made.path, folder / "desk")
    shutil.copy(made.path.parent / "world.jsonl", folder)
    found = Home(folder)
    (found.path / "config.toml").write_text(found.config)
    with closing(sqlite3.connect(found.path / "desk.db")) as db, db:
        said = (made.stamp(), found.stamp(), firstpage.KEY)
        db.execute("UPDATE meta SET value = replace(value, ?, ?) WHERE key = ?", said)
    return found


@cache
def _kept() -> "TemporaryDirectory[str]":
    return TemporaryDirectory(dir=os.environ.get("PYTEST_DEBUG_TEMPROOT"))


@cache
def _first() -> Home:
    found = Home(Path(_kept().name))
    found.path.mkdir(mode=0o700)
    (found.path / "config.toml").write_text(found.config)
    for subject in ("Tills offline", "Mail is slow"):
        create = Create(subject, "it is so", requestor="lea@nordkauf.example", customer="Nordkauf", priority=2)
        found.world.make(create, at=now() - 60)
    found.run("sync", "--once")
    return found
