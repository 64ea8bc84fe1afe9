"""A home with an upstream in memory, and `deskui` called in this process."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from deskui.cli.main import run
from deskui.upstream._world import World
from deskui.wiring import now
from tests.make import put_empty

CONFIG = """\
[desk]
zone = "Europe/Berlin"
[upstream.mem]
kind = "memory"
url = "memory:{world}"
user = "anna"
prefix = "M-"
"""


@dataclass(frozen=True)
class Said:
    """What a command answered."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """The one document on stdout."""
        return json.loads(self.out)

    @property
    def error(self) -> str:
        """The error's kind."""
        return str(self.json["error"]["kind"])


Cli = Callable[..., Said]


@pytest.fixture(autouse=True)
def _plain_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("DESKUI_HOME", "DESKUI_USER", "XDG_DATA_HOME", "NO_COLOR", "CREDENTIALS_DIRECTORY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path / "user"))


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A configured home with an empty store; unlink `desk.db` for one where no command was called yet."""
    folder = tmp_path / "desk"
    folder.mkdir(mode=0o700)
    (folder / "config.toml").write_text(CONFIG.format(world=tmp_path / "world.jsonl"))
    put_empty(folder / "desk.db")  # as the first command would make it
    return folder


@pytest.fixture
def world(tmp_path: Path) -> World:
    """The upstream's own truth: what other people do in it."""
    return World(now, str(tmp_path / "world.jsonl"), staff=("anna", "kim"))


@pytest.fixture
def cli(home: Path, capsys: pytest.CaptureFixture[str]) -> Cli:
    """`deskui ARGS` on that home."""

    def call(*argv: str, here: bool = True) -> Said:
        capsys.readouterr()
        code = run(["--home", str(home), *argv] if here else list(argv))
        said = capsys.readouterr()
        return Said(code, said.out, said.err)

    return call
