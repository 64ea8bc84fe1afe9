"""`deskui tag` and `deskui cc`: sets without a screen, and the same words after `do`, in bulk and in macros."""

from pathlib import Path

import pytest

from deskui.domain.change import Create
from deskui.domain.sets import SetTags
from deskui.upstream import memory
from deskui.upstream._world import World
from tests.cli.conftest import Cli


@pytest.fixture(autouse=True)
def tickets(world: World, cli: Cli) -> None:
    for n in (1, 2):
        made = world.make(Create(f"Storm {n}", "x", requestor="max@nord.example"))
        world.change_as("kim", made, SetTags(("+vpn",)))
    cli("sync", "--once")


def test_put_on_taken_off_listed_and_found(world: World, cli: Cli) -> None:
    assert cli("tag", "M-1").out == "vpn\n"
    assert cli("tag", "M-1", "+mail", "-vpn", "--json").json["state"] == "queued"
    assert cli("tag", "m-1", "--json").json == {"ticket": "M-1", "tags": ["mail"]}
    assert [each["id"] for each in cli("list", "tag:mail", "--json").json["tickets"]] == ["M-1"]  # before it is sent
    assert cli("tag", "M-1", "-mail", "vpn", "--send").code == 0  # nothing is left of it
    assert cli("tag", "M-2", "-vpn", "--send").code == 0
    world.look()
    assert (world.ticket("1").tags, world.ticket("2").tags) == (("vpn",), ())
    assert cli("tag", "M-2").out == "M-2 has no tags\n"
    shown = cli("show", "M-1")
    assert "tags: vpn" in shown.out
    assert cli("show", "M-2", "--json").json["events"][-1]["data"] == {"field": "tags", "from": "vpn", "to": None}


def test_cc(world: World, cli: Cli) -> None:
    assert cli("cc", "M-1").out == "nobody is in the Cc of M-1\n"
    assert cli("cc", "M-1", "+Kim <kim@x.example>", "--send", "--json").json["state"] == "sent"
    world.look()
    assert world.ticket("1").cc == ("kim@x.example",)
    assert cli("cc", "M-1", "--json").json["cc"] == ["kim@x.example"]
    assert "cc: kim@x.example" in cli("show", "M-1").out


def test_what_is_not_so(cli: Cli) -> None:
    assert cli("tag", "M-9", "+vpn", "--json").error == "unknown_ticket"
    assert cli("tag", "M-9", "--json").error == "unknown_ticket"
    assert cli("cc", "M-1", "+kim", "--json").error == "usage"
    assert cli("tag", "M-1", "+a;", "+", "--json").error == "usage"
    assert cli("tag", "M-1", "+new", "--read-only", "--json").error == "refused"
    idle = cli("tag", "M-1", "+VPN", "--json")
    assert (idle.code, idle.json["state"]) == (0, "dropped")
    assert "its tags say so already" in idle.err


def test_a_system_without_them_says_so_before_anything_is_queued(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory.Adapter, "tags", False)
    monkeypatch.setattr(memory.Adapter, "recipients", "reply")
    for verb, word, said in (("tag", "+x", "mem keeps no tags"), ("cc", "+a@x.example", "mem keeps no Cc")):
        refused = cli(verb, "M-1", word, "--json")
        assert (refused.code, refused.error) == (1, "refused")
        assert said in refused.json["error"]["message"]
    listed = cli("bulk", "M-1", "M-2", "tag", "+x", "--dry-run", "--json")
    assert [each["refused"] for each in listed.json["tickets"]] == ["mem keeps no tags"] * 2
    assert cli("outbox", "--json").json["changes"] == []


def test_in_bulk_and_by_a_macro(world: World, cli: Cli, home: Path) -> None:
    (home / "macros").mkdir()
    (home / "macros" / "vpn.toml").write_text('title = "to the network team"\nsteps = ["tag +network -vpn", "ack"]\n')
    assert cli("bulk", "M-1", "M-2", "tag", "+night", "--yes-count", "2").code == 0
    assert cli("macro", "run", "vpn", "M-1", "M-2", "--yes-count", "2").code == 0
    cli("sync", "--once")
    world.look()
    assert (world.ticket("1").tags, world.ticket("2").tags) == (("night", "network"),) * 2
    assert cli("undo", "--yes-count", "2", "--json").json["tickets"][0]["outcome"] == "partly"  # who acknowledged has
    cli("sync", "--once")
    world.look()
    assert world.ticket("1").tags == ("night", "vpn")
