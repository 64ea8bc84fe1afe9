"""What the journal says of a ticket's clocks: agreed exclusions, and figures kept when the rules changed."""

import json
import sqlite3
from typing import TYPE_CHECKING, Any

from deskui.lazy import dataclass
from deskui.store import journal

if TYPE_CHECKING:
    from deskui.domain.counting import Exclusion
    from deskui.store.store import Tx

EXCLUSION, KEPT = "exclusion", "kept"
_READ = "SELECT uid, at, author, data FROM journal WHERE kind = ? AND subject IN (?, ?) ORDER BY at, pk"
Figures = dict[str, dict[str, Any]]  # by clock, a Run as JSON


@dataclass(frozen=True)
class Excluded:
    """Time agreed not to count: [start, end) in epoch seconds, by `author`, who is not the approver."""

    uid: str
    at: int
    author: str
    start: int
    end: int
    reason: str
    approver: str
    note: str = ""


def subjects(uid: str, upstream: str, remote_id: str | None) -> tuple[str, str]:
    """What a ticket is called in the journal: by our uid, and once it is known by its upstream's id."""
    return f"ticket:{uid}", f"ticket:{upstream}/{remote_id}" if remote_id else ""


def subjects_of(db: sqlite3.Connection, uid: str) -> tuple[str, str]:
    """The same, from the store; LookupError: no such ticket."""
    row = db.execute("SELECT uid, upstream, remote_id FROM ticket WHERE uid = ?", (uid,)).fetchone()
    if row is None:
        raise LookupError(f"no ticket {uid}")
    return subjects(*row)


def subject_of(db: sqlite3.Connection, uid: str) -> str:
    """The name that a new fact about the ticket carries: the one that other desks know too, where there is one."""
    own, shared = subjects_of(db, uid)
    return shared or own


def uid_of(db: sqlite3.Connection, subject: str) -> str | None:
    """The uid of the ticket that is called so in the journal; None: it is not here."""
    name = subject.removeprefix("ticket:")
    upstream, by_remote, remote_id = name.partition("/")
    if not by_remote:
        return name
    row = db.execute("SELECT uid FROM ticket WHERE upstream = ? AND remote_id = ?", (upstream, remote_id)).fetchone()
    return None if row is None else str(row[0])


def facts(db: sqlite3.Connection, uid: str, kind: str) -> list[journal.Record]:
    """The facts of a kind about a ticket, by whatever name; oldest first."""
    found = [each for name in subjects_of(db, uid) if name for each in journal.rows(db, kind, name)]
    return sorted(found, key=lambda each: (each.at, each.uid))


def exclusions(db: sqlite3.Connection, names: tuple[str, str]) -> list[Excluded]:
    """The exclusions that count, oldest first; one that was taken back does not."""
    found: dict[str, Excluded] = {}
    for uid, at, author, text in db.execute(_READ, (EXCLUSION, *names)):
        data = json.loads(text)
        if "takes_back" in data:
            found.pop(data["takes_back"], None)
        else:
            found[uid] = Excluded(
                uid, at, author, data["from"], data["to"], data["reason"], data["approver"], data.get("note", "")
            )
    return list(found.values())


def counted(excluded: list[Excluded]) -> "tuple[Exclusion, ...]":
    """As the clocks take them; the reason names who approved."""
    return tuple((each.start, each.end, f"{each.reason}, approved by {each.approver}") for each in excluded)


def kept(db: sqlite3.Connection, names: tuple[str, str]) -> Figures:
    """The figures of stopped clocks that a change of the rules did not alter, by clock."""
    rows = db.execute(_READ, (KEPT, *names)).fetchall()
    return dict(json.loads(rows[-1][3])) if rows else {}


def keep(tx: "Tx", subject: str, figures: Figures, author: str = "") -> None:
    """From now on these figures stand for the ticket's stopped clocks, and no others."""
    journal.append(tx, KEPT, subject, figures, author=author, scope="private")


class Noted:
    """The subjects that have any of it: most tickets have none.  The journal only grows, so each look reads on."""

    def __init__(self) -> None:
        self._subjects: set[str] = set()
        self._read = 0

    def follow(self, db: sqlite3.Connection) -> None:
        """Know also what was noted since the last time."""
        rows = db.execute("SELECT pk, kind, subject FROM journal WHERE pk > ? ORDER BY pk", (self._read,))
        for self._read, kind, subject in rows:
            if kind in (EXCLUSION, KEPT):
                self._subjects.add(subject)

    def __bool__(self) -> bool:
        return bool(self._subjects)

    def any(self, names: tuple[str, str]) -> bool:
        """Whether something is noted of the ticket called so."""
        return not self._subjects.isdisjoint(names)
