"""`deskui backup`, `restore`, `export` and `store` as they are typed."""

import json
import sqlite3
import stat
from pathlib import Path

from tests.cli.conftest import Cli

PAGE = 4096


def made(cli: Cli) -> str:
    """A ticket of the upstream's on which a note waits; its name."""
    cli("sync", "--once")
    name = str(cli("new", "--subject", "Tills offline", "--send", "--json").json["ticket"])
    assert cli("do", name, "note", "-m", "rebooted").code == 0
    return name


def test_a_backup_is_not_written_over(cli: Cli, tmp_path: Path) -> None:
    made(cli)
    file = tmp_path / "copy.db"
    assert cli("backup", str(file), "--json").json["bytes"] > 0
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert cli("backup", str(file), "--json").error == "refused"


def test_a_backup_comes_back_and_names_what_it_lacks(cli: Cli, home: Path, tmp_path: Path) -> None:
    name = made(cli)
    file = tmp_path / "copy.db"
    cli("backup", str(file))
    assert cli("do", name, "note", "-m", "after the backup").code == 0
    said = cli("restore", str(file), "--json")
    assert said.code == 0
    assert said.json["waiting"] == 1
    (missing,) = said.json["missing"]
    assert missing.startswith(f"{name} note (")
    with sqlite3.connect(said.json["replaced"]) as db:
        assert db.execute("SELECT count(*) FROM outbox WHERE kind = 'note'").fetchone() == (2,)
    db.close()
    (change,) = cli("outbox", "--json").json["changes"]
    assert change["state"] == "unknown"


def test_what_was_sent_after_the_backup_is_not_sent_again(cli: Cli, home: Path, tmp_path: Path) -> None:
    name = made(cli)
    file = tmp_path / "copy.db"
    cli("backup", str(file))
    assert cli("sync", "--once", "--json").json["upstreams"]["mem"]["pushed"] == 1
    assert cli("restore", str(file)).code == 0
    cli("sync", "--once")
    notes = [event for event in cli("show", name, "--json").json["events"] if event["type"] == "internal_note"]
    assert [event["text"] for event in notes].count("rebooted") == 1
    assert cli("outbox", "--json").json["changes"] == []


def test_what_was_not_sent_is_sent_after_a_restore(cli: Cli, tmp_path: Path) -> None:
    name = made(cli)
    file = tmp_path / "copy.db"
    cli("backup", str(file))
    assert cli("restore", str(file)).code == 0
    assert cli("sync", "--once", "--json").json["upstreams"]["mem"]["pushed"] == 1
    (note,) = [event for event in cli("show", name, "--json").json["events"] if event["text"] == "rebooted"]
    assert not note["pending"]


def test_only_a_whole_backup_of_a_desk_is_taken(cli: Cli, home: Path, tmp_path: Path) -> None:
    made(cli)
    good, bad, other = tmp_path / "good.db", tmp_path / "bad.db", tmp_path / "other.db"
    cli("backup", str(good))
    data = bytearray(good.read_bytes())
    data[PAGE * 3 : PAGE * 3 + 200] = bytes(200)
    bad.write_bytes(data)
    with sqlite3.connect(other) as db:
        db.execute("CREATE TABLE x(y)")
    db.close()
    before = (home / "desk.db").read_bytes()
    for file in (bad, other, tmp_path / "nowhere.db", home / "config.toml"):
        said = cli("restore", str(file), "--json")
        assert (said.code, said.error) == (1, "store"), file
    assert (home / "desk.db").read_bytes() == before
    assert cli("list", "--json").code == 0


def test_nothing_is_replaced_under_an_open_console(cli: Cli, home: Path, tmp_path: Path) -> None:
    from deskui import wiring

    made(cli)
    cli("backup", str(tmp_path / "copy.db"))
    with wiring.desk(home):
        said = cli("restore", str(tmp_path / "copy.db"), "--json")
        assert (said.code, said.error) == (1, "store")
        assert "open in another deskui" in said.err


def test_everything_is_exported_a_line_each(cli: Cli) -> None:
    name = made(cli)
    lines = [json.loads(line) for line in cli("export").out.splitlines()]
    assert lines[0]["is"] == "desk"
    (ticket,) = [line for line in lines if line["is"] == "ticket" and line["id"] == name]
    (waiting,) = [line for line in lines if line["is"] == "outbox" and line["state"] == "queued"]
    assert waiting["ticket"] == ticket["uid"]
    assert waiting["payload"]["text"] == "rebooted"
    assert ticket["base"]["subject"] == "Tills offline"
    assert {"event", "journal", "sync"} <= {line["is"] for line in lines}
    assert not any("pk" in line for line in lines)


def test_a_damaged_store_is_salvaged_by_one_command(cli: Cli, home: Path) -> None:
    name = made(cli)
    assert cli("store", "check").code == 0
    assert cli("store", "salvage", "--json").error == "refused"
    path = home / "desk.db"
    data = path.read_bytes()
    path.write_bytes(b"\xff" * 16 + data[16:])
    said = cli("list", "--json")
    assert (said.code, said.error) == (1, "store")
    assert "deskui store salvage" in said.json["error"]["hint"]
    assert cli("store", "check", "--json").json["ok"] is False
    saved = cli("store", "salvage", "--json")
    assert saved.code == 0
    assert saved.json["waiting"] == 1
    assert Path(saved.json["aside"]).read_bytes() == b"\xff" * 16 + data[16:]
    assert cli("sync", "--once", "--json").json["upstreams"]["mem"]["pushed"] == 1
    (note,) = [event for event in cli("show", name, "--json").json["events"] if event["text"] == "rebooted"]
    assert not note["pending"]
    assert cli("store", "check").code == 0
