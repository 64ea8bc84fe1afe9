"""Redmine 5 over its REST API."""

import time
from collections.abc import Iterator, Sequence

from deskui.domain import when
from deskui.domain.attachment import READ_CAP, File, size
from deskui.domain.event import MESSAGES
from deskui.domain.outgoing import Entry
from deskui.domain.ticket import OPEN, Ticket
from deskui.upstream import _redmine_discover
from deskui.upstream._redmine_api import PAGE, Api, Row, filters, number
from deskui.upstream._redmine_facts import Reader
from deskui.upstream._redmine_feed import Cursor, news
from deskui.upstream._redmine_names import Names, fields_of, values_of
from deskui.upstream._redmine_push import Writer
from deskui.upstream._redmine_steps import KINDS
from deskui.upstream._redmine_tale import Tale, order, ticket_of
from deskui.upstream._redmine_values import silent
from deskui.upstream.base import Login, Making, Options, Page, Reading, Receipt, Rejected, Swapped, Upstream, Words

_QUIET = {*MESSAGES, "created", "time", "link"}  # may be edited, or come without a trace in `updated_on`
CHUNK = 20  # issues of a page: each is a request
_NOTED = 50  # of more that were changed just before the first pull, a little is read twice


class Adapter(Upstream):
    """Redmine's journals are the facts; what moves no `updated_on` is asked for, or found by a full reading."""

    tags = True
    links = frozenset(KINDS)
    attachments = True
    edits = True

    def __init__(self, name: str, options: Options, secret: str) -> None:
        self.name, self.prefix = name, f"{name.upper()}-"
        self._options = options
        self._api = Api(options, secret)
        self._names = Names(self._api, options)
        self._writer = Writer(self._api, self._names, options, self._tale)

    def login(self) -> Login:
        self._api.session.begin()
        self._api.login()
        self._names.forget()
        return Login(self._api.me.login, self._api.session.offset_s)

    def close(self) -> None:
        self._api.session.close()

    # -- what it calls things

    def discover(self) -> Words:
        return _redmine_discover.words(self._names, self._newest())

    def making(self, facts: Sequence[str]) -> tuple[Making, ...]:
        return _redmine_discover.making(self._newest(), facts, dict(self._options.fields))

    def _newest(self) -> list[Row]:
        """The issues that were changed last."""
        return self._api.rows("/issues.json", "issues", ("status_id", "*"), ("sort", "updated_on:desc,id:desc"))

    # -- the first pull

    def head(self) -> str:
        newest = self._newest()
        cursor = Cursor(max((when.parse(row["updated_on"]) for row in newest), default=0))
        near = [row for row in newest if when.parse(row["updated_on"]) >= cursor.since]
        for row in near if len(near) <= _NOTED else ():
            cursor.note(self._api.issue(str(row["id"])), self._now())
        cursor.spent(self._api.time_page(0))
        cursor.trim()
        return str(cursor)

    def open_tickets(self, after: str) -> Iterator[Page]:
        statuses = "|".join(map(str, self._names.words.open_statuses()))
        for rows in self._api.issues(int(after or 0), ("status_id", statuses)):
            tickets = [ticket_of(self.name, row, None, self._names, self._options) for row in rows]
            yield Page(tuple(each for each in tickets if each.state in OPEN), cursor=str(rows[-1]["id"]))

    def history(self, remote_ids: Sequence[str]) -> Iterator[Page]:
        for tales in self._tales(remote_ids):
            yield Page(
                tuple(tale.ticket for tale in tales),
                tuple((tale.ticket.remote_id, silent(event)) for tale in tales for event in tale.events),
                complete=tuple(tale.ticket.remote_id for tale in tales),
            )

    def bodies(self, remote_ids: Sequence[str]) -> Iterator[Page]:
        for tales in self._tales(remote_ids):
            events = ((tale.ticket.remote_id, event) for tale in tales for event in tale.events)
            yield Page(
                events=tuple(pair for pair in events if pair[1].type in _QUIET),
                complete=tuple(tale.ticket.remote_id for tale in tales),
            )

    # -- the feed

    def finished(self, since: int, before: str) -> Iterator[Page]:
        below = (("issue_id", f"<={int(before) - 1}"),) if before else ()
        while rows := self._api.rows(
            "/issues.json", "issues", ("status_id", "*"), ("updated_on", f">={when.iso(since)}"), ("sort", "id:desc"),
            *below,
        ):  # fmt: skip
            found = (ticket_of(self.name, row, None, self._names, self._options) for row in rows)
            yield Page(tuple(each for each in found if each.state not in OPEN), cursor=str(rows[-1]["id"]))
            below = (("issue_id", f"<={number(rows[-1]['id']) - 1}"),)

    def feed(self, cursor: str) -> Iterator[Page]:
        before, now = Cursor.parse(cursor), Cursor.parse(cursor)
        done: set[str] = set()
        newest = 0
        for rows in self._changed(before.since):
            newest = max(newest, *(when.parse(row["updated_on"]) for row in rows))
            fresh = [str(row["id"]) for row in rows if before.fresh(row) and str(row["id"]) not in done]
            yield from self._fed(fresh, before, now)
            done.update(fresh)
        if newest < before.at:
            self._same(before)
        times = Cursor.parse(cursor)
        spent = [key for key in times.spent(self._times(before)) if key not in done]
        yield from self._fed(spent, before, now, spent=True)
        now.times, now.times_at = times.times, times.times_at  # only when all of their issues were delivered
        now.trim()
        if str(now) != cursor:
            yield Page(cursor=str(now))

    def _same(self, before: Cursor) -> None:
        """What was changed last is not: it was deleted, or it is as it was before.  Swapped."""
        last = [key for key, (updated, _, _) in before.issues.items() if updated == before.at]
        for page in self.survey(last):
            for ticket in page.tickets:
                if ticket.updated < before.at:
                    raise Swapped(f"{ticket.remote_id} is as it was before its last change: restored from a backup")

    def _fed(self, ids: Sequence[str], before: Cursor, now: Cursor, *, spent: bool = False) -> Iterator[Page]:
        for tales in self._tales(ids):
            events, whole, tickets = [], [], []
            for tale in tales:
                key = tale.ticket.remote_id
                fresh = news(before, key, tale.events)
                if any(event.type == "created" or event.data.get("field") == "queue" for event in fresh):
                    fresh = list(tale.events)
                    whole.append(key)
                events += [(key, event) for event in fresh]
                if fresh or spent or not before.same(tale.issue):
                    tickets.append(tale.ticket)
                now.note(tale.issue, self._now())
            now.trim()
            if tickets or str(now) != str(before):
                yield Page(tuple(tickets), tuple(events), str(now), tuple(whole))

    def _changed(self, since: int) -> Iterator[list[Row]]:
        """Pages of issues by the time of their change; a row that moves meanwhile comes again at the end."""
        offset = 0
        while True:
            rows = self._api.changed(when.iso(since), offset)
            if rows:
                yield rows
            if len(rows) < PAGE:
                return
            newest = when.parse(rows[-1]["updated_on"])
            since, offset = (newest, 0) if newest > since + 1 else (since, offset + max(1, PAGE - 10))

    def _times(self, before: Cursor) -> Iterator[Row]:
        """The newest time entries: a page of them also for those that were changed later."""
        offset = 0
        while True:
            rows = self._api.time_page(offset)
            yield from rows
            if len(rows) < PAGE or when.parse(rows[-1]["created_on"]) < before.times_at - 60:
                return
            offset += PAGE

    # -- one ticket

    def read(self, remote_id: str, seen: str) -> Reading:
        tale = self._tale(remote_id)
        return Reading(tale.ticket, tale.after(seen))

    def survey(self, remote_ids: Sequence[str]) -> Iterator[Page]:
        for start in range(0, len(remote_ids), PAGE):
            ids = remote_ids[start : start + PAGE]
            named = ",".join(str(int(remote_id)) for remote_id in ids)
            rows = self._api.rows("/issues.json", "issues", ("issue_id", named), ("status_id", "*"))
            found = tuple(ticket_of(self.name, row, None, self._names, self._options) for row in rows)
            yield Page(found, complete=tuple(ids))

    def search(self, query: str, limit: int) -> Sequence[Ticket]:
        """Its language: the parameters of its list, `status_id=*&subject=~vpn`."""
        rows = self._api.rows("/issues.json", "issues", ("sort", "id:desc"), *filters(query))
        return [ticket_of(self.name, row, None, self._names, self._options) for row in rows[:limit]]

    def push(self, entry: Entry, ticket: Ticket, seen: str) -> Receipt:
        return self._writer.push(entry, ticket, seen)

    def created(self, token: str) -> tuple[str, ...] | None:
        """By field where there is one, and by desk line; Redmine gives everything if it does not know the filter."""
        name = self._options.fields.get("client_token", "")
        found, sure = set[str](), bool(name)
        projects = [self._names.project(each) for each in self._options.queues] or self._names.projects()
        for project in projects:
            fields, rows = self._names.fields(number(project["id"]), self._names.tracker(number(project["id"])))
            # One issue may be the lost one itself, made when the field's number was not known yet.
            sure = sure and name in fields and rows > 1
            if name in fields:
                asked = (("status_id", "*"), ("project_id", str(project["id"])), (f"cf_{fields[name]['id']}", token))
                listed = self._api.rows("/issues.json", "issues", *asked)
                found |= {str(row["id"]) for row in listed if token in values_of(fields_of(row).get(name))}
        if not found:
            found = self._noted(token)
        return tuple(sorted(found, key=int)) or (() if sure else None)

    def _noted(self, token: str) -> set[str]:
        """The issues in whose private notes it stands."""
        asked = (("set_filter", "1"), ("f[]", "notes"), ("op[notes]", "~"), ("v[notes][]", token), ("f[]", "status_id"),
                 ("op[status_id]", "*"), ("sort", "id:desc"))  # fmt: skip
        rows = self._api.rows("/issues.json", "issues", *asked)[:CHUNK]
        return {str(row["id"]) for row in rows if self._tale(str(row["id"])).ticket.token == token}

    def content(self, file: File) -> bytes:
        if file.size > READ_CAP:
            raise Rejected(
                f"{size(file.size)} is more than the {size(READ_CAP)} that deskui fetches: save it in Redmine"
            )
        answer = self._api.session.request("GET", f"/attachments/download/{int(file.id)}")
        if answer.status >= 400:
            raise Rejected(f"Redmine has no such file (any more), or not for this account ({answer.status})")
        if len(answer.body) > READ_CAP:
            raise Rejected(f"it is larger than the {size(READ_CAP)} that deskui fetches: save it in Redmine")
        return answer.body

    def order(self, key: str) -> tuple[int, ...]:
        return order(key)

    # -- from Redmine's words to ours

    def _tales(self, ids: Sequence[str]) -> Iterator[list[Tale]]:
        """Issues that are there and for us, in pieces."""
        for start in range(0, len(ids), CHUNK):
            found = []
            for remote_id in ids[start : start + CHUNK]:
                try:
                    found.append(self._tale(remote_id))
                except Rejected:
                    continue
            yield found

    def _tale(self, remote_id: str) -> Tale:
        issue = self._api.issue(remote_id)
        times = self._api.times(remote_id) if issue.get("spent_hours") else ()
        service = self._api.me.login if self._options.service_account else ""
        told = Reader(issue, times, self._names, self._options.fields, service).read()
        ticket = ticket_of(self.name, issue, told, self._names, self._options)
        return Tale(issue, ticket, tuple(told.events), told.who)

    def _now(self) -> int:
        """Redmine's clock, where it tells it."""
        return int(time.time() - self._api.session.offset_s)
