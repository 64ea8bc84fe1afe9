"""Tickets on the command line: list, show, do, new, conflicts, outbox, sla explain; their documents and exit codes."""

from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from deskui.cli.queue import clock_cell
from deskui.domain.change import Acknowledge, Assign, Create
from deskui.domain.fields import SetPriority
from deskui.domain.when import iso, last_time
from deskui.upstream._world import World
from deskui.upstream.base import Rejected
from deskui.wiring import now
from tests.cli.conftest import Cli

HOSTILE = "\x1b]0;owned\x07Tills\x9b31m offline \u202egnp"


@pytest.fixture
def tickets(world: World, cli: Cli) -> World:
    """Two synced tickets: M-1 (P1, new) and M-2 (P3)."""
    world.make(
        Create("Tills offline", "all 14 stores", customer="Nordkauf", requestor="lea@nordkauf.example", priority=1),
        at=now() - 60,
    )
    world.make(Create("Replace PSU", "sw-b2-04", priority=3))
    assert cli("sync", "--once").code == 0
    return world


def test_a_reply_to_more_people(tickets: World, cli: Cli):
    said = cli("do", "M-1", "reply", "-m", "on it", "--cc", "+kim@desk.example", "--send", "--json")
    assert (said.code, said.json["state"]) == (0, "sent")
    shown = cli("show", "M-1", "--json").json
    assert (shown["requestors"], shown["cc"]) == (["lea@nordkauf.example"], ["kim@desk.example"])
    assert cli("do", "M-1", "reply", "-m", "x", "--cc", "kim", "--json").error == "usage"


def test_a_reply_to_more_people_is_refused_where_the_system_chooses_them(
    tickets: World, cli: Cli, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("deskui.upstream.memory.Adapter.recipients", "")
    said = cli("do", "M-1", "reply", "-m", "on it", "--to", "+kim@desk.example", "--json")
    assert (said.code, said.error) == (1, "refused")
    assert "mem chooses itself who gets a reply" in said.json["error"]["message"]
    assert cli("outbox", "--json").json["changes"] == []
    assert cli("do", "M-1", "reply", "-m", "on it", "--json").code == 0


def test_list_is_designs_document(tickets: World, cli: Cli):
    found = cli("list", "--json").json
    assert found["total"] == 2
    first = found["tickets"][0]
    keys = {
        "id", "upstream", "remote_id", "kind", "priority", "state", "hold_reason", "customer", "subject", "owner",
        "clock", "due", "due_in_s", "remaining_s", "paused", "breached", "pending",
    }  # fmt: skip
    assert keys <= set(first)
    assert (first["id"], first["priority"], first["state"], first["clock"]) == ("M-1", "P1", "new", "response")
    assert first["due"].endswith("Z")
    assert 0 < first["remaining_s"] <= 900
    assert (first["paused"], first["breached"], first["pending"]) == (False, False, 0)


@pytest.mark.parametrize(
    ("query", "ids"),
    [
        ([], ["M-1", "M-2"]),
        (["prio:1"], ["M-1"]),
        (["customer:Nordkauf"], ["M-1"]),
        (["psu"], ["M-2"]),
        (["state:new", "prio:3"], ["M-2"]),
        (["--limit", "1"], ["M-1"]),
        (["--limit", "0"], []),
        (["--upstream", "mem", "owner:none"], ["M-1", "M-2"]),
        (["state:resolved"], []),
        (["--all"], ["M-1", "M-2"]),
    ],
)
def test_list_filters(tickets: World, cli: Cli, query: list[str], ids: list[str]):
    assert [ticket["id"] for ticket in cli("list", "--json", *query).json["tickets"]] == ids


@pytest.mark.parametrize(
    ("sort", "ids"),
    [
        ("id", ["M-1", "M-2"]),
        ("id-", ["M-2", "M-1"]),
        ("subject", ["M-2", "M-1"]),
        ("created", ["M-2", "M-1"]),
        ("created^", ["M-1", "M-2"]),
        ("priority-", ["M-2", "M-1"]),
    ],
)
def test_list_sorts(tickets: World, cli: Cli, sort: str, ids: list[str]):
    assert [row["id"] for row in cli("list", "--sort", sort, "--json").json["tickets"]] == ids


def test_an_unknown_order_is_refused(tickets: World, cli: Cli):
    for wrong in ("sla^^", "age", "^"):
        assert cli("list", "--sort", wrong, "--json").error == "usage"


def test_list_for_people(tickets: World, cli: Cli):
    said = cli("list")
    assert said.out.splitlines()[0].split() == ["SLA", "P", "TICKET", "STATE", "CUSTOMER", "OWNER", "SUBJECT"]
    assert "Tills offline" in said.out
    assert said.err == ""
    plain = cli("list", "--plain").out.splitlines()
    assert [row.split("\t")[2] for row in plain] == ["M-1", "M-2"]


def test_show_is_designs_document(tickets: World, cli: Cli):
    found = cli("show", "M-1", "--json").json
    event = found["events"][0]
    assert {"at", "made_at", "type", "author", "side", "text", "pending"} <= set(event)
    assert (event["type"], event["text"], event["pending"]) == ("created", "all 14 stores", False)
    assert set(found["clocks"]) == {"response", "resolution"}
    assert found["clocks"]["response"]["target_s"] == 900
    assert "all 14 stores" in cli("show", "M-1").out


def test_do_queues_and_sync_sends(tickets: World, cli: Cli):
    done = cli("do", "M-1", "note", "-m", "rebooted", "--minutes", "5", "--json")
    assert done.code == 0
    assert (done.json["ticket"], done.json["state"]) == ("M-1", "queued")
    (waiting,) = cli("outbox", "--json").json["changes"]
    assert set(waiting) == {"change", "ticket", "verb", "state", "at", "error"}
    assert (waiting["change"], waiting["verb"]) == (done.json["change"], "note")
    assert cli("list", "--json", "prio:1").json["tickets"][0]["pending"] == 1
    synced = cli("sync", "--once", "--json").json
    assert set(synced["upstreams"]["mem"]) == {
        "pulled", "pushed", "conflicts", "rejected", "unknown", "offline", "error", "frozen", "missing", "swept_at",
        "back_to",
    }  # fmt: skip
    assert synced["open"] == {"conflicts": 0, "rejected": 0, "unknown": 0, "queued": 0}
    assert synced["upstreams"]["mem"]["pushed"] == 1
    assert cli("show", "M-1", "--json").json["events"][-1]["text"] == "rebooted"


@pytest.mark.parametrize(
    "order", [("--json", "do", "M-1", "ack"), ("do", "--json", "M-1", "ack"), ("do", "M-1", "ack", "--json")]
)
def test_options_of_all_commands_stand_anywhere(tickets: World, cli: Cli, order: tuple[str, ...]):
    assert cli(*order).json["state"] == "queued"


def test_the_value_of_an_option_is_never_an_option(tickets: World, cli: Cli):
    assert cli("do", "M-1", "note", "-m", "--json", "--json").json["state"] == "queued"
    assert cli("show", "M-1", "--json").json["events"][-1]["text"] == "--json"


def test_send_ends_the_hold_back_and_waits(tickets: World, cli: Cli):
    held = cli("do", "M-2", "reply", "-m", "We are on it.", "--json").json
    assert held["state"] == "queued"
    assert cli("sync", "--once", "--json").json["upstreams"]["mem"]["pushed"] == 0
    sent = cli("do", "M-2", "note", "-m", "x", "--json", "--send", "5")
    assert (sent.code, sent.json["state"]) == (0, "sent")
    assert cli("outbox", "--json").json["changes"] == []


def test_a_read_only_session_pulls_but_sends_nothing(tickets: World, cli: Cli):
    cli("do", "M-1", "ack")
    tickets.make(Create("third"))
    found = cli("--read-only", "sync", "--once", "--json").json
    assert (found["upstreams"]["mem"]["pulled"], found["upstreams"]["mem"]["pushed"]) == (1, 0)
    assert found["open"]["queued"] == 1


def test_me_is_the_login_or_what_as_says(tickets: World, cli: Cli):
    cli("do", "M-1", "assign", "me")
    assert cli("list", "--json", "prio:1").json["tickets"][0]["owner"] == "anna"
    cli("--as", "kim", "do", "M-2", "assign", "me")
    assert cli("show", "M-2", "--json").json["owner"] == "kim"
    assert cli("list", "owner:me", "--as", "kim", "--json").json["total"] == 1


def test_an_acknowledgement_twice_changes_nothing(tickets: World, cli: Cli):
    cli("do", "M-1", "ack", "--send")
    again = cli("do", "M-1", "ack", "--json")
    assert again.code == 0
    assert cli("outbox", "--json").json["changes"] == []


def test_new_offline_then_sent(cli: Cli):
    made = cli(
        "new", "--subject", "Phone", "--priority", "2", "--received", "2026-11-20T08:00:00Z", "-m", "x", "--json"
    )
    assert made.json["ticket"] == "M-~1"
    assert cli("show", "M-~1", "--json").json["received"] == "2026-11-20T08:00:00Z"
    sent = cli("do", "M-~1", "note", "-m", "more", "--send", "--json").json
    assert (sent["ticket"], sent["state"]) == ("M-1", "sent")
    assert cli("show", "M-~1", "--json").json["id"] == "M-1"


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"due_in_s": 720}, "respond 12m"),
        ({"due_in_s": -3900, "breached": True}, "respond -1h05 LATE"),
        ({"due_in_s": -3900}, "respond 0m"),  # used up at closing: in time until the next opening
        ({"due_in_s": -3900, "paused": True, "remaining_s": -120, "breached": True}, "respond = -2m"),
        ({"clock": None}, "-"),
        ({"clock": None, "doubtful": True}, "?"),
    ],
)
def test_a_clock_in_a_table(more: dict[str, object], said: str):
    plain = {"clock": "response", "paused": False, "breached": False, "doubtful": False}
    assert clock_cell({**plain, **more}) == said


def test_received_at_a_time_of_day_is_the_last_such_time(cli: Cli):
    at = now()
    typed = f"{datetime.fromtimestamp(at - 20 * 3600, ZoneInfo('Europe/Berlin')):%H:%M}"
    cli("new", "--subject", "Phone", "--received", typed)
    assert cli("show", "M-~1", "--json").json["received"] == iso(last_time(typed, "Europe/Berlin", at))


def test_a_conflict_is_listed_and_settled(tickets: World, cli: Cli):
    cli("do", "M-1", "priority", "P2")
    tickets.change_as("kim", "1", SetPriority(3))
    synced = cli("sync", "--once", "--json")
    assert (synced.code, synced.json["upstreams"]["mem"]["conflicts"]) == (1, 1)
    (clash,) = cli("conflicts", "--json").json["conflicts"]
    assert {"ticket", "field", "base", "mine", "theirs", "by"} <= set(clash)
    assert [clash[key] for key in ("ticket", "field", "base", "mine", "theirs", "by")] == [
        "M-1",
        "priority",
        "P1",
        "P2",
        "P3",
        "kim",
    ]
    assert cli("sync", "--once", "--json").code == 0  # nothing new needs a person
    assert cli("conflicts", "resolve", "M-1", "state", "mine", "--json").error == "conflict"
    assert cli("conflicts", "resolve", "M-1", "priority", "mine", "--json").json == {"conflicts": []}
    assert cli("sync", "--once").code == 0
    tickets.look()
    assert tickets.ticket("1").priority == 2


def test_no_false_conflict_for_another_field(tickets: World, cli: Cli):
    cli("do", "M-1", "assign", "me")
    tickets.change_as("kim", "1", Acknowledge())
    assert cli("sync", "--once").code == 0
    tickets.look()
    assert (tickets.ticket("1").owner, tickets.ticket("1").state) == ("anna", "in_progress")


def test_a_conflict_with_send_is_exit_1(tickets: World, cli: Cli):
    cli("do", "M-1", "assign", "me")
    tickets.change_as("kim", "1", Assign("kim"))
    sent = cli("do", "M-1", "assign", "me", "--json", "--send", "5")
    assert (sent.code, sent.json["state"]) == (1, "conflict")


def test_drop(tickets: World, cli: Cli):
    uid = cli("do", "M-1", "priority", "P2", "--json").json["change"]
    assert cli("outbox", "drop", uid, "--json").json["state"] == "dropped"
    assert cli("list", "--json", "prio:1").json["total"] == 1
    assert cli("outbox", "drop", uid, "--json").error == "refused"


def test_a_refused_change_is_sent_again(tickets: World, cli: Cli, monkeypatch: pytest.MonkeyPatch):
    uid = cli("do", "M-1", "note", "-m", "words", "--json").json["change"]
    assert cli("outbox", "again", uid, "--json").error == "refused"  # it only waits

    def refuse(*_: object) -> None:
        raise Rejected("not yours")

    with monkeypatch.context() as patched:
        patched.setattr("deskui.upstream.memory.Adapter.push", refuse)
        assert cli("sync", "--once").code == 1
    assert [draft["text"] for draft in cli("draft", "--json").json["drafts"]] == ["words"]
    assert cli("outbox", "again", uid, "--json").json["state"] == "queued"
    assert cli("draft", "--json").json["drafts"] == []
    assert cli("sync", "--once").code == 0
    assert cli("outbox", "again", "nothing", "--json").error == "refused"


def test_what_waits_for_a_deleted_ticket_goes_on_in_a_new_one(tickets: World, cli: Cli):
    cli("do", "M-1", "note", "-m", "cable swapped")
    tickets.delete("1")
    assert cli("sync", "--once").code == 1
    assert cli("conflicts", "resolve", "M-1", "note", "mine", "--json").error == "conflict"
    said = cli("conflicts", "resolve", "M-1", "note", "new", "--json")
    assert (said.json["conflicts"], "M-1 goes on as M-~1" in said.err) == ([], True)
    assert cli("sync", "--once").code == 0
    assert cli("show", "M-~1", "--json").json["events"][-1]["text"] == "cable swapped"


def test_what_is_dropped_is_a_draft(tickets: World, cli: Cli):
    uid = cli("do", "M-1", "note", "-m", "words", "--json").json["change"]
    assert cli("outbox", "drop", uid, "--json").json["state"] == "dropped"
    assert [draft["text"] for draft in cli("draft", "--json").json["drafts"]] == ["words"]


def test_explain(tickets: World, cli: Cli):
    found = cli("sla", "explain", "M-1", "--json").json
    clock = found["clocks"]["response"]
    assert found["ticket"] == "M-1"
    assert {"state", "target_s", "elapsed_s", "remaining_s", "due", "breached", "stopped_at", "spans"} <= set(clock)
    assert set(clock["spans"][0]) == {"from", "to", "counted_s", "why", "rule", "words"}
    assert "P1, round the clock" in cli("sla", "explain", "M-1").out


@pytest.mark.parametrize(
    ("argv", "code", "kind"),
    [
        (["show", "M-99"], 1, "unknown_ticket"),
        (["sla", "explain", "M-99"], 1, "unknown_ticket"),
        (["do", "M-99", "ack"], 1, "unknown_ticket"),
        (["do", "M-1", "resume"], 1, "refused"),
        (["do", "M-1", "close"], 1, "refused"),
        (["do", "M-1", "dance"], 2, "usage"),
        (["do", "M-1", "hold", "coffee"], 2, "usage"),
        (["do", "M-1", "note"], 2, "usage"),
        (["do", "M-1", "ack", "--home"], 2, "usage"),
        (["do", "M-1"], 2, "usage"),
        (["new"], 2, "usage"),
        (["new", "--subject", "x", "--priority", "P9"], 2, "usage"),
        (["new", "--subject", "x", "--received", "yesterday"], 2, "usage"),
        (["new", "--subject", "x", "--received", "2099-01-01T00:00:00Z"], 2, "usage"),
        (["new", "--subject", "x", "--upstream", "jira"], 2, "usage"),
        (["list", "--limit", "many"], 2, "usage"),
        (["list", "--upstream", "jira"], 2, "usage"),
        (["list", "state:lost"], 2, "query"),
        (["list", "--frobnicate"], 2, "usage"),
        (["frobnicate"], 2, "usage"),
        (["outbox", "drop", "nothing"], 1, "refused"),
        (["conflicts", "resolve", "M-1", "state", "mine"], 1, "conflict"),
        (["--read-only", "do", "M-1", "ack"], 1, "refused"),
        (["do", "M-1", "ack", "--read-only"], 1, "refused"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else str(value),
)
def test_errors(tickets: World, cli: Cli, argv: list[str], code: int, kind: str):
    said = cli(*argv, "--json")
    if argv[-1] == "--home":
        said = cli("--json", *argv)
    assert (said.code, said.error) == (code, kind)
    assert set(said.json["error"]) == {"kind", "message", "hint"}
    assert said.json["error"]["message"] in said.err.replace("\n        ", " ")


def test_hostile_text_is_inert_for_people_and_ascii_for_scripts(world: World, cli: Cli):
    world.make(Create(HOSTILE, HOSTILE, customer=HOSTILE))
    cli("sync", "--once")
    for said in (cli("list"), cli("list", "--plain"), cli("show", "M-1"), cli("sla", "explain", "M-1")):
        assert not [char for char in said.out if char != "\n" and char != "\t" and not char.isprintable()]
    said = cli("list", "--json")
    assert said.out.isascii()
    assert said.out.rstrip("\n").isprintable()
    assert said.json["tickets"][0]["subject"] == HOSTILE


def test_a_second_home_sees_the_same(tickets: World, cli: Cli, home: Path, tmp_path: Path):
    cli("do", "M-1", "ack")
    cli("do", "M-2", "hold", "vendor", "--send")
    cli("sync", "--once")
    other = tmp_path / "other"
    other.mkdir()
    (other / "config.toml").write_text((home / "config.toml").read_text())
    assert cli("--home", str(other), "sync", "--once", here=False).code == 0
    found = cli("--home", str(other), "list", "--json", here=False).json
    mine = cli("list", "--json").json

    def told(document: dict) -> list[tuple]:
        return [
            tuple(ticket[key] for key in ("id", "state", "hold_reason", "clock", "due", "paused"))
            for ticket in document["tickets"]
        ]

    assert told(found) == told(mine)


def test_list_remote_asks_the_system_itself_and_keeps_nothing(tickets: World, cli: Cli):
    assert cli("sync", "--once").code == 0
    remote = tickets.make(Create("Attic light", "off", requestor="carl@kunde.example"))
    done = cli("list", "--remote", "attic", "LIGHT", "--json")
    assert done.code == 0
    (row,) = done.json["tickets"]
    assert (row["id"], row["here"], row["clock"], done.json["errors"]) == (f"M-{remote}", False, None, {})
    assert "(only there)" in cli("list", "--remote", "attic").out
    assert cli("show", f"M-{remote}", "--json").code == 1
    assert cli("list", "--remote", "attic", "--all").code == 2
