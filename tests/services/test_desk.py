"""What a screen asks of the desk and does to it."""

from concurrent.futures import CancelledError
from pathlib import Path

import pytest

from deskui.domain import contractfile
from deskui.domain.change import Acknowledge, Assign, Close, Create, Note, Reply
from deskui.domain.contract import Rules
from deskui.domain.query import QueryError
from deskui.domain.sla import Clock as Reading
from deskui.services import present
from deskui.services.desk import Desk, Refused, UnknownTicket
from deskui.store import conflicts, outbox, tickets
from deskui.store.driver import StoreError
from deskui.store.store import Store
from tests.make import NOW, POLICY, make_event, make_rules, make_store, make_ticket, pull, write


@pytest.fixture
def desk(store: Store) -> Desk:
    return Desk(store, store.rules, lambda upstream: "anna", "Europe/Berlin", "rt", 10)


@pytest.fixture
def ticket(store: Store) -> str:
    return pull(store, make_ticket(17), [make_event(priority=2)])


def test_a_change_is_kept_here_and_shown_at_once(desk: Desk, ticket: str) -> None:
    entry = desk.do("rt-17", Assign("anna")).result(10)
    assert (entry.state, entry.author, entry.made_at, entry.ticket) == ("queued", "anna", NOW, ticket)
    found = desk.ticket("RT-17")
    assert found is not None
    assert found.owner == "anna"
    assert [each.uid for each in desk.outbox()] == [entry.uid]


def test_a_public_reply_can_be_taken_back_for_ten_seconds_but_not_on_a_p1(desk: Desk, store: Store) -> None:
    pull(store, make_ticket(1, priority=1), [make_event(priority=1)])
    pull(store, make_ticket(2, priority=2), [make_event(priority=2)])
    assert desk.do("RT-2", Reply("We are on it")).result(10).not_before == NOW + 10
    assert desk.do("RT-1", Reply("We are on it")).result(10).not_before == 0
    assert desk.do("RT-2", Note("seen")).result(10).not_before == 0


def test_what_the_state_refuses_is_refused_and_nothing_is_kept(desk: Desk, ticket: str) -> None:
    with pytest.raises(Refused, match="resolve it before closing"):
        desk.do("RT-17", Close()).result(10)
    with pytest.raises(UnknownTicket, match="RT-99"):
        desk.do("RT-99", Note("x")).result(10)
    assert desk.outbox() == []


def test_a_read_only_desk_keeps_nothing(store: Store, ticket: str) -> None:
    desk = Desk(store, store.rules, lambda upstream: "anna", "UTC", "rt", read_only=True)
    for future in (desk.do("RT-17", Note("x")), desk.new(Create("x")), desk.drop("x")):
        with pytest.raises(Refused, match="read-only"):
            future.result(10)


def test_an_acknowledgement_that_changes_nothing_is_not_kept(desk: Desk, store: Store) -> None:
    events = [make_event(priority=2), make_event("public_reply", NOW - 60, author="kim")]
    pull(store, make_ticket(1, state="in_progress"), events)
    entry = desk.do("RT-1", Acknowledge()).result(10)
    assert (entry.state, desk.outbox()) == ("dropped", [])
    pull(store, make_ticket(2), [make_event(priority=2)])
    assert desk.do("RT-2", Acknowledge()).result(10).state == "queued"
    assert desk.do("RT-2", Acknowledge()).result(10).state == "dropped"


def test_a_new_ticket_has_a_name_a_token_and_a_clock(desk: Desk) -> None:
    name, entry = desk.new(Create("Tills offline", priority=1, received=NOW - 60)).result(10)
    assert name == "RT-~1"
    assert isinstance(entry.change, Create)
    assert entry.change.token
    clocks = desk.clocks(name, NOW)
    assert clocks is not None
    assert clocks["response"] == Reading("running", 900, 60, 840, NOW + 840, False, None)
    assert desk.new(Create("Second")).result(10)[0] == "RT-~2"


def test_a_dropped_create_takes_its_ticket_along(desk: Desk) -> None:
    name, entry = desk.new(Create("Tills offline")).result(10)
    note = desk.do(name, Note("called")).result(10)
    desk.drop(entry.uid).result(10)
    assert not desk.ids_now("")
    dropped = desk.entry(note.uid)
    assert dropped is not None
    assert dropped.state == "dropped"


def test_only_what_has_not_left_can_be_dropped(desk: Desk, store: Store, ticket: str) -> None:
    entry = desk.do("RT-17", Assign("anna")).result(10)
    write(store, lambda tx: outbox.mark(tx, entry.uid, "sending"))
    with pytest.raises(Refused, match="on its way"):
        desk.drop(entry.uid).result(10)
    write(store, lambda tx: outbox.mark(tx, entry.uid, "unknown"))
    desk.drop(entry.uid).result(10)
    found = desk.ticket("RT-17")
    assert found is not None
    assert found.owner is None


def test_a_dropped_conflict_is_closed(desk: Desk, store: Store, ticket: str) -> None:
    entry = desk.do("RT-17", Assign("anna")).result(10)
    write(store, lambda tx: outbox.mark(tx, entry.uid, "conflict"))
    write(store, lambda tx: conflicts.put(tx, ticket, entry.uid, "owner", base=None, mine="anna", theirs="kim"))
    desk.drop(entry.uid).result(10)
    assert store.read(conflicts.open_) == []


def test_clocks_are_read_at_any_time_and_none_is_doubtful(desk: Desk, store: Store, ticket: str) -> None:
    pull(store, make_ticket(18), history="none")
    assert desk.clocks("RT-18", NOW) is None
    late = desk.clocks("RT-17", NOW + 61)
    assert late is not None
    assert late["response"].breached
    assert late["response"].remaining == -61


def test_ids_by_query_and_a_query_that_is_none(desk: Desk, store: Store, ticket: str) -> None:
    pull(store, make_ticket(18, owner="anna", subject="Drucker kaputt"), [make_event(priority=2)])
    assert len(desk.ids_now("")) == 2
    mine = desk.ids_now("owner:me drucker")
    assert [row[2] for row in desk.rows(mine)] == ["RT-18"]
    assert desk.ids("owner:me").result(10) == mine
    with pytest.raises(QueryError):
        desk.ids("prio:9").result(10)


def test_a_newer_filter_cancels_the_older_one(desk: Desk, store: Store, ticket: str) -> None:
    endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n"
    endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n"
    slow = store.ask("ids", lambda db: db.execute(endless).fetchone())
    assert len(desk.ids("").result(10)) == 1
    with pytest.raises(CancelledError):
        slow.result(10)


def test_outside_its_hours_a_calendar_sleeps(desk: Desk, store: Store) -> None:
    pull(store, make_ticket(9, priority=3), [make_event("created", NOW - 3600, priority=3)])
    pull(store, make_ticket(10, priority=2), [make_event("created", NOW - 3600, priority=2)])
    office, always = desk.row("RT-9"), desk.row("RT-10")
    assert office is not None
    assert always is not None
    assert desk.asleep(office, NOW)
    assert not desk.asleep(office, NOW + 8 * 3600)
    assert not desk.asleep(always, NOW)


def test_it_sleeps_by_the_hours_of_the_contract_that_counts_for_the_ticket(tmp_path: Path) -> None:
    """Nordkauf's office opens at two in the morning since midnight; what began before goes by the old hours."""
    days = ("mon", "tue", "wed", "thu", "fri")
    early = {"office": {"weekly": {day: [["02:00", "18:00"]] for day in days}}}
    old = contractfile.parse({"customer": "Nordkauf", "effective": "2026-01-01"}, "old", POLICY)
    new = contractfile.parse({"customer": "Nordkauf", "effective": "2026-11-24", "calendars": early}, "new", POLICY)
    law = Rules({"Nordkauf": new}, make_rules().default, lambda: "1", {"Nordkauf": (old, new)})
    with make_store(tmp_path, rules=law) as store:
        desk = Desk(store, law, lambda upstream: "anna")
        for number, made in ((1, NOW - 9 * 3600), (2, NOW - 3600)):
            pull(store, make_ticket(number, priority=3, created=made), [make_event(at=made, priority=3)])
        received = make_ticket(3, priority=3, created=NOW - 3600, received=NOW - 9 * 3600)
        pull(store, received, [make_event(at=NOW - 3600, priority=3)])
        rows = {row[2]: row for row in desk.rows(desk.ids_now(""))}
        assert {name: desk.asleep(row, NOW) for name, row in rows.items()} == {
            "RT-1": True, "RT-2": False, "RT-3": True,
        }  # fmt: skip
        states = {row["id"]: row["clock_state"] for row in present.listing(desk, "", NOW)["tickets"]}
        assert states == {"RT-1": "off_hours", "RT-2": "running", "RT-3": "off_hours"}


def test_similar_tickets_share_words(desk: Desk, store: Store) -> None:
    for n, subject in enumerate(("VPN gateway flapping", "Printer jam", "vpn gateway down again", "Lunch"), 1):
        pull(store, make_ticket(n, subject=subject), [make_event()])
    assert [row[2] for row in desk.similar("RT-1")] == ["RT-3"]
    assert desk.similar("RT-4") == []


def test_half_a_character_is_refused_and_nothing_is_kept(desk: Desk, ticket: str) -> None:
    with pytest.raises(StoreError, match="half of a character"):
        desk.do("RT-17", Note("bad \ud800")).result(10)
    assert desk.outbox() == []
    assert desk.do("RT-17", Note("good")).result(10).state == "queued"


def test_half_a_character_finds_nothing_and_breaks_nothing(desk: Desk, ticket: str) -> None:
    for ask in (desk.ticket, desk.row):
        with pytest.raises(StoreError, match="half of a character"):
            ask("RT-\udcff")
    with pytest.raises(QueryError, match="no text holds such a character"):
        desk.ids_now("RT-\udcff")
    with pytest.raises(QueryError, match="no text holds such a character"):
        desk.ids("\udcff").result(10)
    assert desk.ids("").result(10) == desk.ids_now("")


def test_a_deleted_ticket_takes_no_change(desk: Desk, store: Store, ticket: str) -> None:
    write(store, lambda tx: tickets.tombstone(tx, ticket))
    with pytest.raises(Refused, match="deleted"):
        desk.do("RT-17", Note("x")).result(10)


def test_a_merged_tickets_name_leads_to_the_survivor(desk: Desk, store: Store, ticket: str) -> None:
    into = pull(store, make_ticket(18), [make_event(priority=2)])
    desk.do("RT-17", Note("follows")).result(10)
    write(store, lambda tx: tickets.tombstone(tx, ticket, into=into))
    found = desk.ticket("RT-17")
    assert found is not None
    assert found.id == "RT-18"
    assert [event.text for event in desk.timeline("RT-18") if event.pending] == ["follows"]
