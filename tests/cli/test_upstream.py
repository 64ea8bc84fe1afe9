"""`deskui upstream`: each system's health, its words, what the mapping leaves open, and the fields that it lacks."""

from pathlib import Path

import pytest

from deskui import config
from deskui.domain.change import Create
from deskui.upstream._world import World
from deskui.upstream.base import Making, Rejected, Word, Words
from deskui.upstream.memory import Adapter
from tests.cli.conftest import Cli

MADE = Create("Tills offline", requestor="erika@nordkauf.example", queue="Shops")


def test_the_list_says_how_each_is(cli: Cli, home: Path) -> None:
    with open(home / "config.toml", "a") as file:
        file.write('[upstream.far]\nkind = "rt"\nurl = "http://127.0.0.1:9"\nevery_s = 30\n')
    cli("sync", "--once")
    near, far = cli("upstream", "list", "--json").json["upstreams"]
    assert (near["name"], near["kind"], near["prefix"], near["every_s"]) == ("mem", "memory", "M-", 60)
    assert near["last_ok"]
    assert (near["error"], far["last_ok"], far["every_s"]) == (None, None, 30)
    assert far["error"]
    said = cli("upstream", "list")
    assert "OFFLINE" in said.out.splitlines()[2]


def test_what_is_not_mapped_is_named_and_mapped_by_discover(cli: Cli, home: Path, world: World) -> None:
    world.make(MADE)
    said = cli("upstream", "check", "mem", "--json")
    assert said.code == 1
    assert [(each["table"], each["name"]) for each in said.json["unmapped"]] == [("queues", "Shops")]
    shown = cli("upstream", "discover", "mem")
    assert '[upstream.mem.queues]\nShops = { kind = "incident" }' in shown.out
    before = (home / "config.toml").read_text()
    assert "mem.queues" not in before
    with open(home / "config.toml", "a") as file:
        file.write("# the end\n")
    found = cli("upstream", "discover", "mem", "--write", "--json").json
    assert found["written"] == str(home / "config.toml")
    assert (home / "config.toml").stat().st_mode & 0o777 == 0o600
    text = (home / "config.toml").read_text()
    assert text.startswith(before)
    assert text.endswith("# the end\n")
    assert config.load(home / "config.toml").upstream["mem"].queues["Shops"] == {"kind": "incident"}
    assert cli("upstream", "check", "mem").code == 0


def test_a_queue_of_a_ticket_in_the_store_counts_too(cli: Cli, world: World) -> None:
    remote_id = world.make(MADE)
    cli("sync", "--once")
    world.move_as("kim", remote_id, "queue", None)
    found = cli("upstream", "check", "mem", "--json").json["unmapped"]
    assert "it is on tickets here" in found[0]["problem"]


@pytest.mark.parametrize("command", ["discover", "check", "prepare"])
def test_one_that_is_not_configured_is_named(cli: Cli, command: str) -> None:
    said = cli("upstream", command, "nowhere", "--json")
    assert (said.code, said.error) == (2, "usage")
    assert "config.toml has: mem" in said.err


def test_a_system_in_which_nothing_can_be_made_gets_notes(cli: Cli) -> None:
    said = cli("upstream", "prepare", "mem", "--yes", "--json")
    assert said.code == 1
    assert said.json["why"] == "deskui makes no fields in mem"
    assert "impact" in said.json["notes"]


@pytest.fixture
def making(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """A system that makes every field but that of the category; what it made."""
    made: list[str] = []

    def make(_self: Adapter, each: Making) -> None:
        if each.fact == "category":
            raise Rejected("Permission Denied")
        made.append(each.name)

    facts = {"impact": "Impact", "category": "Category"}
    monkeypatch.setattr(
        Adapter, "making",
        lambda _self, asked: tuple(Making(fact, facts[fact], f"a field {fact}") for fact in asked if fact in facts),
    )  # fmt: skip
    monkeypatch.setattr(Adapter, "make_field", make)
    return made


def test_nothing_is_made_without_a_yes(cli: Cli, making: list[str]) -> None:
    said = cli("upstream", "prepare", "mem", "--json")
    assert (said.code, said.error, making) == (1, "refused", [])
    assert [each["what"] for each in said.json["would"]] == ["a field impact", "a field category"]
    assert "for impact: a field impact" in said.err


def test_what_was_made_is_mapped_and_the_rest_goes_into_notes(cli: Cli, home: Path, making: list[str]) -> None:
    said = cli("upstream", "prepare", "mem", "impact", "category", "--yes", "--json")
    assert (said.code, making) == (1, ["Impact"])
    assert said.json["made"] == {"impact": "Impact"}
    assert said.json["refused"] == {"category": "Permission Denied"}
    assert "category" in said.json["notes"]
    assert "impact" not in said.json["notes"]
    assert config.load(home / "config.toml").upstream["mem"].fields == {"impact": "Impact"}


def test_a_field_that_is_there_is_to_be_mapped_not_made(
    cli: Cli, making: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Adapter, "making", lambda _self, _facts: ())
    monkeypatch.setattr(Adapter, "discover", lambda _self: Words(fields=(Word("Hosts", "ci"), Word("Colour"))))
    said = cli("upstream", "prepare", "mem", "--yes", "--json").json
    assert (said["there"], "ci" in said["notes"], "impact" in said["notes"], making) == (["ci"], False, True, [])
    assert (
        "not mapped yet: ci; `deskui upstream discover mem --write`" in cli("upstream", "prepare", "mem", "--yes").out
    )


def test_a_read_only_session_makes_and_writes_nothing(cli: Cli, world: World, making: list[str]) -> None:
    world.make(MADE)
    assert cli("--read-only", "upstream", "prepare", "mem", "--yes").code == 1
    assert cli("--read-only", "upstream", "discover", "mem", "--write").code == 1
    assert making == []


def test_doctor_names_a_mapping_that_cannot_be(cli: Cli, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DESKUI_SECRET_RT", "x")
    with open(home / "config.toml", "a") as file:
        file.write('[upstream.rt]\nurl = "http://127.0.0.1:9"\n[upstream.rt.priorities]\nHigh = "P1"\n')
    found = {each["name"]: each for each in cli("doctor", "--json").json["checks"]}
    assert found["upstream mem"]["status"] == "ok"
    assert found["upstream rt"]["status"] == "fail"
    said = found["upstream rt"]["detail"]
    assert "line 11: upstream.rt.priorities.High: RT's priorities are numbers" in said
    assert 'Write the least one: 90 = "P1".' in said
