"""Tickets that may not be on this machine: taken out with everything that was said on them, so that no byte stays.

One on which something of ours waits stays until that was sent or dropped: nothing that was typed goes silently.
"""

import json
import logging
import shutil
import sqlite3
from collections.abc import Callable, Iterable
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from deskui.domain.attachment import clean
from deskui.domain.ticket import Ticket, from_json
from deskui.store import driver, search
from deskui.store.vacuum import vacuum

if TYPE_CHECKING:
    from deskui.store.store import Store, Tx

log = logging.getLogger(__name__)

Barred = Callable[[Ticket], bool]
MARK = "unwiped"  # of the table `meta`: rows were deleted, and what they said may still be in pages that are free
_PARTS = ("alias", "conflict", "attachment", "outbox", "event", "missing", "draft")
_WAITS = """SELECT EXISTS (SELECT 1 FROM outbox WHERE ticket = ?1 AND state NOT IN ('sent', 'dropped'))
    OR EXISTS (SELECT 1 FROM draft WHERE ticket = ?1)"""
_MERGE = 200  # pages of the full-text index that one step merges


@dataclass(frozen=True, slots=True)
class Found:
    """A ticket that may not be here; `waits`: something of ours waits on it."""

    uid: str
    id: str
    waits: bool


def found(db: sqlite3.Connection, barred: Barred) -> list[Found]:
    """Those that may not be here."""
    known = list[Found]()
    judged: dict[str, bool] = {}
    for pk, uid, name, customer, shown in db.execute("SELECT pk, uid, id, customer, shown FROM ticket"):
        if customer is None or customer not in judged:
            away = barred(from_json(json.loads(shown)))
            if customer is not None:
                judged[customer] = away
        if away if customer is None else judged[customer]:
            known.append(Found(uid, name, bool(db.execute(_WAITS, (pk,)).fetchone()[0])))
    return known


def unwiped(db: sqlite3.Connection) -> bool:
    """Whether something was taken out of which bytes may be left in the file."""
    return db.execute("SELECT 1 FROM meta WHERE key = ?", (MARK,)).fetchone() is not None


def look(path: Path, barred: Barred) -> tuple[list[Found], bool]:
    """Both of a store that is not open here: what may not be here, and whether bytes are left.  StoreError."""
    try:
        with closing(driver.connect(path, readonly=True)) as db:
            return found(db, barred), unwiped(db)
    except driver.errors() as error:
        raise driver.said(error, path) from error


def take_out(tx: "Tx", uid: str) -> bool:
    """Delete a ticket with all that belongs to it; whether that was done: not where something of ours waits."""
    row = tx.db.execute("SELECT pk, upstream, remote_id FROM ticket WHERE uid = ?", (uid,)).fetchone()
    if row is None or tx.db.execute(_WAITS, (row[0],)).fetchone()[0]:
        return False
    pk, upstream, remote = row
    tx.db.execute("PRAGMA secure_delete=ON")
    tx.db.execute("INSERT OR REPLACE INTO meta(key, value) VALUES (?, '1')", (MARK,))
    first, last = pk << search.SHIFT, (pk + 1 << search.SHIFT) - 1
    for (body,) in tx.db.execute("SELECT pk FROM body WHERE pk BETWEEN ? AND ?", (first, last)).fetchall():
        search.remove(tx, body)
    for file in _files(tx.db, pk):
        tx.db.execute("DELETE FROM outfile WHERE uid = ?", (file,))
    for table in _PARTS:
        tx.db.execute(f"DELETE FROM {table} WHERE ticket = ?", (pk,))
    subjects = (f"ticket:{uid}", f"ticket:{upstream}/{remote}")
    tx.db.execute("DELETE FROM journal WHERE subject IN (?, ?)", subjects)
    tx.db.execute("DELETE FROM ticket WHERE pk = ?", (pk,))
    tx.touch(uid)
    return True


def _files(db: sqlite3.Connection, pk: int) -> Iterable[str]:
    """The files that went with what was sent from here."""
    for (payload,) in db.execute("SELECT payload FROM outbox WHERE ticket = ?", (pk,)).fetchall():
        yield from (file["id"] for file in json.loads(payload).get("files", ()))


def run(store: "Store", barred: Barred) -> list[Found]:
    """Take out what may not be here, in short slices, and wipe what it leaves; those that had to stay."""
    there = store.read(lambda db: found(db, barred))
    gone = [each for each in there if not each.waits]
    if gone:
        store.write_each([partial(take_out, uid=each.uid) for each in gone]).result()
        for each in gone:
            shutil.rmtree(store.path.parent / "attachments" / clean(each.id), ignore_errors=True)
    if store.read(unwiped):
        _wipe(store)
    return [each for each in there if each.waits]


def _wipe(store: "Store") -> None:
    """No page and no log keeps what was deleted; the backups that were made by upgrades go, since they have it all."""
    for backup in store.path.parent.glob(f"{store.path.stem}-before-*{store.path.suffix}"):
        backup.unlink(missing_ok=True)

    def merge(tx: "Tx") -> bool:
        """A step of bringing the full-text index into one piece, without the words that were deleted."""
        before = tx.db.total_changes
        tx.db.execute("INSERT INTO search(search, rank) VALUES ('merge', ?)", (-_MERGE if not begun else _MERGE,))
        begun.append(True)
        return tx.db.total_changes - before >= 2

    begun: list[bool] = []
    while store.write(merge, background=True).result():
        pass
    # The mark stays, and the next run tries again, where somebody writes now, or reads what the log still has.
    try:
        wiped = vacuum(store.path, lambda: store.stuck)
    except driver.StoreError as error:  # no reason to send and fetch nothing
        log.warning("what was taken out is not wiped yet: %s", error)
        return
    if wiped:
        store.write(lambda tx: tx.db.execute("DELETE FROM meta WHERE key = ?", (MARK,)), background=True).result()


def older(path: Path) -> list[Path]:
    """Files set aside beside the store, which may have such tickets and are never deleted by deskui."""
    return sorted([*path.parent.glob(f"{path.stem}-damaged-*"), *path.parent.glob(f"{path.stem}-replaced-*")])
