"""A desk of values for screen tests: no store, but every answer has the shape of the real one."""

from concurrent.futures import Future
from functools import partial
from types import SimpleNamespace
from typing import Any

from deskui import resources
from deskui.domain.event import Event, StoreChanged
from deskui.domain.ticket import Ticket
from deskui.services.views import Found, load
from deskui.ui import themefile

NOW = 1_795_485_240  # 2026-11-24 01:54 UTC, 02:54 in Berlin

SUBJECTS = ("Tills offline in 14 stores", "VPN gateway flapping since 01:30", "Mail queue growing, 4k deferred 測試",
            "Replace PSU sw-b2-04", "Need store list \x1b[31mfrom customer")  # fmt: skip


def done(value: Any) -> "Future[Any]":
    future: Future[Any] = Future()
    future.set_result(value)
    return future


def failed(error: Exception) -> "Future[Any]":
    future: Future[Any] = Future()
    future.set_exception(error)
    return future


def row(pk: int, **over: Any) -> tuple[Any, ...]:
    """A row of the queue; pk 1 is the most urgent."""
    values = {
        "pk": pk, "uid": f"u{pk}", "id": f"RT-{4700 + pk}", "upstream": "rt", "remote_id": str(4700 + pk),
        "kind": "incident", "priority": 1 + pk % 4, "state": ("new", "in_progress")[pk % 2], "hold_reason": None,
        "customer": ("Nordkauf", "Stadtwerke Lübeck", "Kranz AG")[pk % 3], "subject": SUBJECTS[pk % 5],
        "owner": ("anna", None, "kim")[pk % 3], "updated": NOW - 60 * pk, "clock": ("response", "resolution")[pk % 2],
        "due": NOW + (pk - 3) * 301, "frozen": None, "mode": "run", "calendar": "office", "pending": 0,
        "late_at": None, "standing": None,
    }  # fmt: skip
    return tuple({**values, **over}.values())


class Desk:
    """`rows` by pk; what was done is in `did`."""

    undo_seconds = 10
    read_only = False
    store = SimpleNamespace(anew=0, ask=lambda key, query: done((0, [])))

    def __init__(self, count: int = 40) -> None:
        self.all = {pk: row(pk) for pk in range(1, count + 1)}
        self.fetched: list[int] = []
        self.did: list[tuple[str, Any]] = []
        self.queries: list[str] = []
        self.error: Exception | None = None

    def ids_now(self, text: str, order: str = "sla") -> list[int]:
        self.queries.append(text)
        if text.endswith(":"):
            raise ValueError("value missing at 6")
        words = text.lower()
        return [pk for pk, found in self.all.items() if words in found[10].lower() or words in found[2].lower()]

    def ids(self, text: str, order: str = "sla") -> "Future[list[int]]":
        try:
            return done(self.ids_now(text, order))
        except ValueError as error:
            return failed(error)

    def pk(self, uid: str) -> int | None:
        return next((pk for pk, found in self.all.items() if found[1] == uid), None)

    def rows(self, pks: Any) -> list[tuple[Any, ...]]:
        self.fetched.extend(pks)
        return [self.all[pk] for pk in pks if pk in self.all]

    def counts(self, now: int) -> Any:
        return SimpleNamespace(open=len(self.all), p1=1, soon=2, late=1, nofirst=3, stops=1, first_due=NOW + 600)

    def counts_later(self, now: int) -> "Future[Any]":
        return done(self.counts(now))

    def ticket(self, found: str) -> Ticket | None:
        for each in self.all.values():
            if each[2] == found:
                return Ticket(
                    "rt", each[4], each[1], each[2], each[10], each[7], each[6], owner=each[11], customer=each[9]
                )
        return None

    def timeline(self, found: str) -> list[Event]:
        text = "till-gw-07 ping lost;\x1b]0;owned\x07 14 sites"
        return [Event("1", NOW - 3600, "customer_reply", "NOC", "customer", text=text)]

    def clocks(self, found: str, now: int) -> Any:
        clock = SimpleNamespace(state="running", due=NOW + 600, breached=False, remaining=600, target=900, elapsed=300)
        return {"response": clock, "resolution": clock}

    def asleep(self, row: tuple[Any, ...], now: int) -> bool:
        return False

    group = staticmethod(lambda: "g")

    def there(self, pks: Any) -> "Future[frozenset[int]]":
        return done(frozenset(pk for pk in pks if pk in self.all))

    def do(self, found: str, change: Any, group: str = "") -> "Future[Any]":
        if self.error:
            return failed(self.error)
        self.did.append((found, change))
        return done(None)

    def outbox(self) -> list[Any]:
        return []

    def drafted(self) -> frozenset[str]:
        return frozenset()


def services(count: int = 40) -> Any:
    """Services over the stub desk; `now[0]` is the clock, `tell` announces a commit."""
    now, listeners = [NOW], []
    rt = SimpleNamespace(
        name="rt", error="", offset_s=0.0, offline_since=None, last_ok=NOW - 60, next_try=None, frozen=""
    )  # fmt: skip
    status = SimpleNamespace(
        upstreams=(rt,), queued=2,
        conflicts=0, rejected=0, unknown=0, last_ok=NOW - 60, offline_since=None,
    )  # fmt: skip
    triage = SimpleNamespace(panel=lambda found, now, me, **night: None, needs_reason=lambda found, impact: False)
    return SimpleNamespace(
        desk=Desk(count), syncing=SimpleNamespace(status=lambda: status, sync_now=lambda: None),
        triage=triage, clock=lambda: now[0], zone="Europe/Berlin",
        me=lambda upstream: "anna", mine=lambda: {"anna"}, url=lambda ticket: f"https://rt.example/{ticket.id}",
        listen=listeners.append, now=now, tell=lambda changed: [each(changed) for each in listeners],
        demo=False, StoreChanged=StoreChanged, views=views(),
    )  # fmt: skip


def views() -> Any:
    """Those that ship; three tickets are in each."""
    shipped = Found(tuple(load(resources.data() / "views.toml", "shipped")[0]))
    return SimpleNamespace(
        all=lambda: shipped, count=lambda view: done(3), known=lambda: done({}), session=lambda: None,
        remember=lambda last: None, leave=lambda view: done(None), save=lambda view: done(None),
        delete=lambda name: done(True),
    )  # fmt: skip


def themes() -> Any:
    """The themes that ship."""
    return {name: partial(themefile.read, path) for name, path in resources.themes().items()}
