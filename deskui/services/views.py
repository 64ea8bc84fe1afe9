"""The views: those that ship, those of the home's views.toml, and what was saved here; and what was shown last."""

import tomllib
from collections.abc import Mapping
from concurrent.futures import Future
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from deskui import lazy
from deskui.domain.view import COLUMNS, USUAL, Session, View, is_sort
from deskui.lazy import dataclass
from deskui.services.desk import Desk, Refused
from deskui.store import views as kept

if TYPE_CHECKING:
    from deskui.domain import query as queries
else:  # the plain queue does not need it
    queries = lazy.Module("deskui.domain.query")

KEYS = ("query", "sort", "columns")
LONGEST = 40  # characters of a name
NEWEST = 2000  # tickets whose tags are offered


class UnknownView(LookupError):
    """There is no view of that name; the message is a sentence."""


class ViewError(ValueError):
    """A view cannot be kept, or a file of views be read; the message says what is wrong, and where."""


@dataclass(frozen=True)
class Found:
    """Those that can be used, in order, and what is wrong with the others."""

    views: tuple[View, ...]
    wrong: tuple[str, ...] = ()

    def named(self, name: str) -> View:
        """The view of that name, in any case, or the only one that begins so.  UnknownView."""
        wanted = name.casefold()
        same = [view for view in self.views if view.name.casefold() == wanted]
        close = same or [view for view in self.views if wanted and view.name.casefold().startswith(wanted)]
        if len(close) != 1:
            raise UnknownView(f"no view is called {name}; there are {', '.join(view.name for view in self.views)}")
        return close[0]


class Views:
    """`files` are read anew each time, later ones may replace views of earlier ones; `person` is who works here."""

    def __init__(self, desk: Desk, shipped: Path, home: Path, person: str) -> None:
        self._desk, self._files, self._person = desk, {"shipped": shipped, "home": home}, person

    # reading

    def all(self) -> Found:
        """Every view in its order: the files', then those that were saved here."""
        found: dict[str, View] = {}
        wrong: list[str] = []
        for origin, path in self._files.items():
            if path.exists():
                views, said = load(path, origin)
                wrong += said
                found.update((view.name.casefold(), view) for view in views)
        for row in self._desk.store.read(kept.rows):
            _overlay(found, row)
        return Found(tuple(found.values()), tuple(wrong))

    def count(self, view: View) -> "Future[int]":
        """How many tickets are in it now, from the reader thread.  The future raises QueryError."""
        store = self._desk.store
        now = store.clock()
        query = self._desk.query(view.query, now)
        return store.ask(("view", view.name), partial(kept.count, query=query, me=self._desk.names(), now=now))

    def known(self) -> "Future[dict[str, Any]]":
        """Names that a filter may ask for, by field, from the reader thread."""
        return self._desk.store.ask("known", partial(kept.known, newest=NEWEST))

    def uid_at(self, pk: int) -> str:
        """The uid of the ticket with this row id; empty: it is gone."""
        return self._desk.store.read(lambda db: kept.uid_at(db, pk))

    def session(self) -> Session | None:
        """What this person's queue showed last."""
        return self._desk.store.read(lambda db: kept.session(db, self._person))

    # writing; a future ends at the commit and raises StoreError where the disk refused

    def save(self, view: View) -> "Future[None]":
        """Keep it under its name.  ViewError, QueryError: it cannot be; Refused: nothing is changed here."""
        self._writable()
        name = view.name.strip()
        if not name or len(name) > LONGEST or not name.isprintable():
            raise ViewError(f"a name has 1 to {LONGEST} characters that can be shown")
        if not is_sort(view.sort):
            raise ViewError(f"no order is called {view.sort}")
        queries.parse(view.query, self._desk.zone, self._desk.store.clock())
        values = {"query": view.query, "sort": view.sort, "columns": list(view.columns), "cursor": view.cursor}
        return self._desk.store.write(lambda tx: kept.keep(tx, name, **values))

    def leave(self, view: View) -> "Future[None]":
        """Keep its columns and where its cursor stands."""
        self._writable()
        values = {"columns": list(view.columns), "cursor": view.cursor}
        return self._desk.store.write(lambda tx: kept.keep(tx, view.name, **values))

    def delete(self, name: str) -> "Future[bool]":
        """Forget what was saved; one of a file is then as the file says.  UnknownView, Refused."""
        self._writable()
        view = self.all().named(name)
        if view.origin != "saved" and not view.altered:
            raise Refused(f"{view.name} is as its file says: there is nothing to delete")
        return self._desk.store.write(lambda tx: kept.drop(tx, view.name))

    def remember(self, last: Session) -> "Future[None] | None":
        """Keep what is shown for the next start; None: a read-only session keeps nothing."""
        if self._desk.read_only:
            return None
        return self._desk.store.write(lambda tx: kept.remember(tx, self._person, last))

    def _writable(self) -> None:
        if self._desk.read_only:
            raise Refused("this is a read-only session: nothing is changed")


def _overlay(found: dict[str, View], row: tuple[Any, ...]) -> None:
    name, query, sort, columns, cursor = row
    base = found.get(name.casefold())
    if base is None and query is None:  # what its file said is gone
        return
    base = base or View(name)
    found[name.casefold()] = replace(
        base, query=base.query if query is None else query, sort=sort or base.sort, cursor=cursor,
        columns=base.columns if columns is None else tuple(name for name in COLUMNS if name in columns),
        altered=query is not None and base.origin != "saved",
    )  # fmt: skip


def load(path: Path, origin: str) -> tuple[list[View], list[str]]:
    """The views of a file, and what is wrong in it, with the place."""
    try:
        source = path.read_text(encoding="utf-8")
        data = tomllib.loads(source)
    except (OSError, UnicodeDecodeError) as error:
        return [], [f"{path}: cannot be read: {error}"]
    except tomllib.TOMLDecodeError as error:
        return [], [f"{path}: this is not TOML: {error}"]
    good, wrong = list[View](), list[str]()
    for name, said in data.items():
        if problem := _problem(name, said):
            from deskui.tomllines import line_of  # only a mistake needs it

            key, text = problem
            where = line_of(source, (name, key) if key else (name,)) or 1
            wrong.append(f"{path}, line {where}: {name}{'.' if key else ''}{key}: {text}")
        else:
            columns = tuple(said.get("columns", USUAL))
            good.append(View(name, said["query"], said.get("sort", "sla"), columns, origin=origin))
    return good, wrong


def _problem(name: str, said: Any) -> tuple[str, str] | None:
    """What is wrong with one view, as (key, problem)."""
    if not isinstance(said, Mapping) or not name.strip() or len(name) > LONGEST or not name.isprintable():
        return "", f"must be a table with query, under a name of 1 to {LONGEST} characters"
    for key in said:
        if key not in KEYS:
            return key, f"unknown key; allowed here: {', '.join(KEYS)}"
    if not isinstance(said.get("query"), str):
        return "query", "must be a text" if "query" in said else "is missing"
    try:
        queries.parse(said["query"])
    except queries.QueryError as error:
        return "query", str(error)
    if not isinstance(said.get("sort", "sla"), str) or not is_sort(said.get("sort", "sla")):
        return "sort", "must be a column (sla, priority, updated, ...), with ^ upwards, with - downwards"
    columns = said.get("columns", [])
    if not isinstance(columns, list) or not set(map(str, columns)) <= set(COLUMNS):
        return "columns", f"must be a list of: {', '.join(COLUMNS)}"
    return None
