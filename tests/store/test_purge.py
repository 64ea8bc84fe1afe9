"""What is taken out is wiped from the file, and that keeps nobody waiting who writes."""

import sqlite3
import time
from contextlib import closing
from pathlib import Path

import pytest

from deskui.domain.ticket import Ticket
from deskui.store import purge, tickets
from deskui.store.driver import StoreError
from deskui.store.store import Store
from deskui.store.vacuum import vacuum
from tests.make import make_event, make_store, make_ticket, pull, write

CANARY = "kranzvault"


def barred(ticket: Ticket) -> bool:
    return ticket.customer == "Kranz"


def filled(folder: Path) -> Store:
    """Forty tickets with long texts, half of them of a customer that may not be here."""
    store = make_store(folder)
    for n in range(40):
        word, customer = (CANARY, "Kranz") if n % 2 else ("printer", "Nordkauf")
        events = [make_event("customer_reply", text=f"{word} {n} {k} " * 100) for k in range(4)]
        pull(store, make_ticket(n, subject=f"{word} {n}", customer=customer), [make_event(), *events])
    return store


def left(folder: Path) -> bool:
    """Whether a byte of it is in any file."""
    return any(CANARY.encode() in path.read_bytes().lower() for path in folder.iterdir() if path.is_file())


def there(store: Store) -> int:
    return len(store.read(lambda db: tickets.open_remotes(db, "rt")))


def waits(store: Store) -> bool:
    """Whether a write of ours is found to wait, within ten seconds."""
    until = time.monotonic() + 10
    while not store.stuck and time.monotonic() < until:
        time.sleep(0.01)
    return store.stuck


def test_the_last_byte_goes(tmp_path: Path) -> None:
    with filled(tmp_path) as store:
        assert left(tmp_path)
        assert purge.run(store, barred) == []
        assert there(store) == 20
        assert not store.read(purge.unwiped)
    assert not left(tmp_path)


def test_it_gives_way_to_who_writes_and_the_next_run_does_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("deskui.store.vacuum.STEPS", 10)
    with filled(tmp_path) as store:
        with monkeypatch.context() as busy:
            busy.setattr(Store, "stuck", True)
            purge.run(store, barred)
        assert (there(store), store.read(purge.unwiped)) == (20, True)
        assert purge.look(store.path, barred) == ([], True)
        purge.run(store, barred)
        assert not store.read(purge.unwiped)
    assert not left(tmp_path)


def test_a_store_that_could_not_be_wiped_is_synced_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> bool:
        raise StoreError("the disk is full")

    with filled(tmp_path) as store:
        with monkeypatch.context() as broken:
            broken.setattr(purge, "vacuum", full)
            assert purge.run(store, barred) == []
        assert store.read(purge.unwiped)


def test_a_write_that_waits_is_noticed_and_a_look_is_none(tmp_path: Path) -> None:
    with make_store(tmp_path) as store, closing(sqlite3.connect(store.path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        store.poll().result(10)
        assert not store.stuck
        waiting = store.write(lambda tx: tx.note("sync"))
        assert waits(store)
        other.execute("ROLLBACK")
        waiting.result(10)
        assert not store.stuck


def test_given_up_it_leaves_all_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("deskui.store.vacuum.STEPS", 10)
    with filled(tmp_path) as store:
        asked: list[int] = []
        assert not vacuum(store.path, lambda: asked.append(1) is None and len(asked) > 50)
        write(store, lambda tx: tx.note("sync"))
        assert there(store) == 40
        assert store.read(lambda db: db.execute("PRAGMA integrity_check").fetchone()) == ("ok",)
        assert vacuum(store.path)
