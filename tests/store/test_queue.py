"""The queue: order, filters, counts."""

import sqlite3

import pytest

from deskui.domain.change import Assign, Note, Reply
from deskui.domain.query import parse
from deskui.domain.when import parse as parse_time
from deskui.store import conflicts, outbox, queue, tickets
from deskui.store.store import Store
from tests.make import NOW, exclude, make_event, make_ticket, pull, write
from tests.make import queue as do

ME = frozenset({"anna"})


def ids(store: Store, text: str = "", **options: str) -> list[str]:
    pks = store.read(lambda db: queue.ids(db, parse(text), ME, NOW, **options))
    return [row[2] for row in store.read(lambda db: queue.rows(db, pks))]


def created(at: int = NOW - 3600, priority: int = 2, **values: object):
    return make_event("created", at, priority=priority, **values)


def test_due_then_doubtful_then_paused_then_none(store: Store) -> None:
    pull(store, make_ticket(1, state="pending"), [created(), make_event("hold", NOW - 60, reason="vendor")])
    pull(store, make_ticket(2, created=NOW - 50), history="none")
    pull(store, make_ticket(3, created=NOW - 60), history="none")
    late = [created(NOW - 9999), make_event("acknowledge", NOW - 9000)]
    pull(store, make_ticket(4, created=NOW - 9999), late)
    pull(store, make_ticket(5), [created()])
    held = [created(), make_event("acknowledge", NOW - 99), make_event("hold", NOW - 60, reason="vendor")]
    pull(store, make_ticket(6, state="pending"), held)
    pull(store, make_ticket(7, priority=1, created=NOW - 600), [created(NOW - 600, 1)])
    assert ids(store) == ["RT-1", "RT-5", "RT-7", "RT-4", "RT-3", "RT-2", "RT-6"]


def test_equal_dues_go_by_priority_then_age(store: Store) -> None:
    pull(store, make_ticket(1, priority=2), [created()])
    pull(store, make_ticket(2, priority=1, created=NOW - 900), [created(NOW - 900, 1)])
    assert ids(store) == ["RT-2", "RT-1"]


def test_a_breached_clock_that_is_paused_is_with_the_paused(store: Store) -> None:
    held = [created(NOW - 40000), make_event("acknowledge", NOW - 39999), make_event("hold", NOW - 60, reason="vendor")]
    uid = pull(store, make_ticket(1, state="pending", created=NOW - 40000), held)
    pull(store, make_ticket(2), [created()])
    assert ids(store) == ["RT-2", "RT-1"]
    assert store.read(lambda db: db.execute("SELECT late FROM ticket WHERE uid = ?", (uid,)).fetchone()) == (1,)


@pytest.fixture
def many(store: Store) -> Store:
    for n, values in enumerate(
        (
            {"subject": "VPN gateway flapping", "owner": "anna", "priority": 1},
            {"subject": "Überlauf im Postfach", "owner": "kim", "customer": "Kranz AG"},
            {"subject": "郵件 delayed", "state": "in_progress", "customer": None},
            {"subject": "Printer 100%_jam", "state": "resolved", "owner": "ANNA"},
        ),
        1,
    ):
        text = f"body words of ticket number{n} tonerstaub" if n == 4 else f"Grüße, Störung {n}"
        pull(store, make_ticket(n, **values), [created(priority=int(values.get("priority", 2)), text=text)])
    return store


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", ["RT-1", "RT-2", "RT-3"]),
        ("state:all", ["RT-1", "RT-2", "RT-3", "RT-4"]),
        ("state:resolved", ["RT-4"]),
        ("state:in_progress,resolved", ["RT-3", "RT-4"]),
        ("owner:me", ["RT-1"]),
        ("owner:me state:all", ["RT-1", "RT-4"]),
        ("owner:none", ["RT-3"]),
        ("owner:me,none", ["RT-1", "RT-3"]),
        ("prio:1", ["RT-1"]),
        ('customer:"kranz ag"', ["RT-2"]),
        ("customer:none", ["RT-3"]),
        ("vpn", ["RT-1"]),
        ("gate flap", ["RT-1"]),
        ("gateway kim", []),
        ("ÜBERLAUF", ["RT-2"]),
        ("郵件", ["RT-3"]),
        ("rt-2", ["RT-2"]),
        ("störung", ["RT-1", "RT-2", "RT-3"]),
        ("storung", ["RT-1", "RT-2", "RT-3"]),
        ("toner state:all", ["RT-4"]),
        ("100%_ state:all", ["RT-4"]),
        ("!!! ---", []),
        ("'\\\"*", []),
        ("vpn NOT zz", []),
    ],
)
def test_filters(many: Store, text: str, found: list[str]) -> None:
    if text.count('"') % 2:
        text = text.replace('"', "")
    assert sorted(ids(many, text)) == found


@pytest.mark.parametrize("order", sorted(queue.ORDERS))
def test_every_order_shows_the_same_tickets(many: Store, order: str) -> None:
    assert sorted(ids(many, "state:all", order=order)) == ["RT-1", "RT-2", "RT-3", "RT-4"]


def test_only_one_upstreams(many: Store) -> None:
    pull(many, make_ticket(9, upstream="other"), [created()])
    assert ids(many, upstream="other") == ["OTHER-9"]


@pytest.fixture
def clocks(store: Store) -> Store:
    """RT-1 late since a second, RT-2 due in 5 minutes, RT-3 on hold, RT-4 missed and done, RT-5 met and done,
    RT-6 doubtful, RT-7 acknowledged, late with its fix."""
    pull(store, make_ticket(1, created=NOW - 3601), [created(NOW - 3601)])
    pull(store, make_ticket(2, priority=1, created=NOW - 600), [created(NOW - 600, 1)])
    held = [created(), make_event("acknowledge", NOW - 99), make_event("hold", NOW - 60, reason="vendor")]
    pull(store, make_ticket(3, state="pending"), held)
    late = [created(NOW - 9999), make_event("resolve", NOW - 90)]
    pull(store, make_ticket(4, state="resolved", created=NOW - 9999, updated=NOW - 90), late)
    old = [created(NOW - 900_000), make_event("acknowledge", NOW - 899_990), make_event("resolve", NOW - 899_000)]
    pull(store, make_ticket(5, state="resolved", created=NOW - 900_000, updated=NOW - 899_000), old)
    pull(store, make_ticket(6), history="none")
    over = [created(NOW - 50_000), make_event("acknowledge", NOW - 49_000)]
    pull(store, make_ticket(7, created=NOW - 50_000), over)
    pull(store, make_ticket(8, state="cancelled", created=NOW - 9999), [*late[:1], make_event("cancel", NOW - 90)])
    do(store, store.read(lambda db: tickets.uid_of(db, "RT-7")), Note("x"))
    return store


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("is:late", ["RT-1", "RT-7"]),
        ("is:paused", ["RT-3"]),
        ("is:doubtful", ["RT-6"]),
        ("is:unacked", ["RT-1", "RT-2"]),
        ("is:unsent", ["RT-7"]),
        ("is:answered", []),
        ("is:late,unacked", ["RT-1"]),
        ("sla:<10m", ["RT-1", "RT-2", "RT-7"]),
        ("sla:>1m", ["RT-2"]),
        ("due:<10m", ["RT-2"]),
        ("due:<4m", []),
        ("due:<8h", ["RT-1", "RT-2"]),
        ("due:>10m", ["RT-1", "RT-2"]),
        ("missed:response state:all", ["RT-1", "RT-4"]),
        ("missed:response", ["RT-1"]),
        ("missed:resolution", ["RT-7"]),
        ("missed:response,resolution state:all", ["RT-1", "RT-4", "RT-7"]),
        ("met:response state:all", ["RT-3", "RT-5", "RT-7"]),
        ("met:response state:all judged:<7d", ["RT-3", "RT-7"]),
        ("met:resolution state:all judged:<7d", ["RT-4"]),
        ("met:resolution state:all", ["RT-4", "RT-5"]),
        ("missed:response state:all judged:<1m", ["RT-1"]),
    ],
)
def test_what_is_asked_of_the_clocks(clocks: Store, text: str, found: list[str]) -> None:
    assert sorted(ids(clocks, text)) == found


EVENING, OPENING = parse_time("2026-11-24T18:30:00Z"), parse_time("2026-11-25T09:00:00Z")


@pytest.fixture
def evening(store: Store) -> Store:
    """At half past six: RT-1 late since 18:00, RT-2 (of the office) used up then, RT-3 late since 18:20, RT-4 due at
    18:40, RT-5 at 19:30 and not counted from 18:40 to 19:00, RT-6 late since 18:10 and not counted from 18:20 on."""
    for number, priority, hour, minute in (
        (1, 2, 17, 0),
        (3, 2, 17, 20),
        (4, 2, 17, 40),
        (5, 2, 18, 10),
        (6, 2, 17, 10),
    ):
        made = EVENING // 86_400 * 86_400 + hour * 3600 + minute * 60
        uid = pull(store, make_ticket(number, created=made), [created(made, priority)])
        if number > 4:
            exclude(store, uid, EVENING + (600 if number == 5 else -600), EVENING + 1800)
    made = parse_time("2026-11-24T10:00:00Z")
    pull(store, make_ticket(2, priority=4, created=made), [created(made, 4)])
    return store


@pytest.mark.parametrize(
    ("text", "at", "found"),
    [
        ("is:late", EVENING, "13"),
        ("is:late", EVENING + 1799, "134"),
        ("is:late", EVENING + 1800, "1346"),
        ("is:late", OPENING, "13456"),  # equality is in time
        ("is:late", OPENING + 1, "123456"),
        ("is:late state:all", OPENING + 1, "123456"),
        ("is:paused", EVENING, "6"),
        ("is:paused", EVENING + 599, "6"),
        ("is:paused", EVENING + 600, "56"),
        ("is:paused state:all", EVENING + 1799, "56"),
        ("is:paused", EVENING + 1800, ""),
        ("sla:<15m", EVENING, "12346"),  # by its due, which an exclusion has moved; late ones are in it
        ("due:<15m", EVENING, "24"),  # used up is due now; what is late is not due any more
        ("due:<2h", EVENING, "245"),
        ("due:>15m", EVENING, "123456"),  # their fix
        ("missed:response", EVENING, "136"),
        ("missed:response", OPENING, "13456"),
        ("missed:response", OPENING + 1, "123456"),
    ],
)
def test_what_is_late_and_what_stands_at_every_second(evening: Store, text: str, at: int, found: str) -> None:
    pks = evening.read(lambda db: queue.ids(db, parse(text, "UTC", at), ME, at))
    names = [row[2] for row in evening.read(lambda db: queue.rows(db, pks))]
    assert sorted(names) == [f"RT-{number}" for number in found]


@pytest.mark.parametrize(
    ("at", "late", "soon"),
    [
        (EVENING, 2, 2),
        (EVENING + 600, 2, 2),
        (EVENING + 601, 3, 1),
        (EVENING + 1800, 4, 1),
        (OPENING, 5, 1),
        (OPENING + 1, 6, 0),
    ],
)
def test_the_header_counts_the_same(evening: Store, at: int, late: int, soon: int) -> None:
    found = evening.read(lambda db: queue.counts(db, ME, at))
    assert (found.late, found.soon) == (late, soon)


def test_late_ones_come_before_what_is_used_up_and_that_before_what_is_due(evening: Store) -> None:
    def order(at: int) -> str:
        pks = evening.read(lambda db: queue.ids(db, parse(""), ME, at))
        return "".join(row[2].removeprefix("RT-") for row in evening.read(lambda db: queue.rows(db, pks)))

    assert order(EVENING - 1801) == "126345"  # by due
    assert order(EVENING) == "163245"
    assert order(OPENING + 1) == "126345"


def test_tombstones_are_never_there(many: Store) -> None:
    uid = many.read(lambda db: tickets.uid_of(db, "RT-1"))
    write(many, lambda tx: tickets.tombstone(tx, uid))
    assert ids(many, "state:all vpn") == []
    assert many.read(lambda db: queue.counts(db, ME, NOW)).p1 == 0


def test_the_page_uses_the_queues_index_and_sorts_nothing(store: Store) -> None:
    words = (
        "",
        "owner:me",
        "vpn",
        "state:new prio:1",
        "state:all",
        "state:resolved customer:x",
        "is:late",
        "is:paused",
        "created:>2d",
        "updated:<1h",
        "is:answered",
        "is:unsent",
    )
    for text in (*words, "sla:<30m"):
        plan = planned(store, text)
        assert "COVERING INDEX ticket_queue" in plan[0]
        assert not [step for step in plan if "TEMP B-TREE" in step]


def planned(store: Store, text: str) -> list[str]:
    """What SQLite says it will do for a filter."""
    sql, values = queue.select(parse(text), ME)
    return [row[3] for row in store.read(lambda db: db.execute(f"EXPLAIN QUERY PLAN {sql}", values).fetchall())]


@pytest.mark.parametrize(
    ("text", "index"),
    [("tag:vpn", "ticket USING COVERING INDEX ticket_tags"), ("tag:none", "ticket USING COVERING INDEX ticket_tags"),
     ("ci:till-gw-07", "ticket USING COVERING INDEX ticket_cis"), ("has:note", "event USING COVERING INDEX event_note"),
     ("is:changed", "event USING COVERING INDEX event_author")],
)  # fmt: skip
def test_what_is_in_no_ticket_row_is_found_by_a_narrow_index(store: Store, text: str, index: str) -> None:
    plan = planned(store, text)
    assert "COVERING INDEX ticket_queue" in plan[0]
    assert [step for step in plan if index in step], plan
    wide = [step for step in plan if " ticket " in f"{step} " and "COVERING" not in step]
    assert not wide, plan


@pytest.mark.parametrize(
    ("text", "most"),
    [("tag:vpn", 19), ("ci:till-gw-07", 19), ("has:note", 19), ("created:<1d", 9), ("is:answered", 9),
     ("is:changed", 110)],
)  # fmt: skip
def test_a_filter_takes_few_steps_a_ticket(store: Store, text: str, most: int) -> None:
    """Counted by SQLite itself, of which every step of a statement is heard."""
    steps = [0]

    def run(db: sqlite3.Connection) -> None:
        sql, values = queue.select(parse(text), ME, now=NOW)
        db.set_progress_handler(lambda: steps.append(0), 1)
        db.execute(sql, values).fetchall()
        db.set_progress_handler(None, 0)

    for n in range(1, 101):
        notes = [
            make_event("internal_note", NOW - 60 + each, author=("anna", "kim")[each > 3], text="x")
            for each in range(5)
        ]
        pull(store, make_ticket(n, tags=("mail", "Printer", "night"), cis=("srv-01", "srv-02")), [created(), *notes])
    store.read(run)
    assert 100 < len(steps) < 100 * most, len(steps)


def test_counts(store: Store) -> None:
    pull(
        store, make_ticket(1, priority=1, owner="anna", created=NOW - 600), [created(NOW - 600, 1)]
    )  # due in 5 minutes
    pull(store, make_ticket(2, created=NOW - 3601), [created(NOW - 3601)])  # late by 1 s
    acked = pull(store, make_ticket(3, owner="kim"), [created(), make_event("acknowledge", NOW - 9)])
    pull(store, make_ticket(4, state="resolved"), [created(), make_event("resolve", NOW - 9)])
    sent, lost = do(store, acked, Assign("anna")), do(store, acked, Note("x"))
    write(store, lambda tx: (outbox.mark(tx, sent.uid, "rejected"), outbox.mark(tx, lost.uid, "unknown")))
    write(store, lambda tx: conflicts.put(tx, acked, sent.uid, "owner", base="kim", mine="anna", theirs=None))
    write(store, lambda tx: tickets.rebuild(tx, [acked]))
    late = store.read(lambda db: tickets.uid_of(db, "RT-2"))
    do(store, late, Reply("coming"))
    found = store.read(lambda db: queue.counts(db, ME, NOW))
    assert found == queue.Counts(
        open=3, p1=1, soon=1, late=1, nofirst=2, mine=1, waiting=2, conflicts=1, rejected=1, unknown=1, stops=1,
        first_due=NOW - 1,
    )  # fmt: skip


def test_a_row_that_vanished_is_left_out(many: Store) -> None:
    assert many.read(lambda db: queue.rows(db, [999, 1])) == many.read(lambda db: queue.rows(db, [1]))
    assert many.read(lambda db: queue.rows(db, [])) == []
