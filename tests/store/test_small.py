"""Sync state, journal, inventory, lock, identifiers."""

import subprocess
import sys
import time
import uuid
from pathlib import Path

import pytest

from deskui.domain.asset import Asset, Watch
from deskui.store import inventory, journal, syncstate
from deskui.store.ids import uuid7
from deskui.store.lock import SyncLock
from deskui.store.store import Store
from tests.make import NOW, Clock, write

ROOT = Path(__file__).parents[2]
HOLD = """
import sys, time
from pathlib import Path
from deskui.store.lock import SyncLock
print(SyncLock(Path(sys.argv[1])).acquire(0), flush=True)
time.sleep(60)
"""


def test_sync_state_is_saved_field_by_field(store: Store) -> None:
    assert store.read(lambda db: syncstate.get(db, "rt")) == syncstate.State("rt")
    write(store, lambda tx: syncstate.put(tx, "rt", cursor="17", last_ok=NOW, offset_s=-1.5))
    write(store, lambda tx: syncstate.put(tx, "rt", stage="facts", offline_since=NOW, error="away"))
    state = syncstate.State("rt", "17", "", "facts", NOW, None, NOW, "away", "", -1.5)
    assert store.read(lambda db: syncstate.get(db, "rt")) == state
    write(store, lambda tx: syncstate.put(tx, "rt", offline_since=None))
    assert store.read(syncstate.all_)[0].offline_since is None
    with pytest.raises(TypeError):
        write(store, lambda tx: syncstate.put(tx, "rt", curser="18"))


def test_the_journal_only_grows(store: Store, clock: Clock) -> None:
    one = write(store, lambda tx: journal.append(tx, "diag", "ci:sw1", {"ok": True}, author="anna"))
    clock.now += 5
    two = write(store, lambda tx: journal.append(tx, "diag", "ci:sw2", {"ok": False}, author="kim", scope="private"))
    rows = store.read(lambda db: journal.rows(db, "diag"))
    assert [(row.uid, row.seq, row.at, row.author, row.scope, dict(row.data)) for row in rows] == [
        (one, 1, NOW, "anna", "team", {"ok": True}),
        (two, 2, NOW + 5, "kim", "private", {"ok": False}),
    ]
    assert len({row.origin for row in rows}) == 1
    assert [row.uid for row in store.read(lambda db: journal.rows(db, subject="ci:sw2"))] == [two]
    assert store.read(lambda db: journal.rows(db, "breach")) == []


def test_the_inventory_is_what_the_journal_says_last(store: Store) -> None:
    old = Asset("sw1", address="10.0.0.1", watch=(Watch("/var", 5),))
    new = Asset("sw1", address="10.0.0.2", watch=(Watch("/var", 5),))
    other = Asset("App-1", kind="service", criticality="high")
    done = [write(store, lambda tx, a=a: inventory.put(tx, a, "anna")) for a in (old, new, new, other)]
    assert done == [True, True, False, True]
    assert store.read(inventory.all_) == [other, new]
    assert store.read(lambda db: inventory.get(db, "SW1")) == new
    assert store.read(lambda db: inventory.get(db, "sw9")) is None
    assert len(store.read(lambda db: journal.rows(db, "ci"))) == 3


def test_one_run_at_a_time_and_death_frees_the_lock(tmp_path: Path) -> None:
    holder = subprocess.Popen([sys.executable, "-c", HOLD, str(tmp_path)], stdout=subprocess.PIPE, text=True, cwd=ROOT)
    assert holder.stdout is not None
    assert holder.stdout.readline() == "True\n"
    lock = SyncLock(tmp_path)
    assert not lock.acquire(0)
    assert not lock.acquire(0.2)
    with SyncLock(tmp_path) as held:
        assert not held
    holder.kill()
    holder.communicate()
    assert lock.acquire(5)
    assert not SyncLock(tmp_path).acquire(0)
    lock.release()
    with SyncLock(tmp_path) as held:
        assert held
    assert (tmp_path / "sync.lock").stat().st_mode & 0o777 == 0o600


def test_identifiers_are_uuids_of_version_7_that_sort_by_time() -> None:
    made = [uuid7() for _ in range(1000)]
    assert len(set(made)) == 1000
    assert {uuid.UUID(each).version for each in made} == {7}
    assert {uuid.UUID(each).variant for each in made} == {uuid.RFC_4122}
    assert made == sorted(made)


def test_identifiers_sort_though_the_clock_stands_still_or_is_set_back(monkeypatch: pytest.MonkeyPatch) -> None:
    before, at = uuid7(), time.time_ns()
    monkeypatch.setattr(time, "time_ns", lambda: at)
    made = [uuid7() for _ in range(500)]
    monkeypatch.setattr(time, "time_ns", lambda: at - 3_600 * 10**9)
    made += [uuid7() for _ in range(500)]
    assert [before, *made] == sorted({before, *made})
