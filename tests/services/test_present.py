"""The JSON documents that scripts read."""

import json
from dataclasses import replace

import pytest

from deskui.domain.change import Assign, Create, Note
from deskui.services import present
from deskui.services.desk import Desk, UnknownTicket
from deskui.store import conflicts
from deskui.store.store import Store
from tests.make import NOW, make_event, make_ticket, pull, write


@pytest.fixture
def desk(store: Store) -> Desk:
    return Desk(store, store.rules, lambda upstream: "anna", "UTC", "rt", 10)


def test_list(desk: Desk, store: Store) -> None:
    pull(store, make_ticket(17, owner="kim"), [make_event(priority=2)])
    desk.do("RT-17", Note("x")).result(10)
    document = present.listing(desk, "", NOW - 60)
    json.dumps(document)
    assert document["total"] == 1
    assert document["tickets"][0].items() >= {
        "id": "RT-17", "upstream": "rt", "remote_id": "17", "kind": "incident", "priority": "P2", "state": "new",
        "hold_reason": None, "customer": "Nordkauf", "subject": "Ticket 17", "owner": "kim", "clock": "response",
        "due": "2026-11-24T02:07:00Z", "due_in_s": 60, "remaining_s": 60, "paused": False, "breached": False,
        "pending": 1,
    }.items()  # fmt: skip
    late = present.listing(desk, "", NOW + 1)["tickets"][0]
    assert (late["due_in_s"], late["remaining_s"], late["breached"]) == (-1, -1, True)
    exact = present.listing(desk, "", NOW)["tickets"][0]
    assert (exact["remaining_s"], exact["breached"]) == (0, False)


def test_remaining_is_working_time_and_due_in_is_wall_time(desk: Desk, store: Store) -> None:
    pull(store, make_ticket(17, priority=4), [make_event(priority=4)])  # at night: opens at 09:00, eight hours
    ticket = present.listing(desk, "", NOW)["tickets"][0]
    assert ticket["due"] == "2026-11-24T17:00:00Z"
    assert (ticket["remaining_s"], ticket["due_in_s"]) == (8 * 3600, 14 * 3600 + 53 * 60)


def test_list_of_paused_and_doubtful_and_none(desk: Desk, store: Store) -> None:
    acked = [make_event(priority=2), make_event("acknowledge", NOW - 3600)]
    pull(store, make_ticket(1, state="pending"), [*acked, make_event("hold", NOW - 1800, reason="vendor")])
    pull(store, make_ticket(2), history="none")
    pull(store, make_ticket(3, state="resolved"), [make_event(priority=2), make_event("resolve", NOW)])
    by_id = {ticket["id"]: ticket for ticket in present.listing(desk, "state:all", NOW)["tickets"]}
    picked = {
        name: [by_id[name][key] for key in ("clock", "due", "remaining_s", "paused", "breached", "hold_reason")]
        for name in by_id
    }
    assert picked == {
        "RT-1": ["resolution", None, 8 * 3600 - 1800, True, False, "vendor"],
        "RT-2": [None, None, None, False, False, None],
        "RT-3": [None, None, None, False, False, None],
    }
    assert by_id["RT-2"]["doubtful"]


def test_limit_and_total(desk: Desk, store: Store) -> None:
    for n in range(5):
        pull(store, make_ticket(n), [make_event(priority=2)])
    document = present.listing(desk, "", NOW, limit=2)
    assert (document["total"], [each["id"] for each in document["tickets"]]) == (5, ["RT-0", "RT-1"])
    assert present.listing(desk, "", NOW, limit=0)["tickets"] == []
    assert present.listing(desk, "", NOW, upstream="other") == {"total": 0, "tickets": []}


def test_show(desk: Desk, store: Store) -> None:
    note = make_event("internal_note", NOW - 60, author="kim", made_at=NOW - 120, text="Grüße")
    pull(store, make_ticket(17, cis=("sw1",)), [make_event(author="c", side="customer", text="Help", priority=2), note])
    desk.do("RT-17", Note("mine", 5)).result(10)
    document = present.showing(desk, "rt-17", NOW)
    json.dumps(document)
    assert document["cis"] == ["sw1"]
    assert [[event[key] for key in ("at", "made_at", "type", "author", "side", "text", "pending")]
            for event in document["events"]] == [
        ["2026-11-24T01:07:00Z", None, "created", "c", "customer", "Help", False],
        ["2026-11-24T02:06:00Z", "2026-11-24T02:05:00Z", "internal_note", "kim", "staff", "Grüße", False],
        ["2026-11-24T02:07:00Z", "2026-11-24T02:07:00Z", "internal_note", "anna", "staff", "mine", True],
    ]  # fmt: skip
    assert document["clocks"]["response"] == {
        "state": "running", "target_s": 3600, "elapsed_s": 3600, "remaining_s": 0, "due": "2026-11-24T02:07:00Z",
        "breached": False, "stopped_at": None,
    }  # fmt: skip
    with pytest.raises(UnknownTicket):
        present.showing(desk, "RT-99", NOW)


def test_show_without_history_has_no_clocks(desk: Desk, store: Store) -> None:
    pull(store, make_ticket(2), history="none")
    assert present.showing(desk, "RT-2", NOW)["clocks"] is None
    told = present.explaining(desk, "RT-2", NOW)
    assert "the fix clock pauses on: every hold" in told.pop("policy")
    assert told == {
        "ticket": "RT-2",
        "contract": {"name": "default", "effective": None},
        "exclusions": [],
        "clocks": {},
    }


def test_explain_adds_up(desk: Desk, store: Store) -> None:
    acked = [make_event(priority=2), make_event("acknowledge", NOW - 3000)]
    pull(store, make_ticket(1, state="pending"), [*acked, make_event("hold", NOW - 1800, reason="vendor")])
    document = present.explaining(desk, "RT-1", NOW)
    json.dumps(document)
    for clock in document["clocks"].values():
        assert sum(span["counted_s"] for span in clock["spans"]) == clock["elapsed_s"]
    assert document["clocks"]["resolution"]["state"] == "paused"


def test_a_ticket_made_here_explains_itself(desk: Desk) -> None:
    name, _ = desk.new(Create("Tills", priority=1, received=NOW - 60)).result(10)
    clock = present.explaining(desk, name, NOW)["clocks"]["response"]
    assert (clock["elapsed_s"], clock["spans"][0]["from"]) == (60, "2026-11-24T02:06:00Z")


def test_outbox_and_do(desk: Desk, store: Store) -> None:
    pull(store, make_ticket(17), [make_event(priority=2)])
    entry = desk.do("RT-17", Assign("anna")).result(10)
    assert present.waiting(desk) == {
        "changes": [
            {"change": entry.uid, "ticket": "RT-17", "verb": "assign", "state": "queued",
             "at": "2026-11-24T02:07:00Z", "error": None}
        ]
    }  # fmt: skip
    failed = replace(entry, state="rejected", error="no such user")
    assert present.waiting(desk, [failed])["changes"][0]["error"] == "no such user"
    assert present.done("RT-17", entry) == {"ticket": "RT-17", "change": entry.uid, "state": "queued"}
    assert present.counts({"queued": 2, "conflict": 1}) == {"conflicts": 1, "rejected": 0, "unknown": 0, "queued": 2}


def test_conflicts(desk: Desk, store: Store) -> None:
    uid = pull(store, make_ticket(17), [make_event(priority=2)])
    entry = desk.do("RT-17", Assign("anna")).result(10)
    write(store, lambda tx: conflicts.put(tx, uid, entry.uid, "owner", base=None, mine="anna", theirs="kim", by="kim"))
    document = present.clashing(store.read(conflicts.open_))
    assert document["conflicts"][0].items() >= {
        "ticket": "RT-17", "field": "owner", "base": None, "mine": "anna", "theirs": "kim", "by": "kim",
    }.items()  # fmt: skip
