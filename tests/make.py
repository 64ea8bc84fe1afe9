"""Factories for tests: values with sensible defaults, rules by SLA.md's default policy, a store in a folder."""

from collections.abc import Callable, Iterable, Mapping
from contextlib import closing
from functools import cache
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, TypeVar

from deskui.domain import contractfile
from deskui.domain.change import Change
from deskui.domain.contract import Rules
from deskui.domain.event import Event
from deskui.domain.outgoing import Entry
from deskui.domain.ticket import Ticket
from deskui.domain.when import parse
from deskui.store import driver, journal, migrate, outbox, slafacts, tickets
from deskui.store.store import Store, Tx

T = TypeVar("T")
NOW = parse("2026-11-24T02:07:00Z")  # a Tuesday
OFFICE = {day: [["09:00", "18:00"]] for day in ("mon", "tue", "wed", "thu", "fri")}
POLICY: dict[str, Any] = {
    "name": "default",
    "zone": "UTC",
    "calendars": {"office": {"zone": "UTC", "weekly": OFFICE}},
    "targets": {
        "P1": {"response": "15m", "resolution": "4h"},
        "P2": {"response": "1h", "resolution": "8h"},
        "P3": {"response": "4h", "resolution": "24h", "calendar": "office"},
        "P4": {"response": "8h", "resolution": "72h", "calendar": "office"},
    },
}
KEY = "5ea1" * 16
SEALED: list[bool] = []  # not empty: stores are made encrypted
driver.key_from(lambda: KEY)  # here, so that children of tests have it as well
_keys = count(1)


class Clock:
    """A clock that stands until it is moved: `clock.now += 60`."""

    def __init__(self, now: int = NOW) -> None:
        self.now = now

    def __call__(self) -> int:
        return self.now


def make_rules(version: str = "1", **policy: Any) -> Rules:
    """The default policy for everybody; keywords change its `policy` table (offline_events="made")."""
    default = contractfile.parse({"policy": policy}, "test", POLICY)
    return Rules({}, default, lambda: version)


def make_ticket(remote_id: str | int = "1", **values: Any) -> Ticket:
    """A P2 of Nordkauf in RT, made an hour ago."""
    return Ticket(
        **{
            "upstream": "rt", "remote_id": str(remote_id), "subject": f"Ticket {remote_id}", "priority": 2,
            "customer": "Nordkauf", "created": NOW - 3600, "updated": NOW - 3600, **values,
        }
    )  # fmt: skip


def make_event(type: str = "created", at: int = NOW - 3600, **values: Any) -> Event:
    """A fact with a key of its own; words that are no field of Event go into its data."""
    fields = {name: values.pop(name) for name in ("key", "author", "side", "made_at", "text") if name in values}
    data: Mapping[str, Any] = values.pop("data", values)
    return Event(**{"key": str(next(_keys)), "at": at, "type": type, "data": dict(data), **fields})


def make_store(
    folder: Path, clock: Callable[[], int] | None = None, rules: Rules | None = None,
    prefixes: Mapping[str, str] | None = None,
) -> Store:  # fmt: skip
    """An open store in `folder` whose RT tickets are called RT-n."""
    path = folder / "desk.db"
    if not path.exists():
        put_empty(path, bool(SEALED))
    return Store(path, rules or make_rules(), clock or Clock(), prefixes or {"rt": "RT-"}).open()


def put_empty(path: Path, sealed: bool = False) -> None:
    """A new store, there."""
    driver.check(path)
    driver.connect(path, sealed=sealed).close()
    path.write_bytes(_empty(sealed))


@cache
def _empty(sealed: bool) -> bytes:
    """A new store as the migrations make it, once a process: they take longer than most tests."""
    with TemporaryDirectory() as folder:
        path = Path(folder, "desk.db")
        with closing(driver.connect(path, sealed=sealed)) as db:
            migrate.migrate(db, path)
        return path.read_bytes()


def write(store: Store, work: Callable[[Tx], T]) -> T:
    """Do it and wait."""
    return store.write(work).result(30)


def pull(store: Store, ticket: Ticket, events: Iterable[Event] = (), history: str = "full") -> str:
    """As the engine does it: base, events, level of history, rebuilt; the uid."""

    def work(tx: Tx) -> str:
        uid = tickets.put(tx, ticket)
        tickets.add_events(tx, uid, events)
        tickets.set_history(tx, [uid], history)
        tickets.rebuild(tx, [uid])
        return uid

    return write(store, work)


def queue(store: Store, uid: str, change: Change, author: str = "anna", **values: Any) -> Entry:
    """As the desk does it: the change in the outbox, the ticket rebuilt."""

    def work(tx: Tx) -> Entry:
        entry = outbox.add(tx, uid, change, author=author, **values)
        tickets.rebuild(tx, [uid])
        return entry

    return write(store, work)


def exclude(store: Store, uid: str, start: int, end: int) -> None:
    """Agree that [start, end) does not count for the ticket, in the contract's name."""
    data = {"from": start, "to": end, "reason": "customer", "approver": "kim"}

    def work(tx: Tx) -> None:
        journal.append(tx, slafacts.EXCLUSION, slafacts.subject_of(tx.db, uid), data, author="anna")
        tickets.rebuild(tx, [uid])

    write(store, work)
