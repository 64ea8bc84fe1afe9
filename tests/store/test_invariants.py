"""DESIGN's invariants (a) and (b) after any history: what is kept is what a fresh derivation gives."""

import random
from dataclasses import replace

import pytest

from deskui.domain import change as changes
from deskui.domain import fields
from deskui.domain.merge import replay
from deskui.domain.ticket import LEVELS
from deskui.store import derive, outbox, tickets
from deskui.store.recount import Recount
from deskui.store.store import Store
from tests.make import NOW, Clock, make_event, make_ticket, pull, write
from tests.make import queue as do

DERIVED = """SELECT uid, id, kind, priority, state, hold_reason, customer, subject, owner, created, updated, clock, due,
    frozen, mode, calendar, pending, answered, nofirst, late, response_due, resolution_due, done, band, sort_due, find,
    runs, shown, late_at, standing FROM ticket ORDER BY pk"""


def any_change(dice: random.Random) -> changes.Change:
    return dice.choice(
        [
            changes.Acknowledge(), changes.Assign(dice.choice(["anna", "kim", None])), changes.Hold("vendor"),
            changes.Resume(), changes.Resolve("done"), changes.Reopen("not done"), changes.Cancel("no"),
            fields.SetPriority(dice.randint(1, 4)), fields.SetImpact(dice.choice(LEVELS)),
            changes.Reply("we look", dice.randint(0, 9)), changes.Note("seen"), fields.SetCi("sw1"),
        ]
    )  # fmt: skip


def any_fact(dice: random.Random, at: int):
    kind, data = dice.choice(
        [
            ("acknowledge", {}), ("hold", {"reason": "customer"}), ("hold", {"reason": "vendor"}), ("resume", {}),
            ("resolve", {}), ("reopen", {}), ("public_reply", {}), ("customer_reply", {}),
            ("priority", {"from": 2, "to": dice.randint(1, 4)}), ("assign", {"to": "kim"}),
        ]
    )  # fmt: skip
    side = "customer" if kind == "customer_reply" else dice.choice(["staff", "system"])
    return make_event(kind, at, data=data, side=side, text="words" if kind.endswith("reply") else None)


def step(store: Store, dice: random.Random, uids: list[str]) -> None:
    """Something that happens to a desk."""
    what, uid = dice.randrange(6), dice.choice(uids)
    ticket = store.read(lambda db: tickets.shown(db, uid))
    entries = store.read(lambda db: outbox.entries(db, uid))
    if what < 2:
        change = any_change(dice)
        if not change.refused(ticket):
            do(store, uid, change)
    elif what < 4:
        base = store.read(lambda db: tickets.base(db, uid))
        state = dice.choice(["new", "in_progress", "pending", "resolved"])
        moved = replace(base, state=state, priority=dice.randint(1, 4), owner=dice.choice([None, "kim"]), updated=NOW)
        pull(store, moved, [any_fact(dice, store.clock() - dice.randrange(3000))])
    elif entries:
        entry = dice.choice(entries)
        state = dice.choice(["sending", "unknown", "queued", "conflict", "rejected", "sent", "dropped"])
        if entry.state not in outbox.FINAL:
            keys = ["never seen"] if state == "sent" and dice.random() < 0.5 else []
            write(store, lambda tx: (outbox.mark(tx, entry.uid, state, event_keys=keys), tickets.rebuild(tx, [uid])))


@pytest.mark.parametrize("seed", range(8))
def test_what_is_kept_is_what_a_fresh_derivation_gives(store: Store, clock: Clock, seed: int) -> None:
    dice = random.Random(seed)
    history = dice.choice(["full", "full", "none"])
    uids = [pull(store, make_ticket(n), [make_event(priority=2)], history) for n in range(4)]
    for _ in range(60):
        clock.now += dice.randrange(600)
        step(store, dice, uids)
    before = store.read(lambda db: db.execute(DERIVED).fetchall())
    store.write_each(Recount().steps()).result(30)
    assert store.read(lambda db: db.execute(DERIVED).fetchall()) == before
    for uid in uids:
        base = store.read(lambda db, u=uid: tickets.base(db, u))
        events = store.read(lambda db, u=uid: tickets.events(db, u))
        waiting = store.read(lambda db, u=uid: outbox.waiting(db, u))
        shown = store.read(lambda db, u=uid: tickets.shown(db, u))
        expected = replay(replace(base, holds=derive.holds(events)), [entry.change for entry in waiting])
        assert replace(shown, updated=0) == replace(expected, updated=0)
