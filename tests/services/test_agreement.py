"""List, show and explain tell one story: after any history, at any time, the same clock."""

import random
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from deskui.services import present
from deskui.services.desk import Desk
from deskui.store import journal, slafacts, tickets
from deskui.store.store import Store, Tx
from tests.make import NOW, Clock, make_event, make_rules, make_store, make_ticket, pull, write
from tests.make import queue as do
from tests.store.test_invariants import any_change, any_fact

STATES = {"hold": "pending", "resume": "in_progress", "resolve": "resolved", "reopen": "in_progress"}
POLICIES: list[dict[str, Any]] = [
    {}, {"offline_events": "made"}, {"response_pauses_on_hold": True, "pausing_reasons": ["customer"]},
    {"priority_change": "retroactive"}, {"priority_change": "from_change", "judge_stopped_by": "current_priority"},
]  # fmt: skip


@pytest.fixture(params=range(len(POLICIES)))
def store(request: pytest.FixtureRequest, tmp_path: Any) -> Iterator[Store]:
    with make_store(tmp_path, Clock(), make_rules(**POLICIES[request.param])) as opened:
        yield opened


def happen(store: Store, dice: random.Random, uid: str) -> None:
    """Something upstream, stamped by a clock that may be ahead of ours; or something here."""
    shown = store.read(lambda db: tickets.shown(db, uid))
    base = store.read(lambda db: tickets.base(db, uid))
    if dice.random() < 0.4:
        change = any_change(dice)
        if not change.refused(shown):
            do(store, uid, change)
        return
    fact = any_fact(dice, store.clock() + dice.choice([-9000, -60, 0, 300]))
    if dice.random() < 0.4:
        fact = replace(fact, made_at=fact.at - dice.randrange(9000))
    state = STATES.get(fact.type, base.state)
    pull(
        store,
        replace(
            base, state=state, priority=fact.data.get("to", base.priority) if fact.type == "priority" else base.priority
        ),
        [fact],
    )


def listed(row: dict[str, Any], clock: dict[str, Any]) -> dict[str, Any]:
    """What the list must say of a clock."""
    return {
        "remaining_s": clock["remaining_s"], "due": clock["due"], "breached": clock["breached"],
        "paused": clock["state"] == "paused",
    }  # fmt: skip


def agree(desk: Desk, row: dict[str, Any], now: int) -> None:
    show, told = present.showing(desk, row["id"], now), present.explaining(desk, row["id"], now)
    assert {name: show[name] for name in row} == row
    if row["clock"]:
        expected = listed(row, show["clocks"][row["clock"]])
        assert {name: row[name] for name in expected} == expected
    for name, clock in told["clocks"].items():
        assert {key: clock[key] for key in show["clocks"][name]} == show["clocks"][name]
        spans = [span for span in clock["spans"] if span["rule"] != "earlier_count"]
        assert sum(span["counted_s"] for span in spans) == clock["elapsed_s"], name
        edges = [(one["to"], two["from"]) for one, two in zip(clock["spans"], clock["spans"][1:], strict=False)]
        assert all(end == start for end, start in edges)


def exclude(store: Store, dice: random.Random, uid: str) -> None:
    """An hour or so agreed not to count, perhaps still to come."""
    start = store.clock() + dice.choice([-9000, -60, 3000])
    data = {"from": start, "to": start + 3600, "reason": "customer", "approver": "kim"}

    def work(tx: Tx) -> None:
        journal.append(tx, slafacts.EXCLUSION, f"ticket:{uid}", data, author="anna")
        tickets.rebuild(tx, [uid])

    write(store, work)


@pytest.mark.parametrize("seed", range(4))
def test_list_show_and_explain_agree(store: Store, seed: int) -> None:
    dice, desk = random.Random(seed), Desk(store, store.rules, lambda upstream: "anna", default_upstream="rt")
    uids = []
    for number in range(3):
        made = NOW - dice.randrange(400_000)
        ticket = make_ticket(number, created=made, received=dice.choice([None, made - 900]))
        uids.append(pull(store, ticket, [make_event(at=made, priority=dice.randint(1, 4))]))
    for _ in range(20):
        store.clock.now += dice.randrange(20_000)
        happen(store, dice, dice.choice(uids))
        if dice.random() < 0.1:
            exclude(store, dice, dice.choice(uids))
        now = store.clock() + dice.choice([0, 0, 60, 90_000])
        for row in present.listing(desk, "state:all", now)["tickets"]:
            agree(desk, row, now)
