"""Full-text search over subjects and bodies.  A text's row id is ticket pk << 20 | n, and n = 0 is the subject."""

import re
import sqlite3
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from deskui.store.store import Tx

SHIFT = 20
_WORD = re.compile(r"\w{3,}")
_MOST = 12  # words of a ticket that are looked for elsewhere
_COMMON = frozenset((
    "and", "are", "but", "der", "die", "das", "ein", "eine", "for", "from", "have", "ist", "mit", "not", "nicht", "our",
    "that", "the", "und", "von", "was", "were", "with", "you", "your",
))  # fmt: skip


def subject(tx: "Tx", pk: int, text: str) -> None:
    """Keep the subject in step."""
    remove(tx, pk << SHIFT)
    _write(tx, pk << SHIFT, text)


def add(tx: "Tx", pk: int, text: str) -> int:
    """Store a message's body and return its row id; 0 for an empty one."""
    if not text:
        return 0
    first, last = (pk << SHIFT) + 1, (pk + 1 << SHIFT) - 1
    newest = tx.db.execute("SELECT max(pk) FROM body WHERE pk BETWEEN ? AND ?", (first, last)).fetchone()[0]
    row = first if newest is None else int(newest) + 1
    _write(tx, row, text)
    return row


def remove(tx: "Tx", row: int) -> None:
    """Forget a text; without effect if there is none."""
    old = tx.db.execute("SELECT text FROM body WHERE pk = ?", (row,)).fetchone()
    if old is not None:
        tx.db.execute("INSERT INTO search(search, rowid, text) VALUES ('delete', ?, ?)", (row, old[0]))
        tx.db.execute("DELETE FROM body WHERE pk = ?", (row,))


def _write(tx: "Tx", row: int, text: str) -> None:
    from deskui.store import statements

    tx.db.execute(statements.insert("body", ("pk", "text")), {"pk": row, "text": text})
    tx.db.execute("INSERT INTO search(rowid, text) VALUES (?, ?)", (row, text))


def match(word: str) -> str:
    """An FTS5 expression for texts that hold a word beginning with `word`."""
    return '"' + word.replace('"', '""') + '"*'


def similar(db: sqlite3.Connection, uid: str, limit: int) -> list[int]:
    """The pks of other tickets whose subject or messages share rare words with this ticket's subject, best first."""
    found = db.execute("SELECT pk, subject, merged_into FROM ticket WHERE uid = ?", (uid,)).fetchone()
    if found is None:
        return []
    words = [word.casefold() for word in _WORD.findall(found[1]) if word.casefold() not in _COMMON]
    words = list(dict.fromkeys(words))[:_MOST]
    if not words:
        return []
    expression = " OR ".join(f'"{word}"' for word in words)
    rows = db.execute(
        f"""SELECT h.ticket FROM (SELECT rowid >> {SHIFT} AS ticket, rank, rowid & {(1 << SHIFT) - 1} AS n FROM search
            WHERE search MATCH ? ORDER BY rank LIMIT ?) h JOIN ticket t ON t.pk = h.ticket
            WHERE t.gone = 0 AND t.pk <> ? ORDER BY h.rank * iif(h.n = 0, 2.0, 1.0)""",
        (expression, limit * 8 + 8, found[0]),
    )
    return list(dict.fromkeys(row[0] for row in rows))[:limit]
