"""`deskui follow-up`: set, said, found, taken away, without a change on its way."""

import pytest

from deskui.domain.change import Create
from deskui.domain.when import iso, parse
from deskui.upstream._world import World
from deskui.wiring import now
from tests.cli.conftest import Cli


@pytest.fixture(autouse=True)
def tickets(world: World, cli: Cli) -> None:
    for n in (1, 2):
        world.make(Create(f"Storm {n}", "x", requestor="max@nord.example"))
    cli("sync", "--once")


def test_set_said_found_and_taken_away(cli: Cli) -> None:
    assert cli("follow-up", "M-1").out == "M-1 has no follow-up\n"
    later = iso(now() + 7200)
    assert cli("follow-up", "m-1", later, "--json").json == {"ticket": "M-1", "follow_up": later}
    assert cli("follow-up", "M-1").out == f"{later}\n"
    assert cli("show", "M-1", "--json").json["follow_up"] == later
    assert f"follow-up: {later}\n" in cli("show", "M-1").out
    assert cli("show", "M-2", "--json").json["follow_up"] is None
    assert [each["id"] for each in cli("list", "is:followup", "--json").json["tickets"]] == ["M-1"]
    assert cli("outbox", "--json").json["changes"] == []
    assert cli("do", "M-1", "follow-up", "none", "--json").json["follow_up"] is None
    assert cli("list", "is:followup", "--json").json["tickets"] == []


def test_in_two_words_and_after_do(cli: Cli) -> None:
    said = cli("do", "M-2", "follow-up", "tomorrow", "09:00", "--json").json["follow_up"]
    assert now() < parse(said) < now() + 2 * 86_400 + 3600
    assert cli("follow-up", "M-2", "2d", "--json").code == 0


def test_what_is_not_so(cli: Cli) -> None:
    assert cli("follow-up", "M-9", "2h", "--json").error == "unknown_ticket"
    wrong = cli("follow-up", "M-1", "soon", "--json")
    assert (wrong.code, wrong.error) == (2, "usage")
    assert "'soon' is no time: write HH:MM" in wrong.json["error"]["message"]
    assert cli("follow-up", "M-1", "2h", "--read-only", "--json").error == "refused"
    assert cli("follow-up", "M-1", "--read-only").code == 0
    cli("do", "M-1", "resolve", "-m", "done")
    assert cli("follow-up", "M-1", "2h", "--json").error == "refused"
