"""`deskui draft`: what was written and not sent, seen by its author alone."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from deskui import wiring
from deskui.domain.change import Create, Reply
from deskui.services.drafts import Drafts
from deskui.upstream._world import World
from tests.cli.conftest import Cli


@pytest.fixture
def drafts(world: World, cli: Cli, home: Path) -> Iterator[Drafts]:
    """anna's drafts on an open desk with the tickets M-1 and M-2."""
    for subject in ("Tills offline", "Replace PSU"):
        world.make(Create(subject, "it is so", requestor="lea@nordkauf.example"))
    assert cli("sync", "--once").code == 0
    with wiring.desk(home) as desk:
        yield Drafts(desk.services.desk)


def write(drafts: Drafts, name: str, kind: str, text: str) -> str:
    ticket = drafts._desk.ticket(name)
    assert ticket is not None
    draft = replace(drafts.begin(ticket, kind), text=text, minutes="5", cc=("+kim@desk.example",))
    drafts.keep(draft).result(10)
    return draft.uid


def test_list_show_and_drop(drafts: Drafts, cli: Cli) -> None:
    assert cli("draft", "list", "--json").json == {"drafts": []}
    assert cli("draft").out == "no drafts\n"
    note = write(drafts, "M-1", "note", "Looked at\x1b[31m the tills")
    reply = write(drafts, "M-2", "reply", "Dear Lea,")
    found = cli("draft", "list", "--json").json["drafts"]
    assert {(one["draft"], one["ticket"], one["kind"]) for one in found} == {
        (note, "M-1", "note"), (reply, "M-2", "reply"),
    }  # fmt: skip
    assert all(one["author"] == "anna" and 0 <= one["age_s"] < 60 for one in found)
    assert "\x1b" not in cli("draft", "list").out
    shown = cli("draft", "show", "m-1", "--json").json
    assert (shown["text"], shown["minutes"], shown["cc"]) == (
        "Looked at\x1b[31m the tills", "5", ["+kim@desk.example"],
    )  # fmt: skip
    people = cli("draft", "show", reply).out
    assert people.startswith("reply on M-2, 0m old, by anna\nCc +kim@desk.example\nminutes worked 5\n\nDear Lea,")
    assert cli("draft", "drop", reply, "--json").json["dropped"] is True
    assert [one["draft"] for one in cli("draft", "list", "--json").json["drafts"]] == [note]


def test_which_draft_is_not_guessed(drafts: Drafts, cli: Cli) -> None:
    write(drafts, "M-1", "note", "one")
    write(drafts, "M-1", "reply", "two")
    said = cli("draft", "drop", "M-1", "--json")
    assert (said.code, said.error) == (1, "unknown_draft")
    assert "2 drafts wait on M-1" in said.json["error"]["message"]
    assert cli("draft", "show", "M-2", "--json").error == "unknown_draft"
    assert len(cli("draft", "list", "--json").json["drafts"]) == 2


def test_nobody_elses_is_seen(drafts: Drafts, cli: Cli) -> None:
    mine = write(drafts, "M-1", "note", "only for me")
    assert cli("--as", "kim", "draft", "list", "--json").json == {"drafts": []}
    assert cli("--as", "kim", "draft", "drop", mine, "--json").error == "unknown_draft"


def test_a_read_only_session_discards_nothing(drafts: Drafts, cli: Cli) -> None:
    mine = write(drafts, "M-1", "note", "stays")
    assert cli("--read-only", "draft", "drop", mine, "--json").error == "refused"
    assert cli("--read-only", "draft", "show", mine, "--json").json["text"] == "stays"


def test_what_is_sent_goes_with_the_same_commit(drafts: Drafts, cli: Cli) -> None:
    reply, note = write(drafts, "M-1", "reply", "Dear Lea,"), write(drafts, "M-1", "note", "stays")
    desk = drafts._desk
    desk.do("M-1", Reply("Dear Lea,"), draft=reply).result(10)
    assert [draft.uid for draft in drafts.on("M-1")] == [note]


def test_a_refused_change_leaves_the_draft(drafts: Drafts) -> None:
    desk = drafts._desk
    from deskui.domain.change import Reopen
    from deskui.services.desk import Refused

    kept = write(drafts, "M-1", "reopen", "it goes on")
    with pytest.raises(Refused):
        desk.do("M-1", Reopen("it goes on"), draft=kept).result(10)
    assert [draft.uid for draft in drafts.on("M-1", "reopen")] == [kept]


def test_a_draft_on_a_ticket_that_was_merged_is_not_offered_on_the_other(
    drafts: Drafts, world: World, cli: Cli
) -> None:
    write(drafts, "M-1", "reply", "Dear Lea,")
    world.merge("1", "2")
    assert cli("sync", "--once").code == 0
    assert drafts.on("M-2") == drafts.on("M-1") == []
    [found] = cli("draft", "list", "--json").json["drafts"]
    assert (found["ticket"], found["merged_into"]) == ("M-1", "M-2")
    assert "M-1 (merged into M-2)" in cli("draft", "list").out
