"""The quick way from rows to columns: what it says of a plain past is what the machine says of its events."""

import sqlite3
from collections.abc import Iterator
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from deskui.domain import sla
from deskui.domain.contract import Policy, Target
from deskui.domain.event import Event
from deskui.store import derive, pasts
from deskui.store.outbox import dumps
from tests.domain.test_plain import BOTH, START, history, promised


@pytest.fixture
def db() -> Iterator[sqlite3.Connection]:
    found = sqlite3.connect(":memory:", isolation_level=None)
    found.execute("CREATE TABLE event (ticket INTEGER, at INTEGER, type TEXT, data TEXT)")
    yield found
    found.close()


def put(db: sqlite3.Connection, ticket: int, past: list[Event]) -> None:
    rows = [(ticket, event.at, event.type, dumps(dict(event.data))) for event in past]
    db.executemany("INSERT INTO event VALUES (?, ?, ?, ?)", rows)


def made(priority: int, at: int = START) -> Event:
    return Event("1", at, "created", data={"priority": priority, "state": "new"})


def only(db: sqlite3.Connection) -> pasts.Past:
    return pasts.read(db, pasts.between(1, 1))[1]


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(history(), st.integers(1, 4))
def test_the_columns_are_the_machines(db, past, priority):
    events = [made(priority, START - 700), *(event for event in past if event.type != "created")]
    db.execute("DELETE FROM event")
    put(db, 1, events)
    found = pasts.Counted().clocks(promised(), START, only(db), None)
    if found is not None:
        assert found == (derive.of_runs(sla.run(promised(), START, priority, events)), True)


def test_the_same_past_under_other_contracts_is_counted_by_theirs(db):
    """Contracts come and go, and a service's is made anew for each ticket."""
    put(db, 1, [made(1), Event("2", START + 60, "acknowledge")])
    counted, targets = pasts.Counted(), dict(BOTH)
    for seconds in (60, 3600, 7200):
        targets = {**BOTH, 1: {"response": Target(seconds, "24x7"), "resolution": Target(8 * seconds, "24x7")}}
        law = replace(promised(), policy=Policy(targets))
        for _ in range(2):
            found = counted.clocks(replace(law), START, only(db), None)
            assert found is not None
            assert found[0].due == START + 8 * seconds


def test_pasts_that_differ_in_what_counts_are_told_apart(db):
    """By the priority at first, the reason of a hold, and what a move of the priority goes to."""
    law, counted = promised(pausing_reasons=frozenset({"customer"})), pasts.Counted()
    hold = {"at": START + 600, "type": "hold"}
    wholes = [
        [made(1)], [made(2)], [made(1), Event("2", **hold, data={"reason": "customer"})],
        [made(1), Event("2", **hold, data={"reason": "vendor"})], [made(1), Event("2", **hold)],
        [made(1), Event("2", START + 600, "priority", data={"from": 1, "to": 2})],
        [made(1), Event("2", START + 600, "priority", data={"from": 1, "to": 3})],
    ]  # fmt: skip
    for ticket, past in enumerate(wholes, 1):
        put(db, ticket, past)
    found = pasts.read(db, pasts.among(range(1, len(wholes) + 1)))
    for ticket, past in enumerate(wholes, 1):
        expected = derive.of_runs(sla.run(law, START, past[0].data["priority"], past))
        assert counted.clocks(law, START, found[ticket], None) == (expected, True)


def test_what_no_clock_takes_notice_of_makes_no_past_of_its_own(db):
    """Minutes, texts and notes; also a note at the very second of something else."""
    put(db, 1, [made(1), Event("2", START + 60, "public_reply")])
    put(db, 2, [
        made(1), Event("2", START + 60, "internal_note"), Event("3", START + 60, "public_reply", data={"minutes": 5}),
        Event("4", START + 60, "assign", data={"to": "kim"}), Event("5", START + 60, "customer_reply"),
    ])  # fmt: skip
    found = pasts.read(db, pasts.between(1, 2))
    assert found[1][1:] == found[2][1:]


@pytest.mark.parametrize(
    "past",
    [
        [Event("1", START, "acknowledge")],
        [Event("1", START, "created", data={"state": "new"})],
        [Event("1", START, "acknowledge"), made(1, START + 1)],
        [made(1), Event("2", START, "acknowledge")],
        [made(1), Event("2", START + 60, "hold", data={"reason": 'two\nlines{"'}), Event("3", START + 50, "resume")],
    ],
)  # fmt: skip
def test_a_past_without_a_plain_beginning_or_order_is_left_to_the_machine(db, past):
    put(db, 1, past)
    assert pasts.Counted().clocks(promised(), START, only(db), None) is None


def test_a_reason_may_hold_anything(db):
    past = [made(1), Event("2", START + 60, "hold", data={"reason": 'two\nlines {"x": 1}'})]
    put(db, 1, [*past, Event("3", START + 90, "resume", data={"reason": "vendor"})])
    found = pasts.Counted().clocks(promised(), START, only(db), None)
    assert found is not None
    assert '"resolution":{"state":"paused"' in str(found[0].runs)


def test_figures_of_stopped_clocks_that_would_change_are_told(db):
    put(db, 1, [made(1), Event("2", START + 60, "acknowledge")])
    counted = pasts.Counted()
    before = counted.clocks(promised(), START, only(db), None)
    assert before is not None
    targets = {**BOTH, 1: {"response": BOTH[1]["response"], "resolution": Target(60, "24x7")}}
    law = replace(promised(), policy=Policy(targets))
    now = counted.clocks(law, START, only(db), before[0].runs)  # only what runs is another
    assert now is not None
    assert now[1]
    assert now[0].runs != before[0].runs
    targets[1] = {"response": Target(60, "24x7"), "resolution": BOTH[1]["resolution"]}
    now = counted.clocks(replace(law, policy=Policy(targets)), START, only(db), before[0].runs)
    assert now is not None
    assert not now[1]


def test_tickets_without_facts_have_no_past(db):
    put(db, 2, [made(1)])
    put(db, 3, [Event("2", START, "internal_note")])
    assert set(pasts.read(db, pasts.among([1, 2, 3, 9]))) == {2}
    assert pasts.read(db, pasts.between(3, 9)) == {}
