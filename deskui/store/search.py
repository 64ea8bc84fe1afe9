"""Full-text search over subjects and bodies.  A text's row id is ticket pk << 20 | n, and n = 0 is the subject."""

import math
import re
import sqlite3
from typing import TYPE_CHECKING, Any

from deskui.store import statements

if TYPE_CHECKING:
    from deskui.store.store import Tx

SHIFT = 20
TICKETS = f"SELECT rowid >> {SHIFT} FROM search WHERE search MATCH ?"  # the pks of those whose texts match
_WITHIN = (1 << SHIFT) - 1
_NEWEST = 200  # texts that are looked at for each word
_WORD = re.compile(r"\w{3,}")
_FINISHED = f"""SELECT search.rowid FROM search CROSS JOIN ticket ON ticket.pk = search.rowid >> {SHIFT}
    WHERE search MATCH ? AND gone = 0 AND state IN ('resolved', 'closed') ORDER BY search.rowid DESC LIMIT ?"""
_MOST = 12  # words of a ticket that are looked for elsewhere
_COMMON = frozenset((
    "and", "are", "but", "der", "die", "das", "ein", "eine", "for", "from", "have", "ist", "mit", "not", "nicht", "our",
    "that", "the", "und", "von", "was", "were", "with", "you", "your",
))  # fmt: skip


def subject(tx: "Tx", pk: int, text: str) -> None:
    """Keep the subject in step."""
    remove(tx, pk << SHIFT)
    _write(tx, pk << SHIFT, text)


def first(tx: "Tx", pk: int, text: str) -> None:
    """The subject of a ticket that had none."""
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
        tx.db.execute("INSERT INTO search(search, rowid, text) VALUES ('delete', ?, ?)", (row, plain(old[0])))
        tx.db.execute("DELETE FROM body WHERE pk = ?", (row,))


def plain(text: Any) -> Any:
    """A text as it is kept; one that was archived (`archive`) as it was before."""
    if not isinstance(text, bytes):
        return text
    import zlib

    return zlib.decompress(text).decode()


def _write(tx: "Tx", row: int, text: str) -> None:
    tx.db.execute(statements.insert("body", ("pk", "text")), {"pk": row, "text": text})
    tx.db.execute("INSERT INTO search(rowid, text) VALUES (?, ?)", (row, text))


def match(word: str) -> str:
    """An FTS5 expression for texts that hold a word beginning with `word`."""
    return '"' + word.replace('"', '""') + '"*'


def telling(text: str) -> list[str]:
    """The words of a text that say something, case folded, each once; not more than can be looked for."""
    words = (word.casefold() for word in _WORD.findall(text))
    return list(dict.fromkeys(word for word in words if word not in _COMMON))[:_MOST]


def weight(count: int) -> float:
    """What a word counts that so many texts have: a rare one weighs more."""
    return math.log(1 + _NEWEST / count) if count else 0.0


def finished(db: sqlite3.Connection, words: list[str]) -> dict[int, float]:
    """The pks of resolved and closed tickets that have words beginning with these, and how well each fits."""
    scores: dict[int, float] = {}
    for word in words:
        for pk, score in _weighed(db.execute(_FINISHED, (match(word), _NEWEST)).fetchall()).items():
            scores[pk] = scores.get(pk, 0) + score
    return scores


def similar(db: sqlite3.Connection, uid: str, limit: int) -> list[int]:
    """The pks of other tickets that share words with this one's subject, best first.

    A rare word weighs more, and one in a subject double.  Of each word only the newest texts are looked at, so that
    the cost does not grow with the store.
    """
    found = db.execute("SELECT pk, subject FROM ticket WHERE uid = ?", (uid,)).fetchone()
    if found is None:
        return []
    scores: dict[int, float] = {}
    for word in telling(found[1]):
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
    return _weighed(rows)


def _weighed(rows: list[tuple[int]]) -> dict[int, float]:
    """The tickets of these texts; in a subject a word counts double."""
    each = weight(len(rows))
    scores: dict[int, float] = {}
    for (row,) in rows:
        score = each if row & _WITHIN else 2 * each
        scores[row >> SHIFT] = max(scores.get(row >> SHIFT, 0), score)
    return scores
