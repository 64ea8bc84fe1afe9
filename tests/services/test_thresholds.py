"""The scheduled look: each threshold once, over restarts and consoles; breaches on record, and lifted again."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from deskui.domain import contractfile
from deskui.domain.change import Acknowledge, Create
from deskui.domain.contract import Rules
from deskui.domain.event import Event, StoreChanged
from deskui.domain.thresholds import Breach
from deskui.services.desk import Desk
from deskui.services.exclusions import Exclusions
from deskui.services.thresholds import Breaches, Thresholds
from deskui.store import alarms, journal, outbox, tickets
from deskui.store.store import Store, Tx
from tests.make import POLICY, Clock, make_event, make_rules, make_store, make_ticket, pull, queue, write

HOUR = 3600


def desk_of(store: Store) -> Desk:
    return Desk(store, make_rules(), lambda upstream: "anna", default_upstream="rt")


@pytest.fixture
def desk(store: Store) -> Desk:
    return desk_of(store)


def fired(job: Thresholds) -> list[tuple[str, str, int]]:
    return [(each.ticket, each.clock, each.share) for each in job.run()]


def open_ticket(store: Store, clock: Clock, number: int = 1, age: int = 0) -> str:
    made = clock.now - age
    return pull(store, make_ticket(number, created=made), [make_event("created", made)])


def test_each_share_fires_once(store: Store, desk: Desk, clock: Clock):
    open_ticket(store, clock)
    job = Thresholds(desk)
    assert fired(job) == []
    for ahead, wanted in [(1799, []), (1800, [50]), (1801, []), (2700, [75]), (3240, [90]), (3599, []), (3600, [100])]:
        clock.now = START + ahead
        assert fired(job) == [("RT-1", "response", share) for share in wanted], ahead
    assert fired(job) == []


START = Clock().now


def test_after_a_restart_nothing_is_said_again(store: Store, desk: Desk, clock: Clock):
    open_ticket(store, clock)
    clock.now += 3000
    assert fired(Thresholds(desk)) == [("RT-1", "response", 50), ("RT-1", "response", 75)]
    assert fired(Thresholds(desk_of(store))) == []


def test_a_second_console_does_not_repeat_it(store: Store, desk: Desk, clock: Clock):
    open_ticket(store, clock)
    clock.now += 2000
    with make_store(store.path.parent, clock) as other:
        jobs = [Thresholds(desk), Thresholds(desk_of(other))]
        assert [each for job in jobs for each in fired(job)] == [("RT-1", "response", 50)]


def test_it_looks_again_when_something_happened(store: Store, desk: Desk, clock: Clock):
    job = Thresholds(desk)
    assert fired(job) == []
    uid = open_ticket(store, clock, age=2000)
    assert fired(job) == [("RT-1", "response", 50)]
    write(store, lambda tx: (tickets.add_events(tx, uid, [make_event("priority", clock.now, to=1)]),
                             tickets.rebuild(tx, [uid])))  # fmt: skip
    assert fired(job) == [("RT-1", "response", 75), ("RT-1", "response", 90), ("RT-1", "response", 100)]


def test_what_is_finished_or_waits_here_is_silent(store: Store, desk: Desk, clock: Clock):
    uid = open_ticket(store, clock, 1, age=2000)
    queue(store, uid, Acknowledge())
    events = [make_event("created", clock.now - 3000), make_event("resolve", clock.now)]
    pull(store, make_ticket(2, state="resolved", created=clock.now - 3000, updated=clock.now), events)
    open_ticket(store, clock, 3, age=2000)
    assert {each.ticket: each.silent for each in Thresholds(desk).run()} == {"RT-1": True, "RT-2": True, "RT-3": False}


def test_a_breach_is_recorded_and_again_when_it_ends(store: Store, desk: Desk, clock: Clock):
    uid = open_ticket(store, clock, age=4000)
    heard: list[StoreChanged] = []
    store.subscribe(heard.append)
    job, breaches = Thresholds(desk), Breaches(desk)
    job.run()
    assert {"breaches", "thresholds"} <= set().union(*(each.other for each in heard))
    (found,) = breaches.all()
    assert (found.ticket, found.customer, found.breach.overrun, found.breach.stopped_at) == (
        "RT-1",
        "Nordkauf",
        400,
        None,
    )
    clock.now += 60
    job.run()
    assert breaches.all() == [found]  # it goes on: nothing new to record
    write(store, lambda tx: (tickets.add_events(tx, uid, [make_event("public_reply", clock.now)]),
                             tickets.rebuild(tx, [uid])))  # fmt: skip
    job.run()
    (ended,) = breaches.all()
    assert (ended.breach.overrun, ended.breach.stopped_at) == (460, clock.now)
    assert len(store.read(lambda db: journal.rows(db, "breach"))) == 2  # a correction is a new row


def test_a_reason_stays_with_the_breach(store: Store, desk: Desk, clock: Clock):
    open_ticket(store, clock, age=4000)
    breaches = Breaches(desk)
    breaches.reason("RT-1", "response", "nobody on call").result()
    found = breaches.reason("RT-1", "response", " nobody was on call ").result()
    assert (found.reason, found.by) == ("nobody was on call", "anna")
    assert [each.reason for each in breaches.all()] == ["nobody was on call"]
    Thresholds(desk).run()
    assert len(breaches.all()) == 1


def test_an_exclusion_lifts_a_breach(store: Store, desk: Desk, clock: Clock):
    open_ticket(store, clock, age=4000)
    job = Thresholds(desk)
    job.run()
    Exclusions(desk).add("RT-1", clock.now - 4000, clock.now - 3000, "customer", "kim").result()
    job.run()
    (found,) = Breaches(desk).all()
    assert found.breach.overrun == 0
    clock.now += 4000
    job.run()
    assert [each.breach.overrun for each in Breaches(desk).all()] == [3400]


def test_a_breach_that_goes_on_is_on_record_with_the_due_and_the_priority_that_it_has_now(
    store: Store, desk: Desk, clock: Clock
):  # fmt: skip
    uid = open_ticket(store, clock, age=4000)
    job = Thresholds(desk)
    job.run()
    Exclusions(desk).add("RT-1", clock.now - 3000, clock.now - 2900, "customer", "kim").result()
    job.run()
    (moved,) = Breaches(desk).all()
    assert (moved.breach.due, moved.breach.overrun) == (clock.now - 300, 300)
    raised = make_event("priority", clock.now, **{"from": 2, "to": 1})
    write(store, lambda tx: (tickets.add_events(tx, uid, [raised]), tickets.rebuild(tx, [uid])))
    job.run()
    found = [each.breach for each in Breaches(desk).all() if each.breach.clock == "response"]
    assert [(each.priority, each.target, each.due) for each in found] == [(1, 900, clock.now - 3100)]
    rows = len(store.read(lambda db: journal.rows(db, "breach")))
    clock.now += 60
    job.run()
    assert len(store.read(lambda db: journal.rows(db, "breach"))) == rows  # it goes on: nothing new to record


UPDATES = Rules({}, contractfile.parse({"targets": {"P2": {"update": "1h"}}}, "test", POLICY), lambda: "updates")


@pytest.fixture
def asking(tmp_path: Path, clock: Clock) -> Iterator[tuple[Store, Desk]]:
    """A desk that owes an answer within the hour."""
    with make_store(tmp_path / "asking", clock, UPDATES) as opened:
        yield opened, Desk(opened, UPDATES, lambda upstream: "anna", default_upstream="rt")


def updates(desk: Desk, clock: Clock) -> list[tuple[int, int, bool]]:
    """When a missed interval began, before now; by how much it was missed; whether it goes on."""
    found = [each.breach for each in Breaches(desk).of("RT-1") if each.breach.clock == "update"]
    return [(clock.now - each.interval, each.overrun, each.stopped_at is None) for each in found]


def test_every_interval_of_the_update_clock_has_a_record(asking: tuple[Store, Desk], clock: Clock):
    store, desk = asking
    start = clock.now - 20_000
    kinds = ("created", "public_reply", "customer_reply", "public_reply", "customer_reply", "public_reply")
    times = (0, 60, 1000, 5000, 6000, 7000)  # the second interval is in time
    uid = pull(store, make_ticket(1, created=start), [
        make_event(kind, start + at) for kind, at in zip(kinds, times, strict=True)
    ])  # fmt: skip
    job = Thresholds(desk)
    job.run()  # no console was open until now
    assert updates(desk, clock) == [(19_000, 400, False)]

    def say(*kinds: str) -> None:
        events = [make_event(kind, clock.now + number) for number, kind in enumerate(kinds)]
        write(store, lambda tx: (tickets.add_events(tx, uid, events), tickets.rebuild(tx, [uid])))

    say("customer_reply")
    clock.now += 4000
    job.run()
    assert updates(desk, clock) == [(23_000, 400, False), (4000, 400, True)]
    say("public_reply", "customer_reply")  # between two looks it ends and the next one begins
    clock.now += 4001
    job.run()
    assert updates(desk, clock) == [(27_001, 400, False), (8001, 400, False), (4000, 400, True)]
    reason = Breaches(desk).reason("RT-1", "update", "we slept").result()
    assert reason.breach.interval == clock.now - 4000
    assert [each.reason for each in Breaches(desk).of("RT-1")] == ["", "", "we slept"]
    Exclusions(desk).add("RT-1", clock.now - 8000, clock.now - 7000, "customer", "kim").result()
    job.run()
    assert updates(desk, clock) == [(27_001, 400, False), (8001, 0, False), (4000, 400, True)]
    before = store.read(lambda db: journal.rows(db, "breach"))
    job.run()
    Thresholds(desk).run()
    assert store.read(lambda db: journal.rows(db, "breach")) == before  # each is said once


def test_the_breaches_of_a_ticket_go_by_when_each_began(store: Store, desk: Desk, clock: Clock):
    """A message that comes late makes an earlier interval known after a later one."""
    uid = open_ticket(store, clock)
    for began in (2000, 1000, 3000):
        breach = Breach("update", began, began + 60, 5, 60, 2, began + 65)
        write(store, lambda tx, breach=breach: alarms.record(tx, uid, "RT-1", None, breach))
    assert [each.breach.interval for each in Breaches(desk).of("RT-1")] == [1000, 2000, 3000]


def test_a_breach_of_a_ticket_made_here_is_one_breach_when_it_has_an_id(store: Store, desk: Desk, clock: Clock):
    name = desk.new(Create("Tills", "x", priority=2)).result()[0]
    clock.now += 4000
    job = Thresholds(desk)
    job.run()
    uid = store.read(lambda db: tickets.uid_of(db, name))
    assert uid is not None
    events = [make_event("created", clock.now - 4000, priority=2), make_event("public_reply", clock.now)]

    adopted(store, uid, events, clock.now - 4000)
    job.run()
    assert [(each.breach.overrun, each.breach.stopped_at) for each in Breaches(desk).all()] == [(400, clock.now)]


def adopted(store: Store, uid: str, events: list[Event], created: int) -> None:
    """The upstream has it now, with its own word on when it was made."""

    def sent(tx: Tx) -> None:
        for entry in outbox.waiting(tx.db, uid):
            outbox.mark(tx, entry.uid, "sent", event_keys=[events[0].key])
        tickets.adopt(tx, uid, make_ticket(17, created=created))
        tickets.add_events(tx, uid, events)
        tickets.set_history(tx, [uid], "full")

    write(store, sent)


def test_a_breach_from_before_the_clock_began_is_lifted(store: Store, desk: Desk, clock: Clock):
    """Made here without a network: its clocks begin when the upstream has it, unless somebody had phoned."""
    name = desk.new(Create("Tills", "x", priority=2)).result()[0]
    clock.now += 4000
    job = Thresholds(desk)
    job.run()
    assert [each.breach.overrun for each in Breaches(desk).all()] == [400]
    uid = store.read(lambda db: tickets.uid_of(db, name))
    assert uid is not None
    adopted(store, uid, [make_event("created", clock.now, priority=2)], clock.now)
    job.run()
    assert [each.breach.overrun for each in Breaches(desk).all()] == [0]


def test_old_finished_tickets_are_left_alone(store: Store, desk: Desk, clock: Clock):
    long_ago = clock.now - 90 * 24 * HOUR
    events = [make_event("created", long_ago), make_event("resolve", long_ago + 10 * 24 * HOUR)]
    pull(store, make_ticket(1, state="resolved", created=long_ago, updated=long_ago), events)
    assert fired(Thresholds(desk_of(store))) == []


def test_a_read_only_console_records_nothing(store: Store, clock: Clock):
    open_ticket(store, clock, age=4000)
    looker = Desk(store, make_rules(), lambda upstream: "anna", read_only=True)
    assert fired(Thresholds(looker)) == []
    assert Breaches(looker).all() == []


def test_doubtful_and_deleted_tickets_say_nothing(store: Store, desk: Desk, clock: Clock):
    pull(store, make_ticket(1, created=clock.now - 4000), [], history="none")
    uid = open_ticket(store, clock, 2, age=4000)
    write(store, lambda tx: tickets.tombstone(tx, uid, at=clock.now))
    assert fired(Thresholds(desk)) == []


def test_a_turn_is_short_and_the_nearest_due_come_first(
    store: Store, desk: Desk, clock: Clock, monkeypatch: pytest.MonkeyPatch
):  # fmt: skip
    for number in range(1, 6):
        open_ticket(store, clock, number, age=1900 + 10 * number)
    monkeypatch.setattr("deskui.services.thresholds.BATCH", 2)
    job = Thresholds(desk)
    assert job.turn() == []  # the first sync comes before it
    ticks = iter(range(100))
    monkeypatch.setattr("deskui.services.thresholds.monotonic", lambda: next(ticks) * 0.07)
    assert [each.ticket for each in job.turn()] == ["RT-5", "RT-4"]
    assert [each.ticket for each in job.turn()] == ["RT-3", "RT-2"]
    assert [each.ticket for each in job.run()] == ["RT-1"]
    assert job.turn() == []
