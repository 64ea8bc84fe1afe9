"""Full-text search over subjects and bodies.  A text's row id is ticket pk << 20 | n, and n = 0 is the subject."""

import math
import re
import sqlite3
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from deskui.store.store import Tx

SHIFT = 20
_WITHIN = (1 << SHIFT) - 1
_NEWEST = 200  # texts that are looked at for each word
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
    """The pks of other tickets that share words with this one's subject, best first.

    A rare word weighs more, and one in a subject double.  Of each word only the newest texts are looked at, so that
    the cost does not grow with the store.
    """
    found = db.execute("SELECT pk, subject FROM ticket WHERE uid = ?", (uid,)).fetchone()
    if found is None:
        return []
    words = [word.casefold() for word in _WORD.findall(found[1]) if word.casefold() not in _COMMON]
    scores: dict[int, float] = {}
    for word in list(dict.fromkeys(words))[:_MOST]:
        for pk, score in _scores(db, word).items():
            scores[pk] = scores.get(pk, 0) + score
    scores.pop(found[0], None)
    best = sorted(scores, key=lambda pk: (-scores[pk], -pk))[: limit * 2]
    marks = ",".join("?" * len(best))
    alive = {pk for (pk,) in db.execute(f"SELECT pk FROM ticket WHERE gone = 0 AND pk IN ({marks})", best)}
    return [pk for pk in best if pk in alive][:limit]


def _scores(db: sqlite3.Connection, word: str) -> dict[int, float]:
    """What one word says for each ticket that has it."""
    rows = db.execute(
        "SELECT rowid FROM search WHERE search MATCH ? ORDER BY rowid DESC LIMIT ?", (f'"{word}"', _NEWEST)
    ).fetchall()
    weight = math.log(1 + _NEWEST / len(rows)) if rows else 0.0
    scores: dict[int, float] = {}
    for (row,) in rows:
        score = weight if row & _WITHIN else 2 * weight
        scores[row >> SHIFT] = max(scores.get(row >> SHIFT, 0), score)
    return scores
