"""A customer that is not for laptops: never stored on one, and taken out to the last byte when that is said."""

import time
from pathlib import Path

import pytest

from deskui.domain.change import Create
from deskui.upstream._world import World
from tests.cli.conftest import CONFIG, Cli

CANARY = "kranzvault"
FILE = 'customer = "Kranz"\nnot_on_laptops = {}\n[[contact]]\nname = "Lea"\nmail = "lea@kranz.example"\n'


@pytest.fixture
def home(tmp_path: Path) -> Path:
    folder = tmp_path / "desk"
    (folder / "customers").mkdir(parents=True, mode=0o700)
    text = CONFIG.format(world=tmp_path / "world.jsonl").replace("[desk]", "[desk]\nportable = true")
    (folder / "config.toml").write_text(text)
    say(folder, True)
    return folder


def say(home: Path, away: bool) -> None:
    (home / "customers" / "kranz.toml").write_text(FILE.format(str(away).lower()))


def bytes_of(home: Path) -> bytes:
    """Everything that is in the home, free pages and logs as well."""
    return b"".join(path.read_bytes() for path in home.rglob("*") if path.is_file()).lower()


def made(world: World) -> dict[str, str]:
    """A ticket of Kranz's, one of the customer's contact's, and one of somebody else's."""
    at = int(time.time()) - 600
    ids = {
        "kranz": world.make(Create(f"{CANARY} door", f"the {CANARY} code", customer="Kranz"), at=at),
        "contact": world.make(Create(f"{CANARY} lock", "hm", requestor="lea@kranz.example"), at=at),
        "other": world.make(Create("Printer", "paper", customer="Nordkauf"), at=at),
    }
    return {name: f"M-{remote}" for name, remote in ids.items()}


def there(cli: Cli) -> set[str]:
    return {ticket["id"] for ticket in cli("list", "--all", "--json").json["tickets"]}


def test_it_is_never_stored(cli: Cli, home: Path, world: World) -> None:
    ids = made(world)
    assert cli("sync", "--once").code == 0
    assert cli("sync", "--once", "--full").code == 0
    assert there(cli) == {ids["other"]}
    assert CANARY.encode() not in bytes_of(home)


def test_a_desk_that_is_not_portable_has_it(cli: Cli, home: Path, world: World) -> None:
    text = (home / "config.toml").read_text()
    (home / "config.toml").write_text(text.replace("portable = true", "portable = false"))
    ids = made(world)
    cli("sync", "--once")
    assert there(cli) == set(ids.values())


def test_what_is_there_is_taken_out_to_the_last_byte(cli: Cli, home: Path, world: World) -> None:
    say(home, False)
    ids = made(world)
    cli("sync", "--once")
    cli("do", ids["kranz"], "note", "-m", f"from here, {CANARY}")
    cli("sync", "--once")
    assert there(cli) == set(ids.values())
    assert CANARY.encode() in bytes_of(home)
    (home / "desk-before-9.db").write_bytes((home / "desk.db").read_bytes())
    (home / "attachments" / ids["kranz"]).mkdir(parents=True)
    (home / "attachments" / ids["kranz"] / "plan.txt").write_text(CANARY)
    say(home, True)
    assert cli("sync", "--once").code == 0
    assert there(cli) == {ids["other"]}
    assert CANARY.encode() not in bytes_of(home)
    assert cli("store", "check").code == 0
    assert cli("list", "printer", "--json").json["total"] == 1
    assert cli("show", ids["kranz"], "--json").error == "unknown_ticket"


def test_what_waits_is_not_thrown_away_but_named(cli: Cli, home: Path, world: World) -> None:
    say(home, False)
    ids = made(world)
    cli("sync", "--once")
    cli("do", ids["kranz"], "note", "-m", "still to be sent")
    say(home, True)

    def portable() -> dict[str, str]:
        return next(c for c in cli("doctor", "--json").json["checks"] if c["name"] == "portable")

    assert portable()["status"] == "warn"
    assert ids["kranz"] in portable()["detail"]
    said = cli("sync", "--once", "--json").json  # the ticket stays for this run, and its note is sent
    assert said["upstreams"]["mem"]["pushed"] == 1
    cli("sync", "--once")
    assert there(cli) == {ids["other"]}
    assert portable()["status"] == "ok"
    assert CANARY.encode() not in bytes_of(home)


def test_nothing_is_made_here_for_them(cli: Cli, home: Path) -> None:
    said = cli("new", "--subject", f"{CANARY} window", "--customer", "Kranz", "--json")
    assert (said.code, said.error) == (1, "refused")
    assert CANARY.encode() not in bytes_of(home)


def test_a_file_that_cannot_be_read_keeps_everything_away(cli: Cli, home: Path, world: World) -> None:
    made(world)
    (home / "customers" / "kranz.toml").write_text('customer = "Kranz"\nnot_on_laptops = "yes"\n')
    said = cli("sync", "--once", "--json")
    assert said.code != 0
    assert "must be true or false" in said.err
    assert there(cli) == set()
