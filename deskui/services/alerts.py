"""Alerts: what happened is put on record once, and each process learns what of it it has to tell, and how."""

from collections.abc import Iterable
from concurrent.futures import Future
from contextlib import AbstractContextManager
from datetime import datetime, tzinfo
from functools import partial
from pathlib import Path
from typing import NamedTuple

from deskui.domain import alert as alerting
from deskui.domain.alert import Alert
from deskui.domain.night import NIGHT, is_night
from deskui.services.desk import ROW, Desk
from deskui.services.hook import Hook
from deskui.store import alerts, pager
from deskui.store.driver import Connection
from deskui.store.store import Tx

EVERY_S = 15.0
TERMINAL, COMMAND = "terminal", "command"  # what is claimed: a bell for each person, the command for the desk


class Manner(NamedTuple):
    """How this desk wants to be told; `night` in minutes of the local day, None: never."""

    bell: bool = True
    notify: str = "auto"
    night: tuple[int, int] | None = NIGHT
    mute_s: int = 900
    pager: bool = False


class Call(NamedTuple):
    """An alert, and how this process tells it now."""

    alert: Alert
    rungs: frozenset[str]


class Alerts:
    """One for each process; `me` is whose terminal it is."""

    def __init__(self, desk: Desk, me: str, home: Path, manner: Manner, zone: tzinfo, hook: Hook) -> None:
        self._desk, self._store, self.me, self._home = desk, desk.store, me, home
        self.manner, self._zone, self.hook = manner, zone, hook

    def turn(self) -> int:
        """The scheduler's job: puts on record what is new beside the thresholds; how much that was."""
        if self._desk.read_only:
            return 0
        mine = self._desk.names()
        if not self._store.read(lambda db: alerts.unfired(db, self._store.clock(), mine)):
            return 0
        return self._store.write(lambda tx: alerts.fire(tx, mine), background=True).result()

    def mark(self) -> int:
        """Up to where everything that fired is known."""
        return self._store.read(lambda db: alerts.after(db, 0, 1)[0])

    def news(self, mark: int) -> "Future[tuple[int, list[Alert]]]":
        """What fired since the mark and concerns us, on whatever console, and the next mark; on the reader thread."""
        mine = ("", *self._desk.names())

        def read(db: Connection) -> tuple[int, list[Alert]]:
            newest, found = alerts.after(db, mark)
            return newest, [each for each in found if each.whose in mine]

        return self._store.ask("alerts", read)

    def calls(self, found: Iterable[Alert], now: int) -> list[Call]:
        """Those that are told at all, of each clock the highest share, with their rungs as hour and mute have it."""
        muted, night = self.muted(now), self.night(now)
        fresh = alerting.highest(each for each in found if each.at > now - alerting.FRESH_S)
        told = [Call(each, alerting.rungs(each, now, night=night, muted=muted)) for each in fresh]
        return [call for call in told if call.rungs]

    def about(self, found: Iterable[Alert], query: str) -> list[Alert]:
        """Those on tickets that QUERY asks for now, and those on no ticket (an upstream that is away).  QueryError."""
        pks = frozenset(self._desk.ids_now(query))
        return [each for each in found if not each.ticket or self._pk(each.ticket) in pks]

    def _pk(self, name: str) -> int | None:
        row = self._desk.row(name)
        return None if row is None else int(row[ROW.index("pk")])

    def claim(self, calls: Iterable[Call], what: str) -> "Future[frozenset[str]]":
        """Of these the keys for which this process is the first, so that nobody is called twice."""
        rung = what if what == COMMAND else f"{what}/{self.me}"
        keys = [call.alert.key for call in calls]
        if self._desk.read_only:  # writes nothing: it may repeat what another one told, it never keeps it to itself
            known: Future[frozenset[str]] = Future()
            known.set_result(frozenset(keys))
            return known
        return self._store.write(lambda tx: frozenset(key for key in keys if alerts.claim(tx, key, rung)))

    def page(self, calls: Iterable[Call]) -> None:
        """Runs the command for those that call for it and that no other process has."""
        wanted = [call for call in calls if alerting.COMMAND in call.rungs]
        if wanted and self.hook.argv and not self._desk.read_only:
            by_key = {call.alert.key: call.alert for call in wanted}
            self.claim(wanted, COMMAND).add_done_callback(partial(self._run, by_key))

    def _run(self, by_key: dict[str, Alert], done: "Future[frozenset[str]]") -> None:
        if done.exception() is None:
            for key in sorted(done.result()):
                self.hook.run(by_key[key])

    def standing(self, found: Iterable[Alert]) -> "Future[frozenset[str]]":
        """The keys of those that still burn and that nobody has seen."""
        asked = list(found)
        return self._store.ask("standing", lambda db: alerts.standing(db, asked))

    def see(self, alert: Alert) -> "Future[None]":
        """It was acknowledged: its banner goes, on every console."""
        return self._store.write(lambda tx: alerts.see(tx, alert.key, self.me))

    # quiet

    def night(self, now: int) -> bool:
        """Whether it is night here."""
        return is_night(datetime.fromtimestamp(now, self._zone), self.manner.night)

    def muted(self, now: int) -> bool:
        """Whether this person has muted the alerts."""
        return self._store.read(lambda db: alerts.muted_until(db, self.me)) > now

    def mute(self, now: int) -> "Future[int]":
        """Quiet for the configured time, or loud again; until when (0: loud)."""

        def work(tx: Tx) -> int:
            until = 0 if alerts.muted_until(tx.db, self.me) > now else now + self.manner.mute_s
            alerts.mute(tx, self.me, until)
            return until

        return self._store.write(work)

    # the pager

    def unwatched(self) -> bool:
        """Whether a pager is expected here, and none runs."""
        return self.manner.pager and not pager.alive(self._home)

    def on_duty(self) -> AbstractContextManager[None]:
        """A `with` that says to all consoles that this process is the pager."""
        return pager.on_duty(self._home)
