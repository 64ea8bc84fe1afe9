"""Follow-ups: when somebody wants to look at a ticket again.  Private facts of the journal, the newest counts.

They never leave this desk; each is kept under our own uid of the ticket, which stays.
"""

import json
import sqlite3
from collections.abc import Collection
from typing import TYPE_CHECKING

from deskui.store import journal

if TYPE_CHECKING:
    from deskui.store.store import Tx

KIND = "follow_up"
# Of each ticket and person the newest row, if it sets a time; `whose`: a condition on the author.
STANDING = """SELECT substr(j.subject, 8) AS uid, j.author AS author, json_extract(j.data, '$.at') AS at FROM journal j
    WHERE j.kind = 'follow_up' AND {whose} AND json_extract(j.data, '$.at') IS NOT NULL AND j.pk = (
        SELECT max(k.pk) FROM journal k
        WHERE k.kind = 'follow_up' AND k.subject = j.subject AND k.author = j.author)"""


def put(tx: "Tx", uid: str, author: str, at: int | None) -> None:
    """From now on this is when they look again; None: no more."""
    journal.append(tx, KIND, f"ticket:{uid}", {"at": at}, author=author, scope="private")
    tx.touch(uid)


def of(db: sqlite3.Connection, uid: str, authors: Collection[str]) -> int | None:
    """When one of these people wants to look at a ticket again; None: not, or it is finished."""
    row = db.execute(
        f"""SELECT j.data FROM journal j JOIN ticket t ON t.uid = ? AND t.done = 0
            WHERE j.kind = ? AND j.subject = ? AND j.author IN ({",".join("?" * len(authors))})
            ORDER BY j.pk DESC LIMIT 1""",
        (uid, KIND, f"ticket:{uid}", *authors),
    ).fetchone()
    found: int | None = None if row is None else json.loads(row[0])["at"]
    return found


def reached(db: sqlite3.Connection, authors: Collection[str], now: int) -> list[tuple[str, str, int]]:
    """Of these people what they wanted to look at by `now`: uid, author, time; finished tickets are not."""
    standing = STANDING.format(whose=f"author IN ({','.join('?' * len(authors))})")
    rows = db.execute(
        f"""SELECT f.uid, f.author, f.at FROM ({standing}) f JOIN ticket t ON t.uid = f.uid
            WHERE f.at <= ? AND t.done = 0 AND t.gone = 0 ORDER BY f.at""",
        (*authors, now),
    )
    return [(str(uid), str(author), int(at)) for uid, author, at in rows]
