"""`deskui view` and `deskui list --view`."""

from pathlib import Path

import pytest

from deskui.domain.change import Create
from deskui.upstream._world import World
from tests.cli.conftest import Cli


@pytest.fixture
def tickets(world: World, cli: Cli) -> World:
    """M-1 is a P1 of Nordkauf, M-2 a P3."""
    world.make(Create("Tills offline", "all 14", customer="Nordkauf", requestor="lea@nordkauf.example", priority=1))
    world.make(Create("Replace PSU", "sw-b2-04", priority=3))
    assert cli("sync", "--once").code == 0
    return world


def found(cli: Cli, *argv: str) -> list[str]:
    return [row["id"] for row in cli("list", "--json", *argv).json["tickets"]]


def test_a_view_is_saved_listed_shown_used_and_deleted(tickets: World, cli: Cli):
    said = cli("view", "save", "Big ones", "prio:1,2 -is:paused", "--sort", "id-", "--columns", "own,st", "--json")
    assert said.json == {
        "number": 9, "name": "Big ones", "query": "prio:1,2 -is:paused", "sort": "id-", "columns": ["st", "own"],
        "origin": "saved", "altered": False,
    }  # fmt: skip
    listed = cli("view", "list", "--json").json
    assert [(each["name"], each["tickets"]) for each in listed["views"]][::8] == [("All", 2), ("Big ones", 1)]
    assert cli("view", "show", "big", "--json").json["query"] == "prio:1,2 -is:paused"
    assert found(cli, "--view", "big ones") == ["M-1"]
    assert found(cli, "--view", "big ones", "psu") == []
    assert found(cli, "--view", "all", "--sort", "id-") == ["M-2", "M-1"]
    assert cli("view", "delete", "Big ones").code == 0
    assert cli("view", "show", "Big ones", "--json").error == "usage"


def test_for_people(tickets: World, cli: Cli):
    said = cli("view")
    assert said.code == 0
    assert said.out.splitlines()[1].split() == ["1", "All", "2", "sla", "-"]
    assert "query: is:late" in cli("view", "show", "Late").out


@pytest.mark.parametrize(
    ("argv", "kind"),
    [
        (("save", "x", "prio:9"), "query"),
        (("save", "x", "--sort", "age"), "usage"),
        (("save", "x", "--columns", "p"), "usage"),
        (("delete", "Late"), "refused"),
        (("show", "zz"), "usage"),
    ],
)
def test_what_is_refused(tickets: World, cli: Cli, argv: tuple[str, ...], kind: str):
    assert cli("view", *argv, "--json").error == kind


def test_a_wrong_file_is_said(tickets: World, cli: Cli, home: Path):
    (home / "views.toml").write_text('[a]\nquery = "prio:9"\n')
    said = cli("view", "list", "--json")
    assert (said.code, len(said.json["views"])) == (1, 8)
    assert "views.toml, line 2: a.query: no priority '9'" in said.json["refused"][0]
