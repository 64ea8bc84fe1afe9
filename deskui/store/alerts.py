"""Alerts on record: what happened beside the thresholds, who was called for it, who has seen it, who is not to be."""

import json
import sqlite3
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from deskui.domain.alert import Alert
from deskui.store import alarms, followups, journal, outbox, slafacts, tickets

if TYPE_CHECKING:
    from deskui.store.store import Tx

FIRED, TOLD, SEEN, MUTED = "alert", "alert_told", "alert_seen", "alert_mute"
AWAY_S = 120  # so long an upstream may be away before it is worth a word
NEW_S = 3600  # a P1 that was made, or became one, before that is none that is new
_P1 = """SELECT t.uid, t.owner FROM ticket t
    WHERE t.gone = 0 AND t.done = 0 AND t.priority = 1 AND t.updated > :since AND (t.created > :since OR EXISTS (
        SELECT 1 FROM event e WHERE e.ticket = t.pk AND e.type = 'priority' AND e.at > :since))"""
_CONFLICTS = """SELECT c.uid, t.uid, c.at, c.field, c.by FROM conflict c JOIN ticket t ON t.pk = c.ticket
    WHERE c.closed_at IS NULL"""
_REJECTED = """SELECT o.uid, t.uid, o.error FROM outbox o CROSS JOIN ticket t ON t.pk = o.ticket
    WHERE o.state = 'rejected'"""


def unfired(db: sqlite3.Connection, now: int, mine: frozenset[str]) -> list[dict[str, Any]]:
    """What has happened and is not on record, as it will be: `key`, `what`, `at`, and what is known of it."""
    found = [*_new_p1(db, now, mine), *_follow(db, now, mine), *_trouble(db, now), *_lines(db, now)]
    return [each for each in found if not _noted(db, FIRED, each["key"])]


def _new_p1(db: sqlite3.Connection, now: int, mine: frozenset[str]) -> Iterator[dict[str, Any]]:
    for uid, owner in db.execute(_P1, {"since": now - NEW_S}).fetchall():
        if not outbox.entries(db, uid, states=outbox.UNSENT):  # made or raised here: known
            yield {"key": f"p1/{uid}", "what": "p1", "at": now, "uid": uid, "silent": owner in mine}


def _follow(db: sqlite3.Connection, now: int, mine: frozenset[str]) -> Iterator[dict[str, Any]]:
    for uid, whose, at in followups.reached(db, mine, now):
        key = f"follow/{whose}/{at}/{uid}"
        yield {"key": key, "what": "follow", "at": now, "uid": uid, "text": "time to look again", "whose": whose}


def _trouble(db: sqlite3.Connection, now: int) -> Iterator[dict[str, Any]]:
    for uid, ticket, at, field, by in db.execute(_CONFLICTS).fetchall():
        text = f"{field} ({by})" if by else field
        yield {"key": f"conflict/{uid}", "what": "conflict", "at": at or now, "uid": ticket, "text": text}
    for uid, ticket, error in db.execute(_REJECTED).fetchall():
        yield {"key": f"rejected/{uid}", "what": "rejected", "at": now, "uid": ticket, "text": error}


def _lines(db: sqlite3.Connection, now: int) -> Iterator[dict[str, Any]]:
    """Upstreams that are away, and those that are back."""
    for name, since in db.execute("SELECT upstream, offline_since FROM sync").fetchall():
        if since is not None and now - since >= AWAY_S:
            yield {"key": f"offline/{name}/{since}", "what": "offline", "at": since, "text": name}
        elif since is None and (last := _last_away(db, name)):
            yield {"key": f"online/{name}/{last}", "what": "online", "at": now, "text": name}


def _last_away(db: sqlite3.Connection, name: str) -> str:
    prefix = f"alert:offline/{name}/"
    row = db.execute(
        "SELECT subject FROM journal WHERE kind = ? AND subject >= ? AND subject < ? ORDER BY pk DESC LIMIT 1",
        (FIRED, prefix, prefix + "~"),
    ).fetchone()
    return "" if row is None else str(row[0]).removeprefix(prefix)


def fire(tx: "Tx", mine: frozenset[str]) -> int:
    """Put on record what is not; asked again inside the transaction: another console may have been quicker."""
    found = unfired(tx.db, tx.now, mine)
    for each in found:
        _note(tx, FIRED, each["key"], each)
    return len(found)


def after(db: sqlite3.Connection, mark: int, limit: int = 200) -> tuple[int, list[Alert]]:
    """Everything that fired after the mark, thresholds too, oldest first, the newest `limit`; and the next mark."""
    rows = db.execute(
        "SELECT pk, kind, subject, at, data FROM journal WHERE kind IN (?, ?) AND pk > ? ORDER BY pk DESC LIMIT ?",
        (alarms.THRESHOLD, FIRED, mark, limit),
    ).fetchall()
    return (rows[0][0] if rows else mark), [_alert(db, *row[1:]) for row in reversed(rows)]


def between(db: sqlite3.Connection, since: int, limit: int) -> list[Alert]:
    """Everything that was put on record from `since` on, oldest first, the newest `limit`."""
    rows = db.execute(
        "SELECT kind, subject, at, data FROM journal WHERE kind IN (?, ?) AND at >= ? ORDER BY pk DESC LIMIT ?",
        (alarms.THRESHOLD, FIRED, since, limit),
    ).fetchall()
    return [_alert(db, *row) for row in reversed(rows)]


def _alert(db: sqlite3.Connection, kind: str, subject: str, _noted_at: int, text: str) -> Alert:
    data = json.loads(text)
    if kind == FIRED:
        uid = data.get("uid")
        known = {"text": data.get("text", ""), "silent": data.get("silent", False), "whose": data.get("whose", "")}
        return _about(db, uid, data["key"], data["what"], data["at"], **known)
    uid = slafacts.uid_of(db, subject)
    key = f"{data['clock']}/{data['share']}/{data['interval']}/{uid or subject}"
    what = "breach" if data["share"] >= 100 else "threshold"
    return _about(db, uid, key, what, data["at"], clock=data["clock"], share=data["share"])


def _about(db: sqlite3.Connection, uid: str | None, key: str, what: str, at: int, **known: Any) -> Alert:
    """With what is known of its ticket now."""
    if not uid:
        return Alert(key, what, at, **known)
    row = db.execute(
        "SELECT id, subject, customer, priority, done, gone, clock, due, response_due, resolution_due FROM ticket"
        " WHERE uid = ?", (uid,),
    ).fetchone()  # fmt: skip
    if row is None:
        return Alert(key, what, at, **{**known, "silent": True})
    name, about, customer, priority, done, gone, nearer, due, respond, resolve = row
    dues = {nearer: due, "response": respond, "resolution": resolve}
    over = bool(done or gone) or bool(outbox.entries(db, uid, states=outbox.UNSENT))
    known["silent"] = known.get("silent", False) or (over and what in ("threshold", "breach", "p1"))
    meant = due if what == "p1" else dues.get(known.get("clock", ""))
    return Alert(key, what, at, name, about, customer or "", priority, due=meant, **known)


def standing(db: sqlite3.Connection, alerts: list[Alert]) -> frozenset[str]:
    """The keys of those that nobody has seen yet, whose ticket is open and whose clock still runs."""
    return frozenset(each.key for each in alerts if not _noted(db, SEEN, each.key) and _burns(db, each))


def _burns(db: sqlite3.Connection, alert: Alert) -> bool:
    uid = tickets.uid_of(db, alert.ticket)
    row = None if uid is None else db.execute(
        "SELECT done, gone, mode, nofirst, priority FROM ticket WHERE uid = ?", (uid,)
    ).fetchone()  # fmt: skip
    if uid is None or row is None or row[0] or row[1] or outbox.entries(db, uid, states=outbox.UNSENT):
        return False
    if alert.what == "p1":
        return bool(row[4] == 1)
    return bool(row[3] if alert.clock == "response" else row[2] != "paused")


def claim(tx: "Tx", key: str, rung: str) -> bool:
    """Whether this process is the one that calls for it; true once for each key and rung."""
    name = f"{rung}/{key}"
    if _noted(tx.db, TOLD, name):
        return False
    _note(tx, TOLD, name, {})
    return True


def see(tx: "Tx", key: str, author: str) -> None:
    """Somebody has seen it: its banner goes, on every console."""
    if not _noted(tx.db, SEEN, key):
        _note(tx, SEEN, key, {}, author)


def mute(tx: "Tx", author: str, until: int) -> None:
    """No calls for this person before `until` (0: from now on again)."""
    _note(tx, MUTED, author, {"until": until}, author)


def muted_until(db: sqlite3.Connection, author: str) -> int:
    """Until when this person is not called; 0: is."""
    row = db.execute(
        "SELECT data FROM journal WHERE kind = ? AND subject = ? ORDER BY pk DESC LIMIT 1", (MUTED, f"alert:{author}")
    ).fetchone()
    return 0 if row is None else int(json.loads(row[0])["until"])


def _noted(db: sqlite3.Connection, kind: str, key: str) -> bool:
    return (
        db.execute("SELECT 1 FROM journal WHERE kind = ? AND subject = ?", (kind, f"alert:{key}")).fetchone()
        is not None
    )


def _note(tx: "Tx", kind: str, key: str, data: dict[str, Any], author: str = "") -> None:
    journal.append(tx, kind, f"alert:{key}", data, author=author, scope="private")
    if kind != TOLD:
        tx.note("alerts")
