"""Request Tracker 5 over REST2."""

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from deskui.domain.attachment import File
from deskui.domain.event import MESSAGES, Event
from deskui.domain.outgoing import Entry
from deskui.domain.ticket import Ticket
from deskui.upstream import _deskline, _rt_discover, _rt_feed, _rt_files
from deskui.upstream._gaps import Cursor
from deskui.upstream._rt_answers import Body, Txn
from deskui.upstream._rt_api import CHUNK, PAGE, Api, chunks
from deskui.upstream._rt_facts import Reader
from deskui.upstream._rt_push import Writer, number
from deskui.upstream._rt_steps import LINKS
from deskui.upstream._rt_tale import TOGETHER_S, Told
from deskui.upstream._rt_ticket import ticket_of
from deskui.upstream._rt_words import WRITTEN
from deskui.upstream.base import (
    Fault,
    Login,
    Making,
    Options,
    Page,
    Reading,
    Receipt,
    Rejected,
    Upstream,
    Words,
)

_SPEAKING = frozenset(("Create", "Correspond", "Comment"))


class Adapter(Upstream):
    """RT's transactions are the facts: an event's key is its transaction's id."""

    recipients = "ticket"
    tags = True
    links = frozenset(LINKS)
    merges = True
    attachments = True
    note_files = True

    def __init__(self, name: str, options: Options, secret: str) -> None:
        self.name, self.prefix = name, f"{name.upper()}-"
        self._options = options
        self._api = Api(options, secret)
        self._writer = Writer(self._api, options, self._reading)

    @classmethod
    def amiss(cls, options: Options) -> Iterator[Fault]:
        if "requestor" in options.fields:
            yield Fault(("fields", "requestor"), "RT knows the requestor by itself", "Leave the line out.")
        for name in options.priorities:
            if not name.isdecimal():
                yield Fault(("priorities", name), "RT's priorities are numbers", 'Write the least one: 90 = "P1".')
        for state, written in WRITTEN.items():
            meaning = options.state(written)
            if meaning and meaning[0] != state and not options.state_names(state):
                problem = f"nothing is {state} any more: {written!r} is what RT calls it"
                yield Fault(("states", written), problem, f'Name another status that is: "…" = "{state}".')

    def login(self) -> Login:
        self._api.session.begin()
        self._api.login()
        return Login(self._api.me.name, self._api.session.offset_s)

    def close(self) -> None:
        self._api.session.close()

    # -- what it calls things

    def discover(self) -> Words:
        return _rt_discover.words(self._api, self._options)

    def making(self, facts: Sequence[str]) -> tuple[Making, ...]:
        return _rt_discover.making(self._api, self._options, facts)

    def make_field(self, making: Making) -> None:
        _rt_discover.make_field(self._api, making)

    # -- the first pull

    def head(self) -> str:
        return str(_rt_feed.head(self._api, self._now()))

    def open_tickets(self, after: str) -> Iterator[Page]:
        for rows in self._api.open_tickets(int(after or 0)):
            yield Page(tuple(self._ticket(row, None) for row in rows), cursor=str(rows[-1]["id"]))

    def history(self, remote_ids: Sequence[str]) -> Iterator[Page]:
        for ids in chunks(remote_ids, CHUNK):
            tales = self._tales(ids, bodies=False)
            yield Page(
                tuple(ticket for ticket, _told in tales.values()),
                tuple((key, event) for key, (_ticket, told) in tales.items() for event in told.events),
                complete=tuple(tales),
            )

    def bodies(self, remote_ids: Sequence[str]) -> Iterator[Page]:
        for ids in chunks(remote_ids, CHUNK):
            tales = self._tales(ids, bodies=True, extra="Requestor")
            events = ((key, event) for key, (_ticket, told) in tales.items() for event in told.events)
            yield Page(events=tuple(pair for pair in events if pair[1].text is not None), complete=tuple(tales))

    def finished(self, since: int, before: str) -> Iterator[Page]:
        for rows in self._api.finished(since, int(before or 0)):
            yield Page(tuple(self._ticket(row, None) for row in rows), cursor=str(rows[-1]["id"]))

    # -- the feed

    def feed(self, cursor: str) -> Iterator[Page]:
        before = place = Cursor.parse(cursor)
        given: set[str] = set()  # a page's tickets are read with all that is new, which later pages need not repeat
        for txns in _rt_feed.news(self._api, place):
            fresh = [txn for txn in txns if before.wants(txn.id)]
            place = place.seen([txn.id for txn in fresh], fresh[-1].at if fresh else 0, self._now())
            if fresh:
                yield self._fed(fresh, before, place, given)
        if (kept := place.rid(self._now())) != place:
            yield Page(cursor=str(kept))

    def _now(self) -> int:
        """The system's clock."""
        return int(time.time() - self._api.session.offset_s)

    def _fed(self, txns: Sequence[Txn], before: Cursor, place: Cursor, given: set[str]) -> Page:
        touched = dict.fromkeys(txn.ticket for txn in txns)
        merged = {txn.ticket: _target(txn) for txn in txns if txn.field == "MergedInto" and txn.type == "AddLink"}
        ids = list(touched | dict.fromkeys(merged.values()))
        whole = {txn.ticket for txn in txns if txn.type == "Create" or txn.field == "Queue"}
        moved = {txn.ticket: txn.at for txn in reversed(txns) if txn.type == "Status"}  # the first one of each
        tales: dict[str, tuple[Ticket, Told]] = {}
        for chunk in chunks(ids, CHUNK):
            tales |= self._tales(chunk, bodies=True)
        pairs = [
            (key, event) for key, (_ticket, told) in tales.items() for event in told.events
            if event.key not in given
            and (key in whole or before.wants(number(event.key)) or _late(event, moved.get(key)))
        ]  # fmt: skip
        given |= {event.key for _key, event in pairs}
        last = {txn.ticket: txn.new for txn in txns if txn.type == "Status"}
        gone = tuple(key for key, status in last.items() if status == "deleted" and key not in tales)
        return Page(
            tuple(ticket for ticket, _told in tales.values()), tuple(pairs), str(place),
            tuple(key for key in whole if key in tales), gone, tuple(merged.items()),
        )  # fmt: skip

    # -- one ticket

    def read(self, remote_id: str, seen: str) -> Reading:
        return self._reading(remote_id, seen)[0]

    def survey(self, remote_ids: Sequence[str]) -> Iterator[Page]:
        for ids in chunks(remote_ids, PAGE):
            rows = self._api.tickets(ids, "")
            yield Page(tuple(self._ticket(row, None) for row in rows.values()), complete=tuple(ids))

    def search(self, query: str, limit: int) -> Sequence[Ticket]:
        return [self._ticket(row, None) for row in self._api.matching(query, limit)]

    def push(self, entry: Entry, ticket: Ticket, seen: str) -> Receipt:
        return self._writer.push(entry, ticket, seen)

    def created(self, token: str) -> tuple[str, ...] | None:
        name = self._options.fields.get("client_token")
        if name is None:
            return tuple(self._api.tokens(token)) or None  # without the note there may still be the ticket
        quoted = token.replace("\\", "\\\\").replace("'", "\\'")
        query = f"'CF.{{{name}}}' = '{quoted}' AND EffectiveId > 0"  # else RT leaves out those that were merged
        found = [str(row["id"]) for rows in self._api.pages("/tickets", query) for row in rows]
        if found or (found := self._api.tokens(token)):
            return tuple(found)
        # RT drops a field that the queue does not have: a ticket cut before its note would have no token at all.
        queues = self._options.queues or self._api.queues()
        return () if all(self._api.has_field(queue, name) for queue in queues) else None

    def content(self, file: File) -> bytes:
        return _rt_files.content(self._api.session, file)

    def _reading(self, remote_id: str, seen: str) -> tuple[Reading, Mapping[int, str]]:
        if not remote_id.isdigit():
            raise Rejected(f"{remote_id!r} is no ticket of RT")
        who: dict[int, str] = {}
        tales = self._tales([remote_id], bodies=True, who=who)
        if remote_id in tales:
            ticket, told = tales[remote_id]
            past = self.order(seen) if seen else ()
            return Reading(ticket, tuple(event for event in told.events if self.order(event.key) > past)), who
        row, _etag = self._api.ticket(remote_id)
        survivor = str(row["id"])
        if survivor != remote_id:
            reading, who_there = self._reading(survivor, "")
            return replace(reading, into=survivor), who_there
        return Reading(self._ticket(row, None), (), gone=True), who

    # -- from RT's words to ours

    def _tales(
        self, ids: Sequence[str], *, bodies: bool, who: dict[int, str] | None = None, extra: str = ""
    ) -> dict[str, tuple[Ticket, Told]]:
        """Tickets that can be found (not deleted, not merged), with what their whole histories tell."""
        # Custom fields are most of a ticket's cost: asked for only where they hold something of ours.
        rows = self._api.tickets(
            ids, extra or ("Requestor,Cc,CustomFields" if self._options.fields else "Requestor,Cc")
        )
        histories = self._api.histories([remote_id for remote_id in ids if remote_id in rows])
        texts = self._texts([txn for txns in histories.values() for txn in txns if txn.type in _SPEAKING], bodies)
        found = {}
        for remote_id, txns in histories.items():
            if who is not None:
                who |= {txn.id: txn.who for txn in txns}
            told = Reader(rows[remote_id], txns, self._api, self._options.fields, texts, self._service).read()
            if bodies:
                told.events = [self._with_text(event, texts) for event in told.events]
            found[remote_id] = (self._ticket(rows[remote_id], told), told)
        return found

    @property
    def _service(self) -> str:
        return self._api.me.name if self._options.service_account else ""

    def _texts(self, txns: Sequence[Txn], bodies: bool) -> dict[int, Body]:
        """The messages' texts; without `bodies` only those in which facts may stand."""
        full = [txn.id for txn in txns if bodies or txn.who == self._service]
        heads = [txn.id for txn in txns if txn.type == "Comment" and txn.id not in set(full)]
        return self._api.bodies(full) | self._api.bodies(heads, desk_only=True)

    def _with_text(self, event: Event, texts: Mapping[int, Body]) -> Event:
        if event.type not in MESSAGES and event.type != "created":
            return event
        body = texts.get(number(event.key), Body(""))
        text = _deskline.split(body.text)[1] if event.type == "internal_note" and event.side == "staff" else body.text
        if self._service and event.side == "staff" and event.type != "created":
            text = _deskline.signed(text)[0]
        return replace(event, text=text, files=body.files)

    def _ticket(self, row: Mapping[str, Any], told: Told | None) -> Ticket:
        return ticket_of(self.name, row, told, self._api, self._options)


def _target(txn: Txn) -> str:
    return txn.new.rsplit("/", 1)[-1]


def _late(event: Event, moved: int | None) -> bool:
    """A desk line read before its request had moved the status was none then, and is one now."""
    return moved is not None and event.made_at is not None and 0 <= moved - event.at <= TOGETHER_S
