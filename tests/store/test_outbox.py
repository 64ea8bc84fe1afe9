"""The outbox, conflicts and tombstones."""

import pytest

from deskui.domain.change import Acknowledge, Assign, Create, Hold, Note, Reply
from deskui.domain.fields import SetPriority
from deskui.domain.outgoing import Entry
from deskui.domain.query import parse
from deskui.store import conflicts, outbox, queue, tickets
from deskui.store.store import Store
from tests.make import NOW, Clock, make_event, make_ticket, pull, write
from tests.make import queue as do


@pytest.fixture
def uid(store: Store) -> str:
    return pull(store, make_ticket(17), [make_event(priority=2)])


def mark(store: Store, entry: str, state: str, **values: object) -> Entry:
    return write(store, lambda tx: outbox.mark(tx, entry, state, **values))


def states(store: Store, uid: str | None = None) -> list[tuple[str, str]]:
    return [(entry.change.verb, entry.state) for entry in store.read(lambda db: outbox.entries(db, uid))]


def test_first_in_first_out_with_all_that_was_said(store: Store, uid: str, clock: Clock) -> None:
    changes = [Hold("vendor", NOW + 60), Reply("Grüße 電話", 5), Assign(None), SetPriority(1)]
    made = []
    for change in changes:
        clock.now += 1
        made.append(do(store, uid, change, not_before=7))
    found = store.read(lambda db: outbox.entries(db, uid))
    assert found == made
    assert [entry.change for entry in found] == changes
    assert [entry.made_at for entry in found] == [NOW + 1, NOW + 2, NOW + 3, NOW + 4]
    assert sorted(entry.seq for entry in found) == [entry.seq for entry in found]


def test_entries_by_ticket_state_and_upstream(store: Store, uid: str) -> None:
    other = pull(store, make_ticket(1, upstream="other"), [make_event()])
    one, two = do(store, uid, Note("a")), do(store, other, Note("b"))
    mark(store, two.uid, "sending")
    of = lambda **by: [entry.uid for entry in store.read(lambda db: outbox.entries(db, **by))]  # noqa: E731
    assert of() == [one.uid, two.uid]
    assert of(uid=other) == [two.uid]
    assert of(states=("queued",)) == [one.uid]
    assert of(upstream="other") == [two.uid]
    assert of(states=("queued",), upstream="other") == []
    assert store.read(outbox.counts) == {"queued": 1, "sending": 1}


def test_mark_keeps_what_is_not_given(store: Store, uid: str) -> None:
    entry = do(store, uid, Note("a"), not_before=NOW + 9)
    mark(store, entry.uid, "sending", seen="41")
    mark(store, entry.uid, "unknown", error="no answer")
    now = mark(store, entry.uid, "sent", event_keys=["42", "42/1"])
    assert (now.seen, now.error, now.event_keys, now.not_before) == ("41", "no answer", ("42", "42/1"), NOW + 9)
    assert store.read(lambda db: outbox.get(db, entry.uid)) == now
    assert store.read(lambda db: outbox.claimed(db, uid)) == {"42", "42/1"}


@pytest.mark.parametrize("final", ["sent", "dropped"])
def test_what_is_over_does_not_come_back(store: Store, uid: str, final: str) -> None:
    entry = do(store, uid, Note("a"))
    mark(store, entry.uid, final)
    with pytest.raises(ValueError, match=f"is {final}"):
        mark(store, entry.uid, "queued")
    with pytest.raises(ValueError, match="no state"):
        mark(store, entry.uid, "lost")


REPLAYED = ("queued", "sending", "unknown")
NOT = ("conflict", "rejected", "dropped")


@pytest.mark.parametrize(("state", "owner"), [(s, "anna") for s in REPLAYED] + [(s, "kim") for s in NOT])
def test_what_is_replayed(store: Store, state: str, owner: str) -> None:
    uid = pull(store, make_ticket(17, owner="kim"), [make_event()])
    entry = do(store, uid, Assign("anna"))
    write(store, lambda tx: (outbox.mark(tx, entry.uid, state), tickets.rebuild(tx, [uid])))
    assert store.read(lambda db: tickets.shown(db, uid)).owner == owner


def test_another_change_in_its_place(store: Store, uid: str) -> None:
    entry = do(store, uid, Assign("anna"))
    write(store, lambda tx: (outbox.replace_change(tx, entry.uid, Assign("kim")), tickets.rebuild(tx, [uid])))
    assert store.read(lambda db: outbox.get(db, entry.uid)).change == Assign("kim")
    assert store.read(lambda db: tickets.shown(db, uid)).owner == "kim"


def test_a_refused_create_takes_what_waits_behind_it_but_its_words_stay_in_sight(store: Store) -> None:
    uid = write(store, lambda tx: tickets.new(tx, "rt"))
    create = do(store, uid, Create("Tills", "all of them"))
    do(store, uid, Note("called"))
    write(
        store, lambda tx: (outbox.mark(tx, create.uid, "rejected", error="no such queue"), tickets.rebuild(tx, [uid]))
    )
    assert states(store, uid) == [("create", "rejected"), ("note", "dropped")]
    assert store.read(lambda db: tickets.shown(db, uid)).subject == "Tills"
    assert len(store.read(lambda db: queue.ids(db, parse("")))) == 1


def test_conflicts_are_open_until_a_person_decides(store: Store, uid: str, clock: Clock) -> None:
    entry = do(store, uid, Assign("anna"))
    put = lambda theirs: write(  # noqa: E731
        store, lambda tx: conflicts.put(tx, uid, entry.uid, "owner", base=None, mine="anna", theirs=theirs, by="kim")
    )
    put("berta")
    made = put("kim")
    assert store.read(conflicts.open_) == [made]
    assert (made.ticket_id, made.base, made.mine, made.theirs, made.at) == ("RT-17", None, "anna", "kim", NOW)
    assert store.read(lambda db: conflicts.open_(db, uid)) == [made]
    assert store.read(lambda db: conflicts.open_(db, "other")) == []
    write(store, lambda tx: conflicts.close(tx, made.uid, "mine"))
    assert store.read(conflicts.open_) == []
    assert store.read(lambda db: conflicts.get(db, made.uid)) == made
    with pytest.raises(LookupError):
        write(store, lambda tx: conflicts.put(tx, "nobody", "e", "owner", base=1, mine=2, theirs=3))


def test_a_merge_takes_messages_along_and_the_rest_clashes(store: Store, uid: str) -> None:
    into = pull(store, make_ticket(18), [make_event(priority=2)])
    sent = do(store, uid, Note("sent already"))
    mark(store, sent.uid, "sending")
    mark(store, sent.uid, "sent", event_keys=["900"])
    for change in (Note("a note", 5), Reply("a reply"), Assign("anna"), Hold("vendor")):
        do(store, uid, change)
    write(store, lambda tx: tickets.tombstone(tx, uid, into=into, at=NOW - 5))
    assert states(store, into) == [("note", "queued"), ("reply", "queued")]
    assert states(store, uid) == [("note", "sent"), ("assign", "conflict"), ("hold", "conflict")]
    found = {each.field: (each.base, each.mine, each.theirs) for each in store.read(conflicts.open_)}
    assert found == {
        "owner": (None, "anna", "merged into RT-18"),
        "state": ("new", "pending", "merged into RT-18"),
    }
    assert store.read(lambda db: tickets.shown(db, into)).minutes == 5
    assert [row[2] for row in store.read(lambda db: queue.rows(db, queue.ids(db, parse("state:all"))))] == ["RT-18"]
    assert store.read(lambda db: tickets.uid_of(db, "RT-17")) == into
    assert store.read(lambda db: tickets.uid_by_remote(db, "rt", "17")) == uid


def test_merges_in_a_circle_end(store: Store, uid: str) -> None:
    other = pull(store, make_ticket(18), [make_event()])
    write(store, lambda tx: (tickets.tombstone(tx, uid, into=other), tickets.tombstone(tx, other, into=uid)))
    assert store.read(lambda db: tickets.uid_of(db, "RT-17")) in (uid, other)


def test_of_a_deleted_ticket_everything_clashes(store: Store, uid: str) -> None:
    do(store, uid, Note("my words"))
    do(store, uid, Acknowledge())
    write(store, lambda tx: tickets.tombstone(tx, uid))
    assert states(store, uid) == [("note", "conflict"), ("ack", "conflict")]
    found = [(each.field, each.mine, each.theirs) for each in store.read(conflicts.open_)]
    assert found == [("note", "my words", "deleted"), ("state", "in_progress", "deleted")]
    assert not store.read(lambda db: queue.ids(db, parse("state:all")))


def test_a_ticket_that_was_deleted_and_is_back_is_there_again(store: Store, uid: str) -> None:
    write(store, lambda tx: tickets.tombstone(tx, uid))
    assert pull(store, make_ticket(17)) == uid
    assert len(store.read(lambda db: queue.ids(db, parse("")))) == 1


def test_facts_that_a_merge_moved_are_the_survivors(store: Store, uid: str) -> None:
    note = make_event("internal_note", text="before the merge")
    write(store, lambda tx: tickets.add_events(tx, uid, [note]))
    into = pull(store, make_ticket(18), [make_event(priority=2)])
    assert write(store, lambda tx: tickets.add_events(tx, into, [note])) == []
    write(store, lambda tx: tickets.tombstone(tx, uid, into=into))
    assert write(store, lambda tx: tickets.add_events(tx, into, [note])) == [note]
    assert "before the merge" in [event.text for event in store.read(lambda db: tickets.events(db, into))]
    assert len(store.read(lambda db: queue.ids(db, parse("before merge")))) == 1
