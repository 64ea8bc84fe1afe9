"""An adapter for Ledger, which nobody has: written from `base.py` alone, as anybody would for a system of theirs."""

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import urlencode
from urllib.request import ProxyHandler, Request, build_opener
from zoneinfo import ZoneInfo

from deskui.domain.change import (
    Acknowledge,
    Assign,
    Cancel,
    Change,
    Close,
    Create,
    Hold,
    Note,
    Reopen,
    Reply,
    Resolve,
    Resume,
)
from deskui.domain.event import Event
from deskui.domain.fields import SetCategory, SetCi, SetImpact, SetPriority, SetSubject, SetUrgency
from deskui.domain.outgoing import Entry
from deskui.domain.ticket import Ticket
from deskui.upstream.base import (
    Login,
    Options,
    Page,
    Reading,
    Receipt,
    Rejected,
    Unreachable,
    Upstream,
    Word,
    Words,
    desklines,
)

STAGES = {"Inbox": "new", "Doing": "in_progress", "Waiting": "pending", "Done": "resolved", "Filed": "closed",
          "Void": "cancelled"}  # fmt: skip
LEVELS = {"A": 1, "B": 2, "C": 3, "D": 4}
MOVES = {"resolve": "resolved", "close": "closed", "cancel": "cancelled", "reopen": "in_progress"}
ENDS = {"resolved": "resolve", "closed": "close", "cancelled": "cancel"}
Row = dict[str, Any]


class Adapter(Upstream):
    """Ledger's log is the history: a row's number is its event's key, a row's `request` says what was one write."""

    work_time = False

    def __init__(self, name: str, options: Options, secret: str) -> None:
        self.name, self.prefix = name, f"{name.upper()}-"
        self._options, self._secret = options, secret
        self._opener = build_opener(ProxyHandler({}))
        self._zone, self._me = ZoneInfo("UTC"), options.user

    def close(self) -> None:
        """Nothing is held open."""

    # -- requests

    def _ask(self, method: str, path: str, body: Any = None, match: str = "", **query: Any) -> tuple[int, Any]:
        address = f"{self._options.url}{path}" + (f"?{urlencode(query)}" if query else "")
        headers = {"Authorization": f"Bearer {self._secret}"} | ({"If-Match": match} if match else {})
        data = None if body is None else json.dumps(body).encode()
        try:
            with self._opener.open(Request(address, data, headers, method=method), timeout=30) as answer:
                return answer.status, json.load(answer)
        except HTTPError as error:
            return self._refused(error)
        except (URLError, OSError, ValueError) as error:
            raise Unreachable(f"Ledger does not answer: {error}", maybe_written=method != "GET") from None

    def _refused(self, error: HTTPError) -> tuple[int, Any]:
        with error:
            said = json.loads(error.read() or b"{}").get("error", "")
        if error.code == 401:
            raise Unreachable(f"the login was refused: {said}", "auth", "check the key", maybe_written=False)
        if error.code == 429:  # asked again by the schedule, not by us
            raise Unreachable("Ledger is busy", "busy", "it limits requests", maybe_written=False)
        if error.code >= 500:
            raise Unreachable(f"Ledger failed: {error.code}")
        if error.code in (410, 412):
            return error.code, said
        raise Rejected(said or f"Ledger says {error.code}")

    def _at(self, text: str) -> int:
        """Ledger's dates have no zone; its zone is known from `login`."""
        return int(datetime.strptime(text, "%d.%m.%Y %H:%M:%S").replace(tzinfo=self._zone).timestamp())

    # -- who

    def login(self) -> Login:
        _, said = self._ask("GET", "/whoami")
        self._zone, self._me = ZoneInfo(said["zone"]), said["user"]
        return Login(self._me, 0.0)

    def discover(self) -> Words:
        states = tuple(Word(name, state, sure=True) for name, state in STAGES.items())
        return Words(states, tuple(Word(name, f"P{n}", sure=True) for name, n in LEVELS.items()))

    # -- reading

    def head(self) -> str:
        last = 0
        while rows := self._ask("GET", "/log", after=last)[1]:
            last = rows[-1]["seq"]
        return str(last)

    def open_tickets(self, after: str) -> Iterator[Page]:
        last = int(after or 0)
        while rows := self._ask("GET", "/tickets", after=last)[1]:
            last = rows[-1]["no"]
            tickets = (self._ticket(row, _Tale()) for row in rows)
            yield Page(tuple(ticket for ticket in tickets if ticket.is_open), cursor=str(last))

    def history(self, remote_ids: Sequence[str]) -> Iterator[Page]:
        for remote_id in remote_ids:
            ticket, events = self._whole(remote_id)
            bare = tuple((remote_id, _bare(event)) for event in events)
            yield Page((ticket,), bare, complete=(remote_id,))

    def bodies(self, remote_ids: Sequence[str]) -> Iterator[Page]:
        for remote_id in remote_ids:
            _, events = self._whole(remote_id)
            told = tuple((remote_id, event) for event in events if event.text is not None)
            yield Page(events=told, complete=(remote_id,))

    def feed(self, cursor: str) -> Iterator[Page]:
        last = int(cursor or 0)
        while rows := self._ask("GET", "/log", after=last)[1]:
            first, last = last, rows[-1]["seq"]
            tickets, told = [], []
            for remote_id in dict.fromkeys(str(row["ticket"]) for row in rows):
                ticket, events = self._whole(remote_id)
                tickets.append(ticket)
                told += [(remote_id, event) for event in events if first < self.order(event.key)[0] <= last]
            new = tuple(str(row["ticket"]) for row in rows if row["what"] == "created")
            yield Page(tuple(tickets), tuple(told), str(last), new)

    def read(self, remote_id: str, seen: str) -> Reading:
        ticket, events = self._whole(remote_id)
        past = self.order(seen) if seen else ()
        return Reading(ticket, tuple(event for event in events if self.order(event.key) > past))

    def created(self, token: str) -> tuple[str, ...] | None:
        """Its search knows parts of texts only, and not all hits: what it finds is looked at."""
        _, found = self._ask("GET", "/search", q=f"deskui: token {token}")
        here = tuple(str(no) for no in found["tickets"] if self._whole(str(no))[0].token == token)
        return here or (None if found["more"] else ())

    def _whole(self, remote_id: str) -> tuple[Ticket, list[Event]]:
        _, row = self._ask("GET", f"/tickets/{remote_id}")
        tale = _Tale()
        for entry in self._ask("GET", "/log", ticket=remote_id)[1]:
            tale.take(entry, self._at(entry["when"]))
        return self._ticket(row, tale), tale.events

    def _ticket(self, row: Row, tale: "_Tale") -> Ticket:
        values = tale.values
        asker = (row["asker"],) if row["asker"] else ()
        return Ticket(
            self.name, str(row["no"]), subject=row["title"], state=STAGES[row["stage"]], priority=LEVELS[row["level"]],
            kind=values.get("kind", "incident"), owner=row["holder"], customer=values.get("customer"),
            category=values.get("category"), impact=values.get("impact"), urgency=values.get("urgency"),
            cis=(values["ci"],) if "ci" in values else (), requestors=asker, created=self._at(row["opened"]),
            received=tale.received, updated=self._at(row["moved"]), token=values.get("token", ""),
        )  # fmt: skip

    # -- writing

    def push(self, entry: Entry, ticket: Ticket, seen: str) -> Receipt:
        if isinstance(entry.change, Create):
            return self._create(entry, entry.change, ticket)
        _, row = self._ask("GET", f"/tickets/{ticket.remote_id}")
        before = self.read(ticket.remote_id, seen)
        if entry.change.field and before.events:
            return Receipt(before.ticket, before.events, written=False)
        body = _body(entry, ticket, before.ticket)
        status, said = self._ask("PATCH", f"/tickets/{ticket.remote_id}", body, str(row["rev"]))
        after = self.read(ticket.remote_id, seen)
        if status == 412 and entry.change.field:
            return Receipt(after.ticket, after.events, written=False)
        if status == 412:  # a message is no clash: it goes with the next run
            raise Unreachable("somebody else wrote at the same time", "busy", maybe_written=False)
        return Receipt(after.ticket, after.events, self._own(ticket.remote_id, said["request"], after.events))

    def _own(self, remote_id: str, request: str, events: Sequence[Event]) -> tuple[str, ...]:
        rows = self._ask("GET", "/log", ticket=remote_id)[1]
        ours = {row["seq"] for row in rows if row["request"] == request}
        return tuple(event.key for event in events if self.order(event.key)[0] in ours)

    def _create(self, entry: Entry, change: Create, ticket: Ticket) -> Receipt:
        remote_id = ticket.remote_id
        if not remote_id:
            _, said = self._ask("POST", "/links")
            level = next(name for name, priority in LEVELS.items() if priority == change.priority)
            body = {"title": change.subject, "text": change.text, "asker": change.requestor or "", "level": level}
            status, said = self._ask("PUT", said["link"], body)
            if status == 410:  # somebody used our link, which can only have been a lost request of ours
                raise Unreachable("the link was used already")
            remote_id = str(said["no"])
        made = self.read(remote_id, "").ticket
        lines = [line for line in _facts(entry, change) if not _has(made, line)]
        if lines:
            _, row = self._ask("GET", f"/tickets/{remote_id}")
            body = {"text": desklines.note(lines), "private": True}
            self._ask("PATCH", f"/tickets/{remote_id}", body, str(row["rev"]))
        after = self.read(remote_id, "")
        own = tuple(event.key for event in after.events if event.author in (self._me, entry.author))
        return Receipt(after.ticket, after.events, own)


class _Tale:
    """One ticket's rows, read in order."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self.values: dict[str, str] = {}
        self.received: int | None = None
        self._said: tuple[str, set[str]] = ("", set())  # the request of the last note, and the facts in it

    def take(self, row: Row, at: int) -> None:
        side = "customer" if "@" in row["who"] else "staff"
        what, key = row["what"], str(row["seq"])
        if what == "created":
            data = {"priority": LEVELS[row["old"]], "state": STAGES[row["new"]]}
            self._add(Event(key, at, "created", row["who"], side, None, data, row["text"]))
        elif what == "message":
            kind = "customer_reply" if side == "customer" else "public_reply"
            self._add(Event(key, at, kind, row["who"], side, text=row["text"]))
        elif what == "note":
            self._note(row, at)
        else:
            for number, (kind, more) in enumerate(self._moved(row)):
                self._add(Event(f"{key}/{number}" if number else key, at, kind, row["who"], side, data=more))

    def _add(self, event: Event) -> None:
        self.events.append(event)

    def _note(self, row: Row, at: int) -> None:
        lines, rest = desklines.split(row["text"])
        self._said = (row["request"], {line.fact for line in lines})
        key, number = str(row["seq"]), 0
        if rest.strip() or not lines:
            self._add(Event(key, at, "internal_note", row["who"], text=rest))
            number = 1
        for line in lines:
            if line.fact == "received":
                self.received = line.at
            event = desklines.event(line, f"{key}/{number}" if number else key, at, self.values.get(line.fact))
            self.values[line.fact] = line.value
            if event is not None:
                self._add(event)
                number += 1

    def _moved(self, row: Row) -> Iterator[tuple[str, Mapping[str, Any]]]:
        said = self._said[1] if self._said[0] == row["request"] else set()
        if row["what"] == "holder":
            yield "assign", {"from": row["old"], "to": row["new"]}
        elif row["what"] == "level":
            yield "priority", {"from": LEVELS[row["old"]], "to": LEVELS[row["new"]]}
        elif row["what"] == "title":
            yield "field", {"field": "subject", "from": row["old"], "to": row["new"]}
        else:
            yield from _stage(STAGES[row["old"]], STAGES[row["new"]], said)


def _stage(old: str, new: str, said: set[str]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    if new == "pending":
        if "hold" not in said:
            yield "hold", {"reason": "unspecified"}
    elif new in ENDS:
        yield ENDS[new], {}
    elif old == "pending":
        if "resume" not in said:
            yield "resume", {}
    elif old in ENDS:
        yield "reopen", {}
    else:
        yield "field", {"field": "state", "from": old, "to": new}


def _bare(event: Event) -> Event:
    """Without its body, as `history` has it."""
    return Event(event.key, event.at, event.type, event.author, event.side, event.made_at, event.data)


def _body(entry: Entry, ticket: Ticket, now: Ticket) -> dict[str, Any]:
    """The one request that says a change."""
    change = entry.change
    match change:
        case Reply():
            return {"text": change.text}
        case Note():
            return {"text": desklines.note((), change.text), "private": True}
        case Assign():
            return {"holder": change.who}
        case SetPriority():
            return {"level": next(name for name, priority in LEVELS.items() if priority == change.to)}
        case SetSubject():
            return {"title": change.to}
        case Resolve() | Cancel() | Reopen() | Close():
            return _to(MOVES[change.verb]) | ({"text": change.text, "private": True} if change.text else {})
        case _:
            lines, state = _lines(entry, change, ticket, now)
            text = desklines.note(lines, getattr(change, "why", ""))
            return {"text": text, "private": True} | (_to(state) if state else {})


def _lines(entry: Entry, change: Change, ticket: Ticket, now: Ticket) -> tuple[list[desklines.Line], str]:
    """What Ledger has no field for, and the state it goes with."""

    def line(fact: str, value: str = "") -> list[desklines.Line]:
        return [desklines.Line(fact, value, entry.author, entry.made_at)]

    match change:
        case Acknowledge():
            return line("acknowledged"), "in_progress" if now.state == "new" else ""
        case Hold():
            return line("hold", desklines.hold(change.reason, change.until)), "pending"
        case Resume():
            waits = change.apply(ticket).state == "pending"
            return line("resume", (change.reason or "") if waits else ""), "" if waits else "in_progress"
        case SetImpact() | SetUrgency() | SetCategory() | SetCi():
            return line(change.verb, change.to), ""
    raise Rejected(f"Ledger cannot do {change.verb!r}")


def _to(state: str) -> dict[str, str]:
    return {"stage": next(name for name, ours in STAGES.items() if ours == state)}


def _facts(entry: Entry, change: Create) -> Iterator[desklines.Line]:
    said = {"token": change.token, "customer": change.customer, "ci": change.ci,
            "kind": "" if change.kind == "incident" else change.kind}  # fmt: skip
    if change.received is not None:
        yield desklines.Line("received", "", entry.author, change.received)
    for fact, value in said.items():
        if value:
            yield desklines.Line(fact, value, entry.author, entry.made_at)


def _has(made: Ticket, line: desklines.Line) -> bool:
    """Whether the ticket says it already."""
    if line.fact == "received":
        return made.received == line.at
    return line.value in (made.cis if line.fact == "ci" else (getattr(made, line.fact),))
