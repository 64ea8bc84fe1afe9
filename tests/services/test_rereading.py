"""A ticket read once more before a reply leaves: what came in, how long it takes, and what is said without a line."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from deskui.domain.change import Create, Reply, Resolve
from deskui.domain.ticket import Ticket
from deskui.services.rereading import Fresh, Rereading, news, public
from deskui.services.syncing import Syncing
from deskui.store import drafts
from deskui.store.lock import SyncLock
from deskui.upstream.memory import Adapter
from tests.make import make_event
from tests.sync.test_engine import Console, Time, World


@pytest.fixture
def console(tmp_path: Path) -> Iterator[Console]:
    time = Time()
    world = World(clock=time)
    world.make(Create("Tills offline", "all of them", requestor="max@kunde.example"))
    console = Console(tmp_path / "a", world, time)
    console.sync()
    yield console
    console.store.close()


@pytest.fixture
def syncing(console: Console, tmp_path: Path) -> Syncing:
    return Syncing(console.store, {"mem": console.engine}, SyncLock(tmp_path / "a"), console.time, {"mem": 60})


def read(console: Console, syncing: Syncing, wait_s: float = 5.0) -> Fresh:
    shown: Ticket = console.shown("1")
    return Rereading(syncing).read(shown, wait_s).result(10)


def test_what_came_in_since_the_pull_is_there_and_nothing_is_written(console: Console, syncing: Syncing) -> None:
    world = console.adapter.world
    world.reply_as_customer("1", "it works again", "max@kunde.example")
    world.change_as("kim", "1", Resolve("works"))
    fresh = read(console, syncing)
    assert (fresh.why, fresh.recipients, fresh.ticket.state, fresh.ticket.id) == ("", "ticket", "resolved", "M-1")
    assert [event.text for event in public(fresh.events)] == ["it works again"]
    assert public(console.events("1")) == ()
    assert console.shown("1").state == "new"


def test_what_waits_here_is_on_top(console: Console, syncing: Syncing) -> None:
    console.do("1", Reply("on it", cc=("+lead@kunde.example",)), Resolve("works"))
    fresh = read(console, syncing)
    assert (fresh.why, fresh.ticket.cc, fresh.ticket.state) == ("", ("lead@kunde.example",), "resolved")
    assert public(fresh.events) == ()


def test_without_a_line_it_is_the_stores_and_says_so(console: Console, syncing: Syncing) -> None:
    console.adapter.world.reply_as_customer("1", "not to be seen", "max@kunde.example")
    console.faults.offline = True
    fresh = read(console, syncing)
    assert "could not be asked: no route" in fresh.why
    assert (fresh.ticket.subject, fresh.recipients, public(fresh.events)) == ("Tills offline", "ticket", ())


def test_it_never_takes_longer_than_it_may(console: Console, syncing: Syncing) -> None:
    go_on = threading.Event()
    console.faults.before = lambda method: go_on.wait(10) and None
    try:
        fresh = read(console, syncing, 0.2)
        assert fresh.why == "mem did not answer within 0.2 s"
        assert fresh.ticket.subject == "Tills offline"
    finally:
        go_on.set()


def test_it_does_not_wait_for_a_run_and_uses_an_upstream_of_its_own(console: Console, syncing: Syncing) -> None:
    made: list[Adapter] = []

    def apart() -> Adapter:
        made.append(Adapter("mem", world=console.adapter.world))
        return made[-1]

    console.engine.apart = apart
    console.faults.offline = True  # of the adapter that runs use
    with syncing._turns["mem"]:
        assert syncing._locks["mem"].acquire(0)
        assert read(console, syncing).why == ""
        syncing._locks["mem"].release()
    assert len(made) == 1


def test_a_ticket_that_was_merged_or_deleted_says_so(console: Console, syncing: Syncing) -> None:
    world = console.adapter.world
    other = world.make(Create("The same", "again", requestor="lea@kunde.example"))
    world.merge("1", other)
    fresh = read(console, syncing)
    assert (fresh.into, fresh.ticket.requestors) == ("M-2", ("lea@kunde.example",))
    world.delete(other)
    assert read(console, syncing).gone


def test_an_adapter_that_breaks_is_told_to_who_asked(console: Console, syncing: Syncing) -> None:
    def broken(remote: str, seen: str) -> None:
        raise KeyError("no such field")

    console.adapter.read = broken  # type: ignore[assignment]
    with pytest.raises(KeyError):
        read(console, syncing)


def test_news_are_public_not_known_and_not_ours() -> None:
    events = [
        make_event("customer_reply", key="1", author="max", side="customer"),
        make_event("customer_reply", key="2", author="anna", side="customer"),
        make_event("public_reply", key="3", author="anna"),
        make_event("public_reply", key="4", author="kim"),
        make_event("internal_note", key="5", author="kim"),
        make_event("auto_reply", key="6", author="system", side="system"),
    ]
    assert [event.key for event in news(events, {"1"}, "anna")] == ["2", "4"]


def test_a_reply_with_other_people_is_refused_where_the_system_chooses_them(console: Console) -> None:
    console.adapter.recipients = ""
    console.do("1", Reply("for the lead", cc=("+lead@kunde.example",)), Reply("as it is"))
    assert console.sync().rejected == 1
    assert console.states() == ["rejected", "sent"]
    assert [event.text for event in public(console.events("1"))] == ["as it is"]
    [draft] = console.store.read(lambda db: drafts.of(db, ["anna"]))  # what was refused is not lost
    assert (draft.kind, draft.text, draft.cc) == ("reply", "for the lead", ("+lead@kunde.example",))
