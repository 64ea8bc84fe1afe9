"""A new store from a damaged one: what was written here first, then whatever of the tickets can be read.

The damaged file is set aside and stays as it was.  What may have been sent after the last thing that can be read is
looked for upstream before it is sent again.
"""

import json
import sqlite3
import zlib
from collections.abc import Callable, Iterable, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from deskui.store import driver, journal, migrate, outbox, presence, quarantine, rebuild, search, tickets
from deskui.store.driver import StoreError
from deskui.store.store import Tx
from deskui.store.wreck import Columns, Found, Wreck

if TYPE_CHECKING:
    from deskui.domain.contract import Rules

# Tickets before what is about them; not: what the next start or the next sync makes anew.
ORDER = (
    "ticket", "alias", "event", "body", "attachment", "outbox", "outfile", "conflict", "draft", "journal", "ci", "view",
    "meta",
)  # fmt: skip
WORDS = {
    "outbox": "changes", "draft": "drafts", "journal": "journal facts", "conflict": "conflicts",
    "outfile": "files that wait to be sent", "ticket": "tickets", "event": "facts and messages", "view": "views",
}  # fmt: skip
OURS = ("outbox", "draft", "journal", "outfile")  # nobody else has them
LOOSE = "salvaged from a page that nothing led to: it may have been sent or changed since; drop it, or write it anew"
DOUBT = "from an older state of the store: it is looked for upstream before it is sent"
_FORGET = (
    "rules",
    "lastview",
    "origin",
    "checked",
)  # derived anew; and whoever has read our journal may have more of it than we


@dataclass(slots=True)
class Salvaged:
    """What became of it; `saved` are rows by table, `broken` the tables of which not all could be read.

    `orphans` are words of ours whose ticket could not be read: they are in the report beside the file `aside`.
    """

    aside: Path
    damage: str
    saved: dict[str, int] = field(default_factory=dict)
    broken: tuple[str, ...] = ()
    waiting: int = 0
    loose: int = 0
    orphans: list[str] = field(default_factory=list)
    sealed: bool = False  # encrypted: then the report has no text of a ticket, and they are in the journal

    @property
    def report(self) -> Path:
        """Where all this is written down."""
        return self.aside.with_name(f"{self.aside.name}.txt")

    def lines(self) -> list[str]:
        """For people: exactly what was saved, and what was not."""
        told = [f"{self.saved.get(table, 0):>7}  {words}" for table, words in WORDS.items()]
        told[0] += f", {self.waiting} of them wait: each is looked for upstream before it is sent"
        said = [
            f"The store was damaged ({self.damage}).",
            f"It was set aside as {self.aside} and is kept.",
            "",
            "Saved:",
        ]
        said += told
        if self.loose:
            said.append(f"{self.loose:>7}  of the changes may be old: they are among the refused ones (S); judge each")
        if self.orphans:
            where = "the last line of `deskui export` about `store`" if self.sealed else "the report"
            said.append(f"{len(self.orphans):>7}  of your texts belong to tickets that are not readable: see {where}")
        lost = [WORDS[name] for name in self.broken if name in WORDS]
        part = f"Read page by page, so that some may be missing: {', '.join(lost)}."
        said += ["", part if lost else "Everything of these could be read."]
        return [*said, "The next sync reads the tickets anew."]


def salvage(
    path: Path, rules: "Rules", now: int, prefixes: Mapping[str, str], tell: Callable[[str], None] = lambda _: None
) -> Salvaged:  # fmt: skip
    """Set the store aside and make a new one of what can be read.  StoreError: it is in use, or the disk refuses.

    Cut off at any point it is done again: until the new store is whole the mark keeps everybody out.
    """
    with presence.alone(path.parent):
        driver.ready(path)
        damage = (quarantine.noted(path) or "set aside by hand").splitlines()[0]
        done = Salvaged(quarantine.aside(path, now), damage)
        tell(f"set aside as {done.aside}")
        fresh = path.with_name(f"{path.stem}-salvaged.part")
        driver.clear(fresh)
        done.sealed = done.aside.exists() and driver.encrypted(done.aside)
        with closing(driver.connect(fresh, sealed=done.sealed)) as db:
            migrate.migrate(db, fresh)
        try:
            _fill(fresh, done, rules, now, prefixes)
        except driver.errors() as error:
            raise driver.said(error, fresh) from error
        done.report.touch(mode=0o600)
        orphans = [] if done.sealed else done.orphans
        done.report.write_text("\n".join([*done.lines(), "", *orphans, ""]), encoding="utf-8")
        fresh.rename(path)
        quarantine.mark(path).unlink(missing_ok=True)
    return done


def _fill(fresh: Path, done: Salvaged, rules: "Rules", now: int, prefixes: Mapping[str, str]) -> None:
    with closing(driver.connect(fresh)) as db:
        columns = {table: _columns(db, table) for table in ORDER}
        like = fresh.with_name(f"{fresh.name}.like")
        migrate.backup(db, like)
        if not done.aside.exists():
            raise StoreError(f"{done.aside} is not there", "put the file back, or remove the mark beside the store")
        wreck = Wreck(done.aside, fresh.with_name(f"{fresh.name}.copy"), like, columns, fits)
        try:
            db.execute("BEGIN IMMEDIATE")
            for table in ORDER:
                done.saved[table] = _copy(db, table, columns, wreck.rows(table), done)
            done.broken = tuple(name for name in ORDER if name in wreck.broken)
            _finish(Tx(db, rules, now, prefixes), done)
            db.execute("COMMIT")
        finally:
            wreck.close()
            like.unlink()


def _columns(db: sqlite3.Connection, table: str) -> tuple[str, ...]:
    return tuple(name for _, name, *_ in db.execute(f"PRAGMA table_info({table})"))


def _copy(db: sqlite3.Connection, table: str, columns: Columns, rows: Iterable[Found], done: Salvaged) -> int:
    """Put the rows in that fit; how many."""
    count = 0
    for found in rows:
        row = {name: value for name, value in found.values.items() if name in columns[table]}
        if table == "outbox" and found.loose and fits(table, row) and row["state"] not in outbox.FINAL:
            row["state"], row["error"] = "rejected", LOOSE
            done.loose += 1
        if table == "body":
            row["text"] = _unpacked(row.get("text"))
        try:
            if fits(table, row):
                names = ", ".join(row)
                sql = f"INSERT OR IGNORE INTO {table}({names}) VALUES ({', '.join('?' * len(row))})"
                count += db.execute(sql, tuple(row.values())).rowcount
                continue
        except driver.errors(name="IntegrityError"):  # its ticket is not there
            pass
        if table in OURS:
            done.orphans.append(json.dumps({"was": table, **row}, default=repr, ensure_ascii=False))
    return count


def _unpacked(text: Any) -> Any:
    """An archived text as it was before, for the search; None: it is damaged."""
    try:
        return search.plain(text)
    except (ValueError, zlib.error):
        return None


def _finish(tx: Tx, done: Salvaged) -> None:
    """What follows from the rows: the search, the numbers given next, what is shown; facts that lack are no clocks."""
    db = tx.db
    db.execute("INSERT INTO search(search) VALUES ('rebuild')")
    if {"ticket", "event", "body"} & set(done.broken):
        db.execute("UPDATE event SET body = NULL WHERE body > 0 AND body NOT IN (SELECT pk FROM body)")
        db.execute("UPDATE ticket SET history = 0 WHERE base IS NOT NULL")
    made: dict[str, int] = {}
    names = "SELECT upstream, id FROM ticket UNION ALL SELECT upstream, name FROM alias JOIN ticket ON ticket = pk"
    for upstream, name in db.execute(names):
        number = str(name).rpartition("~")[2]
        if "~" in name and number.isdecimal():
            made[upstream] = max(made.get(upstream, 0), int(number))
    for upstream, last in made.items():
        db.execute("INSERT OR REPLACE INTO meta(key, value) VALUES (?, ?)", (f"made:{upstream}", str(last)))
    done.waiting = doubt(tx)
    told = {"damage": done.damage, "aside": done.aside.name, "saved": done.saved, "broken": done.broken}
    if done.sealed and done.orphans:
        told["orphans"] = done.orphans
    journal.append(tx, "salvaged", "store", told, author="", scope="private")


def doubt(tx: Tx) -> int:
    """Of an older state of the store: what waits in it may have been sent since, and is looked for upstream first.

    How many changes that are.  What is derived is derived anew at the next start, and the journal goes on under
    another name: others may know rows of it that are not here.
    """
    db = tx.db
    db.execute(f"DELETE FROM meta WHERE key IN ({', '.join('?' * len(_FORGET))})", _FORGET)
    db.execute("UPDATE outbox SET state = 'unknown', error = ? WHERE state IN ('queued', 'sending')", (DOUBT,))
    for entry in outbox.entries(db, states=("unknown",)):
        if not entry.seen:
            newest = [event.key for event in tickets.events(db, entry.ticket)][-1:]
            db.execute("UPDATE outbox SET seen = ? WHERE uid = ?", ((newest or [""])[0], entry.uid))
    waits = outbox.entries(db, states=outbox.STATES - outbox.FINAL)
    rebuild.rebuild(tx, [entry.ticket for entry in waits])
    return sum(entry.state == "unknown" for entry in waits)


# Whether a row is what it should be


def fits(table: str, row: Mapping[str, Any]) -> bool:
    """Whether these values can be of this table: damaged bytes rarely can."""
    try:
        return _CHECKS[table](row)
    except (KeyError, TypeError, ValueError, LookupError, AttributeError):
        return False


def _outbox(row: Mapping[str, Any]) -> bool:
    from deskui.domain import outgoing

    outgoing.from_json(row["kind"], json.loads(row["payload"]))
    json.loads(row["receipt"])
    return (
        row["state"] in outbox.STATES and _all(row, int, "seq", "ticket", "made_at") and _all(row, str, "uid", "author")
    )


def _draft(row: Mapping[str, Any]) -> bool:
    data = json.loads(row["data"])
    return {"minutes", "to", "cc", "known"} <= set(data) and _all(row, str, "uid", "kind", "author", "text")


def _journal(row: Mapping[str, Any]) -> bool:
    json.loads(row["data"])
    return (
        row["scope"] in ("private", "team") and _all(row, str, "uid", "kind", "subject") and _all(row, int, "at", "seq")
    )


def _ticket(row: Mapping[str, Any]) -> bool:
    from deskui.domain import ticket

    for text in filter(None, (row["base"], row["shown"])):
        ticket.from_json(json.loads(text))
    return _all(row, str, "uid", "id", "upstream", "subject", "shown") and _all(row, int, "pk", "priority", "updated")


def _event(row: Mapping[str, Any]) -> bool:
    json.loads(row["data"])
    return _all(row, str, "upstream", "key", "type", "author", "side") and _all(row, int, "pk", "ticket", "at")


def _conflict(row: Mapping[str, Any]) -> bool:
    for name in ("base", "mine", "theirs"):
        json.loads(row[name])
    return _all(row, str, "uid", "entry", "field") and _all(row, int, "ticket", "at")


def _all(row: Mapping[str, Any], kind: type, *names: str) -> bool:
    return all(isinstance(row[name], kind) for name in names)


_CHECKS: Mapping[str, Callable[[Mapping[str, Any]], bool]] = {
    "outbox": _outbox, "draft": _draft, "journal": _journal, "ticket": _ticket, "event": _event, "conflict": _conflict,
    "outfile": lambda row: _all(row, str, "uid", "name", "kind") and len(row["content"]) == row["size"],
    "attachment": lambda row: _all(row, str, "event", "remote_id", "name") and _all(row, int, "pk", "ticket", "size"),
    "body": lambda row: _all(row, int, "pk") and isinstance(row["text"], str | bytes),
    "alias": lambda row: _all(row, str, "name") and _all(row, int, "ticket"),
    "ci": lambda row: _all(row, str, "name") and isinstance(json.loads(row["data"]), dict),
    "view": lambda row: _all(row, str, "name", "cursor") and _all(row, int, "position"),
    "meta": lambda row: _all(row, str, "key", "value"),
}  # fmt: skip
