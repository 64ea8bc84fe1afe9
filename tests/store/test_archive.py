"""Tickets finished long ago: in less room, found, shown and counted as before."""

import itertools
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

from deskui.domain.change import Note
from deskui.domain.query import parse
from deskui.store import archive, export, quarantine, queue, salvage, tickets
from deskui.store.store import Store
from tests.make import NOW, Clock, exclude, make_event, make_rules, make_store, make_ticket, pull, write
from tests.make import queue as queued

DAY = 86_400
LONG = "the heron stood in the server room and would not leave " * 60


def filled(folder: Path) -> Store:
    """Ten tickets resolved long ago, ten resolved lately, ten open ones: all with long texts."""
    store = make_store(folder)
    for n in range(30):
        at = NOW - (200 if n < 10 else 2) * DAY
        state = "resolved" if n < 20 else "in_progress"
        events = [make_event(at=at - DAY, priority=2)]
        events += [make_event("customer_reply", at - DAY + k, text=f"word{n} {k} {LONG}") for k in range(4)]
        events += [make_event("resolve", at)] if n < 20 else []
        pull(store, make_ticket(n, state=state, created=at - DAY, updated=at, subject=f"Heron {n}"), events)
    return store


def looks(store: Store) -> dict[str, Any]:
    """All that anybody may see of it."""

    def read(db: sqlite3.Connection) -> dict[str, Any]:
        uids = [str(tickets.uid_of(db, f"RT-{n}")) for n in range(30)]
        query = parse('state:all "heron stood"', "UTC", NOW)
        return {
            "shown": [tickets.shown(db, uid) for uid in uids], "events": [tickets.timeline(db, uid) for uid in uids],
            "runs": [tickets.runs(db, uid) for uid in uids],
            "found": sorted(queue.ids(db, query=query, me=frozenset(), now=NOW, order="sla", upstream=None)),
            "export": [row for row in export.rows(db) if row["is"] == "event"],
        }  # fmt: skip

    return store.read(read)


def packed(store: Store) -> set[int]:
    """The tickets some of whose texts are archived."""
    sql = "SELECT DISTINCT remote_id FROM body JOIN ticket ON ticket.pk = body.pk >> 20 WHERE typeof(text) = 'blob'"
    return {int(remote) for (remote,) in store.read(lambda db: db.execute(sql).fetchall())}


def test_old_ones_take_less_room_and_nobody_sees_a_difference(tmp_path: Path) -> None:
    with filled(tmp_path) as store:
        before = looks(store)
        assert len(before["found"]) == 30
        store.write_each(archive.steps(90)).result(30)
        assert packed(store) == set(range(10))
        assert looks(store) == before
        assert not store.read(lambda db: archive.due(db, NOW + DAY - 1))
        assert store.read(lambda db: archive.due(db, NOW + DAY))
    was, now = archive.compact(tmp_path / "desk.db")
    assert was - now > 10 * 4 * 1500
    with make_store(tmp_path) as store:
        assert looks(store) == before


def test_an_archived_ticket_lives_on(tmp_path: Path) -> None:
    """A late answer, an edited text, a note of ours, agreed time: all as on any ticket."""
    with filled(tmp_path) as store:
        store.write_each(archive.steps(90)).result(30)
        uid = str(store.read(lambda db: tickets.uid_of(db, "RT-3")))
        pull(store, make_ticket(3, state="in_progress"), [make_event("customer_reply", NOW, text=f"again {LONG}")])
        queued(store, uid, Note("looking"))
        exclude(store, uid, NOW - 201 * DAY, NOW - 201 * DAY + 60)
        texts = [event.text for event in store.read(lambda db: tickets.timeline(db, uid))]
        assert texts[-2:] == [f"again {LONG}", "looking"]
        assert f"word3 2 {LONG}" in texts
        other = str(store.read(lambda db: tickets.uid_of(db, "RT-4")))
        write(store, lambda tx: tickets.tombstone(tx, other, into=uid))
        moved = [
            make_event("customer_reply", e.at, key=e.key, text=e.text)
            for e in store.read(lambda db: tickets.events(db, other))
            if e.type == "customer_reply"
        ]
        write(store, lambda tx: tickets.add_events(tx, uid, moved))
        texts = [event.text for event in store.read(lambda db: tickets.timeline(db, uid))]
        assert f"word4 2 {LONG}" in texts
        found = "SELECT count(*) FROM search WHERE search MATCH 'word4'"
        assert store.read(lambda db: db.execute(found).fetchone()) == (4,)


def test_one_on_which_something_waits_stays_as_it_is(tmp_path: Path) -> None:
    with filled(tmp_path) as store:
        queued(store, str(store.read(lambda db: tickets.uid_of(db, "RT-5"))), Note("not sent yet"))
        store.write_each(archive.steps(90)).result(30)
        assert packed(store) == set(range(10)) - {5}


def test_each_step_packs_one_text(tmp_path: Path) -> None:
    """So a slice ends where it should, however many texts a ticket has."""
    with filled(tmp_path) as store:
        count = "SELECT count(*) FROM body WHERE typeof(text) = 'blob'"
        seen = [0]
        for step in archive.steps(90):
            write(store, step)
            seen.append(store.read(lambda db: db.execute(count).fetchone()[0]))
        assert seen[-1] == 40
        assert max(after - before for before, after in itertools.pairwise(seen)) == 1


def test_of_a_damaged_store_archived_texts_are_saved_and_found(tmp_path: Path) -> None:
    with filled(tmp_path) as store:
        store.write_each(archive.steps(90)).result(30)
        before = looks(store)
    quarantine.note(tmp_path / "desk.db", "test")
    salvage.salvage(tmp_path / "desk.db", make_rules(), Clock()(), {"rt": "RT-"})
    with make_store(tmp_path) as store:
        after = looks(store)
        assert (after["found"], after["events"], after["shown"]) == (
            before["found"], before["events"], before["shown"],
        )  # fmt: skip
    with closing(sqlite3.connect(tmp_path / "desk.db")) as db:
        assert db.execute("SELECT count(*) FROM body WHERE typeof(text) = 'blob'").fetchone() == (0,)
