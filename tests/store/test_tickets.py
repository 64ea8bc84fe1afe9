"""Bases in, what is shown out."""

from dataclasses import replace

from deskui.domain.change import Acknowledge, Assign, Create, Hold, Note, Reply, Resolve
from deskui.domain.fields import SetPriority
from deskui.domain.query import parse
from deskui.store import outbox, queue, tickets
from deskui.store.store import Store
from tests.make import NOW, Clock, make_event, make_rules, make_store, make_ticket, pull, write
from tests.make import queue as do


def created(**values):
    return make_event("created", **values)


def row(store: Store, uid: str) -> dict:
    pk = store.read(lambda db: db.execute("SELECT pk FROM ticket WHERE uid = ?", (uid,)).fetchone()[0])
    return dict(zip(queue.ROW, store.read(lambda db: queue.rows(db, [pk]))[0], strict=True))


def flag(store: Store, uid: str) -> int:
    return store.read(lambda db: db.execute("SELECT answered FROM ticket WHERE uid = ?", (uid,)).fetchone()[0])


def test_put_gives_a_uid_and_an_id_and_keeps_them(store):
    uid = pull(store, make_ticket(17), [created()])
    assert pull(store, make_ticket(17, subject="Other")) == uid
    ticket = store.read(lambda db: tickets.shown(db, uid))
    assert (ticket.uid, ticket.id, ticket.subject) == (uid, "RT-17", "Other")
    assert {store.read(lambda db, n=n: tickets.uid_of(db, n)) for n in (uid, "RT-17", "rt-17")} == {uid}


def test_what_waits_is_shown_on_top_of_the_base(store):
    uid = pull(store, make_ticket(17, owner="kim"), [created()])
    do(store, uid, Assign("anna"))
    assert store.read(lambda db: tickets.shown(db, uid)).owner == "anna"
    assert store.read(lambda db: tickets.base(db, uid)).owner == "kim"
    assert row(store, uid)["pending"] == 1
    pull(store, make_ticket(17, owner="berta", subject="New"), [])
    shown = store.read(lambda db: tickets.shown(db, uid))
    assert (shown.owner, shown.subject) == ("anna", "New")


def test_a_sent_change_is_replayed_until_its_events_are_in_the_base(store):
    uid = pull(store, make_ticket(17, owner=None), [created()])
    entry = do(store, uid, Assign("anna"))
    mark = lambda state, **v: write(  # noqa: E731
        store, lambda tx: (outbox.mark(tx, entry.uid, state, **v), tickets.rebuild(tx, [uid]))
    )
    mark("sending")
    mark("sent", event_keys=["901"])
    assert store.read(lambda db: tickets.shown(db, uid)).owner == "anna"
    assert row(store, uid)["pending"] == 0
    pull(store, make_ticket(17, owner="kim"), [make_event("assign", NOW, key="901", to="anna")])
    assert store.read(lambda db: tickets.shown(db, uid)).owner == "kim"


def test_clocks_are_derived_and_a_pending_ack_stops_none(store):
    uid = pull(store, make_ticket(17), [created(priority=2)])
    assert (row(store, uid)["clock"], row(store, uid)["due"], row(store, uid)["mode"]) == ("response", NOW, "run")
    do(store, uid, Acknowledge())
    shown = row(store, uid)
    assert (shown["clock"], shown["due"], shown["state"], shown["pending"]) == ("response", NOW, "in_progress", 1)


def test_under_made_a_pending_ack_stops_the_response_clock(tmp_path):
    with make_store(tmp_path, rules=make_rules(offline_events="made")) as store:
        uid = pull(store, make_ticket(17), [created(priority=2)])
        do(store, uid, Acknowledge())
        assert row(store, uid)["clock"] == "resolution"
        do(store, uid, Reply("We look into it"))
        assert row(store, uid)["clock"] == "resolution"


def test_a_hold_freezes_and_the_runs_say_so_without_events(store):
    events = [
        created(priority=2),
        make_event("acknowledge", NOW - 3000),
        make_event("hold", NOW - 1800, reason="vendor"),
    ]
    uid = pull(store, make_ticket(17, state="pending"), events)
    shown = row(store, uid)
    assert (shown["mode"], shown["frozen"], shown["due"], shown["hold_reason"]) == (
        "paused",
        8 * 3600 - 1800,
        None,
        "vendor",
    )
    clock = store.read(lambda db: tickets.runs(db, uid))["resolution"].at(NOW, store.rules.of("Nordkauf"))
    assert (clock.state, clock.remaining) == ("paused", 8 * 3600 - 1800)


def test_without_history_the_clock_is_doubtful(store):
    uid = pull(store, make_ticket(17), history="none")
    assert row(store, uid)["mode"] == "doubt"
    assert store.read(lambda db: tickets.runs(db, uid)) is None
    assert store.read(lambda db: tickets.wanting(db, "rt", "facts", 9)) == ["17"]
    write(store, lambda tx: tickets.set_history(tx, [uid], "facts"))
    assert store.read(lambda db: tickets.wanting(db, "rt", "facts", 9)) == []
    assert store.read(lambda db: tickets.wanting(db, "rt", "full", 9)) == ["17"]


def test_wanting_names_the_nearest_due_first(store):
    for n, values in ((1, {"priority": 3}), (2, {"priority": 1}), (3, {"priority": 1, "created": NOW - 9999})):
        pull(store, make_ticket(n, **values), history="none")
    assert store.read(lambda db: tickets.wanting(db, "rt", "facts", 9)) == ["3", "2", "1"]
    assert store.read(lambda db: tickets.wanting(db, "rt", "facts", 1)) == ["3"]


def test_the_same_event_again_changes_nothing_but_fills_a_missing_text(store):
    note = make_event("internal_note", NOW, text=None, author="kim")
    uid = pull(store, make_ticket(17), [created(), note])
    filled = replace(note, text="Grüße 電話")
    again = replace(note, text="something else")
    assert write(store, lambda tx: tickets.add_events(tx, uid, [filled])) == []
    assert write(store, lambda tx: tickets.add_events(tx, uid, [again])) == []
    events = store.read(lambda db: tickets.events(db, uid))
    assert [event.text for event in events] == [None, "Grüße 電話"]


def test_events_of_one_second_keep_the_upstreams_order(store):
    late, early = (
        make_event("internal_note", NOW, key="10", text="b"),
        make_event("internal_note", NOW, key="9/1", text="a"),
    )
    uid = pull(store, make_ticket(17), [late, early, make_event(at=NOW - 5, key="11")])
    assert [event.key for event in store.read(lambda db: tickets.events(db, uid))] == ["11", "9/1", "10"]


def test_a_ticket_made_here_has_a_name_for_good_and_its_clock_from_the_call(store, clock: Clock):
    def make(tx):
        uid = tickets.new(tx, "rt")
        outbox.add(
            tx, uid, Create("Tills", customer="Nordkauf", priority=1, received=NOW - 600, token="t1"), author="anna"
        )
        tickets.rebuild(tx, [uid])
        return uid

    uid = write(store, make)
    assert (row(store, uid)["id"], row(store, uid)["clock"], row(store, uid)["due"]) == ("RT-~1", "response", NOW + 300)
    do(store, uid, Note("Called back"))
    assert [event.type for event in store.read(lambda db: tickets.timeline(db, uid))] == ["created", "internal_note"]
    fresh = make_ticket(40, subject="Tills", token="t1", priority=1, received=NOW - 600, created=NOW)
    write(store, lambda tx: (tickets.adopt(tx, uid, fresh), tickets.rebuild(tx, [uid])))
    assert row(store, uid)["id"] == "RT-40"
    assert {store.read(lambda db, n=n: tickets.uid_of(db, n)) for n in ("RT-~1", "RT-40")} == {uid}
    assert write(store, lambda tx: tickets.put(tx, fresh)) == uid


def test_a_pull_that_came_before_the_receipt_leaves_one_ticket(store):
    uid = write(store, lambda tx: tickets.new(tx, "rt"))
    entry = do(store, uid, Create("Tills", token="t1"))
    pulled = pull(store, make_ticket(40, token="t1"), [created(key="5", text="words")])
    write(
        store,
        lambda tx: (tickets.adopt(tx, uid, make_ticket(40)), outbox.mark(tx, entry.uid, "sent", event_keys=["5"])),
    )
    write(store, lambda tx: tickets.rebuild(tx, [uid]))
    assert store.read(lambda db: tickets.shown(db, pulled)) is None
    assert [event.text for event in store.read(lambda db: tickets.events(db, uid))] == ["words"]
    assert len(store.read(lambda db: queue.ids(db, parse("words")))) == 1
    assert store.read(lambda db: tickets.history(db, uid)) == "full"


def test_answered_lasts_until_the_next_staff_reply(store):
    waits = [created(), make_event("hold", NOW - 900, reason="customer")]
    asks = make_event("customer_reply", NOW - 60, side="customer", author="c")
    waiting = pull(store, make_ticket(1, state="pending"), [*waits, asks])
    assert flag(store, waiting) == 1
    moved = make_event("resume", NOW - 60, side="system")
    taken_out = pull(store, make_ticket(2, state="in_progress"), [
        created(), make_event("hold", NOW - 900), make_event("customer_reply", NOW - 60, side="customer"), moved,
    ])  # fmt: skip
    assert flag(store, taken_out) == 1
    do(store, taken_out, Reply("Thanks"))
    assert flag(store, taken_out) == 0
    plain = pull(store, make_ticket(3), [created(), make_event("customer_reply", NOW - 60, side="customer")])
    assert flag(store, plain) == 0


def test_new_rules_derive_everything_anew(tmp_path):
    with make_store(tmp_path) as store:
        uid = pull(store, make_ticket(17), [created(priority=2)])
        assert row(store, uid)["due"] == NOW
    rules = make_rules("2")
    targets = dict(rules.default.policy.targets)
    targets[2] = {**targets[2], "response": replace(targets[2]["response"], seconds=7200)}
    rules = replace(rules, default=replace(rules.default, policy=replace(rules.default.policy, targets=targets)))
    with make_store(tmp_path, rules=rules) as store:
        store.write_each([lambda tx: None]).result(30)  # behind the rebuild
        assert row(store, uid)["due"] == NOW + 3600
        assert store.read(lambda db: db.execute("SELECT value FROM meta WHERE key='rules'").fetchone()) == ("2",)


def test_a_pending_resolve_leaves_the_list_but_its_clock_runs_on(store):
    uid = pull(store, make_ticket(17), [created(priority=2)])
    do(store, uid, Resolve("done"))
    assert row(store, uid)["state"] == "resolved"
    assert row(store, uid)["due"] == NOW
    assert not store.read(lambda db: queue.ids(db, parse("")))
    counts = store.read(lambda db: queue.counts(db, frozenset(), NOW))
    assert (counts.stops, counts.first_due, counts.waiting) == (1, NOW, 1)


def test_priority_and_hold_offline_look_like_online(store):
    uid = pull(store, make_ticket(17), [created(priority=2)])
    do(store, uid, SetPriority(1))
    do(store, uid, Hold("vendor"))
    shown = row(store, uid)
    assert (shown["priority"], shown["state"], shown["hold_reason"], shown["due"]) == (1, "pending", "vendor", NOW)
