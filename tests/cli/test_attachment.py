"""`deskui attachment` and `deskui do ID reply --attach`."""

from pathlib import Path

import pytest

from deskui.domain.change import Create
from deskui.upstream._world import World
from deskui.upstream.memory import Adapter
from tests.cli.conftest import Cli


@pytest.fixture
def there(world: World, cli: Cli) -> World:
    """M-1 came with two files."""
    files = (("../ike.log", "text/plain", b"peer dead\n"), ("ike.log", "text/plain", b"again\n"))
    world.make(Create("VPN down", "See the logs.", requestor="max@nordkauf.example"), files=files)
    cli("sync", "--once")
    return world


def test_files_are_listed(there: World, cli: Cli) -> None:
    said = cli("attachment", "list", "M-1", "--json").json
    assert [(of["n"], of["name"], of["sent_as"], of["type"], of["size"]) for of in said["attachments"]] == [
        (1, "ike.log", "../ike.log", "text/plain", 10), (2, "ike.log", "ike.log", "text/plain", 6),
    ]  # fmt: skip
    assert "10 B  text/plain" in cli("attachment", "list", "M-1").out
    shown = cli("show", "M-1", "--json").json["events"][0]["attachments"]
    assert [of["name"] for of in shown] == ["../ike.log", "ike.log"]
    assert [of["id"] for of in cli("list", "has:attachment", "--json").json["tickets"]] == ["M-1"]


def test_one_is_saved(there: World, cli: Cli, tmp_path: Path) -> None:
    first = Path(cli("attachment", "save", "M-1", "1", "--json").json["path"])
    second = Path(cli("attachment", "save", "M-1", "2").out.strip())
    assert (first.name, second.name) == ("ike.log", "ike-1.log")
    assert (first.read_bytes(), second.read_bytes()) == (b"peer dead\n", b"again\n")
    to = cli("attachment", "save", "M-1", "2", "--to", str(tmp_path / "to"), "--json").json["path"]
    assert to == str(tmp_path / "to" / "ike.log")


def test_what_is_not_there_is_said(there: World, cli: Cli) -> None:
    assert cli("attachment", "save", "M-1", "3", "--json").error == "refused"
    assert cli("attachment", "list", "M-9", "--json").error == "unknown_ticket"
    assert cli("attachment", "--json").code == 2


def test_a_reply_takes_files_along(there: World, cli: Cli, tmp_path: Path) -> None:
    names = [str(tmp_path / name) for name in ("a.txt", "b.txt")]
    for name in names:
        Path(name).write_text(name)
    said = cli("do", "M-1", "reply", "-m", "See both.", "--attach", names[0], "--attach", names[1], "--send", "--json")
    assert said.json["state"] == "sent"
    there.look()
    files = [file for event in there.live.events["1"] if event.type == "public_reply" for file in event.files]
    assert [(file.name, there.contents(file.id).decode()) for file in files] == [
        ("a.txt", names[0]),
        ("b.txt", names[1]),
    ]


def test_a_file_that_cannot_be_attached_queues_nothing(
    there: World, cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    missing = cli("do", "M-1", "reply", "-m", "x", "--attach", str(tmp_path / "none"), "--json")
    assert (missing.code, missing.error) == (1, "refused")
    (tmp_path / "a").write_text("a")
    monkeypatch.setattr(Adapter, "attachments", False)
    said = cli("do", "M-1", "reply", "-m", "x", "--attach", str(tmp_path / "a"), "--json").json["error"]
    assert said["message"] == "nothing was queued: mem takes no attachments"
    assert cli("outbox", "--json").json["changes"] == []
