"""`deskui link`: links without a screen."""

from deskui.domain.change import Create
from deskui.upstream._world import World
from tests.cli.conftest import Cli


def test_set_listed_shown_and_taken_away(world: World, cli: Cli) -> None:
    for subject in ("Storm", "Mast \x1b]0;x\x07 down"):
        world.make(Create(subject, "x", customer="Nordkauf", requestor="max@nord.example"))
    cli("sync", "--once")
    assert cli("link", "M-2", "parent", "m-1", "--json").json["state"] == "queued"
    assert cli("link", "M-2", "--json").json["links"] == [
        {"kind": "parent", "id": "M-1", "state": "new", "subject": "Storm"}
    ]
    assert cli("outbox", "--json").json["changes"][0]["verb"] == "link"
    cli("sync", "--once")
    cli("sync", "--once")  # what it did to the other ticket comes with the feed
    listed = cli("link", "M-1")
    assert "has part  M-2     new    Mast" in listed.out
    assert "\x1b" not in listed.out
    assert cli("show", "M-1", "--json").json["links"] == [{"kind": "child", "id": "M-2"}]
    assert "linked: child M-2" in cli("show", "M-1").out
    assert cli("do", "M-1", "link", "parent", "M-2", "--send", "--json").code == 1  # it would go round in a circle
    assert "go round in a circle" in cli("outbox", "--json").json["changes"][0]["error"]
    assert cli("unlink", "M-1", "M-2").code == 0
    cli("sync", "--once")
    cli("sync", "--once")
    assert cli("link", "M-2").out == "M-2 has no links\n"


def test_a_merge_is_shown_first_and_the_old_id_finds_the_survivor(world: World, cli: Cli) -> None:
    for subject, customer in (("Storm", "Nordkauf"), ("Storm again", "Kranz AG")):
        world.make(Create(subject, "x", customer=customer, requestor="max@nord.example"))
    cli("sync", "--once")
    asked = cli("merge", "M-2", "M-1")
    assert asked.code == 1
    assert "SURVIVES  M-1 P4 new  Nordkauf: Storm" in asked.err
    assert "OF ANOTHER CUSTOMER: Kranz AG / Nordkauf" in asked.err
    assert "This cannot be undone in mem." in asked.err
    assert cli("outbox", "--json").json["changes"] == []
    assert cli("merge", "M-1", "M-1", "--yes", "--json").error == "refused"
    assert cli("merge", "M-2", "M-1", "--yes", "--json").json["state"] == "queued"
    cli("do", "M-2", "note", "-m", "goes along")
    assert cli("sync", "--once").code == 0
    assert world.live.into == {}  # it is held back for a while: until then it can be dropped
    change = cli("outbox", "--json").json["changes"][0]["change"]
    assert cli("outbox", "drop", change).code == 0
    assert cli("do", "M-2", "note", "-m", "after all", "--send").code == 0


def test_what_is_refused(world: World, cli: Cli) -> None:
    world.make(Create("Storm", "x"))
    cli("sync", "--once")
    assert cli("link", "M-1", "parent", "M-9", "--json").error == "unknown_ticket"
    assert cli("link", "M-1", "parent", "M-1", "--json").error == "refused"
    assert cli("unlink", "M-1", "M-9", "--json").error == "refused"
    assert cli("link", "M-1", "parent", "--json").error == "usage"
    assert cli("link", "M-1", "cousin", "M-1", "--json").error == "usage"
    assert cli("link", "M-1", "parent", "M-1", "--read-only", "--json").error == "refused"


def test_a_message_is_split_off_into_a_ticket_that_is_linked_back(world: World, cli: Cli) -> None:
    world.make(Create("Storm", "first\nsecond", customer="Nordkauf", requestor="max@nord.example", priority=2))
    world.reply_as_customer("1", "and the \x1b]0;x\x07printer, too")
    cli("sync", "--once")
    cli("do", "M-1", "note", "-m", "never shown to anybody")
    listed = cli("split", "M-1")
    assert [line.split()[0] for line in listed.out.splitlines()] == ["N", "1", "2"]
    assert "never shown" not in listed.out
    assert "\x1b" not in listed.out
    assert [each["n"] for each in cli("split", "M-1", "--json").json["messages"]] == [1, 2]
    assert cli("split", "M-1", "3", "--json").error == "refused"
    assert cli("split", "M-1", "1", "--read-only", "--json").error == "refused"
    made = cli("split", "M-1", "1", "--subject", "Printer", "--json").json
    new = cli("show", made["ticket"], "--json").json
    assert (new["subject"], new["priority"], new["customer"]) == ("Printer", "P2", "Nordkauf")
    assert "> and the" in new["events"][0]["text"]
    cli("sync", "--once")
    cli("sync", "--once")
    assert cli("link", "M-1", "--json").json["links"][0]["kind"] == "related"
    assert cli("split", "M-~9", "--json").error == "unknown_ticket"
    waiting = cli("new", "--subject", "new here", "--json").json["ticket"]
    assert cli("split", waiting, "1", "--json").error == "refused"
