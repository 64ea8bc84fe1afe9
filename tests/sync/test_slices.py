"""How a page goes into the store: in short slices, a waiting key first, with few statements a ticket."""

from types import SimpleNamespace

import pytest

from deskui.domain.change import Create
from deskui.domain.event import Event
from deskui.store import syncstate, threads, tickets
from deskui.sync import engine, merging
from deskui.sync.result import Result
from deskui.upstream.base import Page
from tests.make import make_ticket
from tests.sync.test_engine import console, open_console, time, world

__all__ = ["console", "open_console", "time", "world"]


def page(count, facts=0):
    made = [make_ticket(1000 + n, upstream="mem") for n in range(count)]
    events = tuple((t.remote_id, Event(f"{t.remote_id}{k}", t.created + k, "time")) for t in made for k in range(facts))
    return Page(tuple(made), events, cursor="77", complete=tuple(t.remote_id for t in made) if facts else ())


def commit(console, what):
    console.engine._commit(what, Result(), lambda tx, cursor: syncstate.put(tx, "mem", cursor=cursor))


def test_a_slice_ends_by_the_clock_however_long_a_ticket_takes(console, monkeypatch):
    steps = iter(range(10**9))
    monkeypatch.setattr(threads, "time", SimpleNamespace(monotonic=lambda: next(steps) * 0.004))  # 4 ms a ticket
    slices = []
    console.store.subscribe(lambda changed: slices.append(len(changed.tickets)))
    commit(console, page(100))
    assert sum(slices) == 100
    assert max(slices) * 0.004 <= 0.020
    assert len(slices) >= 20


def test_a_key_that_waits_goes_between_two_tickets(console):
    order = []

    def key(changed):
        if len(order) == 1:
            console.store.write(lambda tx: order.append("key"))
        order.append("slice") if changed.tickets else None

    order.append("slice")
    console.store.subscribe(key)
    commit(console, page(3000))
    assert "key" in order[:-1]


def test_a_cut_in_the_midst_of_a_page_leaves_the_cursor_before_it(console, monkeypatch):
    before = console.store.read(lambda db: syncstate.get(db, "mem")).cursor
    take, count = merging.take, []

    def dies(tx, ticket, events=(), own=(), level=""):
        count.append(ticket)
        if len(count) > 30:
            raise RuntimeError("cut")
        return take(tx, ticket, events, own, level)

    monkeypatch.setattr(merging, "take", dies)
    with pytest.raises(RuntimeError, match="cut"):
        commit(console, page(60))
    assert console.store.read(lambda db: syncstate.get(db, "mem")).cursor == before
    monkeypatch.undo()
    commit(console, page(60))
    assert console.store.read(lambda db: syncstate.get(db, "mem")).cursor == "77"
    assert console.uid("1059")


def statements(console, work):
    said = []

    def counted(tx):
        tx.db.set_trace_callback(said.append)
        try:
            work(tx)
        finally:
            tx.db.set_trace_callback(None)

    console.store.write(counted).result()
    return len(said)


def test_few_statements_a_ticket(console):
    fresh = make_ticket(2000, upstream="mem")
    facts = [Event(f"2000{k}", fresh.created + k, "time") for k in range(10)]
    assert statements(console, lambda tx: merging.take(tx, fresh)) <= 6
    console.store.write(lambda tx: merging.take(tx, make_ticket(2001, upstream="mem"))).result()
    with_facts = statements(console, lambda tx: merging.take(tx, fresh, facts, level="facts"))
    assert with_facts <= 30  # ten of them are the facts
    assert console.store.read(lambda db: tickets.history(db, console.uid("2000"))) == "facts"


def test_what_is_due_next_is_not_looked_up_for_every_batch(console, world, monkeypatch):
    monkeypatch.setattr(engine, "BATCH", 5)
    for n in range(100):
        world.make(Create(f"Lamp {n}", "dark", requestor="carl@kunde.example"))
    console.store.write(lambda tx: syncstate.put(tx, "mem", cursor="", stage="")).result()
    asked = []
    wanting = tickets.wanting
    monkeypatch.setattr(tickets, "wanting", lambda *given: asked.append(given) or wanting(*given))
    assert console.sync().error is None
    assert len(console.events("105")) == 1
    assert len(asked) <= 6  # a hundred thousand would be sorted thousands of times
