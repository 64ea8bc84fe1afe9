"""Writing to Redmine: compare, write, read again, because it neither guards a write nor says what it ignored."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from typing import Any

from deskui.domain.change import Acknowledge, Close, Create, Hold, Note, Reply
from deskui.domain.event import Event
from deskui.domain.links import Link, Unlink
from deskui.domain.outgoing import Entry
from deskui.domain.sets import Moves
from deskui.domain.ticket import Ticket
from deskui.upstream import _deskline, _redmine_steps
from deskui.upstream._http import Broken
from deskui.upstream._newticket import queue_for
from deskui.upstream._redmine_api import Api, Clash, Row, number
from deskui.upstream._redmine_names import PRIVATE, Names, fields_of
from deskui.upstream._redmine_say import ignored
from deskui.upstream._redmine_steps import Step, custom, lines, missing, steps, wanted
from deskui.upstream._redmine_tale import Tale
from deskui.upstream.base import Options, Receipt, Rejected, Unreachable

Read = Callable[[str], Tale]


class Writer:
    """Writes entries of the outbox, one at a time."""

    def __init__(self, api: Api, names: Names, options: Options, read: Read) -> None:
        self._api, self._names, self._options, self._read = api, names, options, read

    def push(self, entry: Entry, ticket: Ticket, seen: str) -> Receipt:
        """Look, compare, write, read back."""
        if isinstance(entry.change, Create):
            return self._create(entry, entry.change, ticket.remote_id)
        with _written(False):
            before = self._read(ticket.remote_id)
            others = before.after(seen)
            field = entry.change.field
            if field and getattr(before.ticket, field) != getattr(ticket, field):
                # Moved, if need be by what was committed after a key of the same second was seen: all events tell.
                return Receipt(before.ticket, before.events, (), written=False)
            if field and others:
                return Receipt(before.ticket, others, (), written=False)
            todo = steps(entry, ticket, before.issue, before.ticket, self._names, self._options)
            self._allowed(todo, number(before.issue["project"]["id"]))
            todo = [self._with_files(entry, step) for step in todo]
        try:
            lost = self._send(todo)
        except Clash:
            return Receipt(before.ticket, others, (), written=False)
        with _written(bool(todo)):
            after = self._read(ticket.remote_id)
        own = tuple(event.key for event in after.events
                    if event.key not in before.keys and after.who.get(event.key) == self._api.me.id)  # fmt: skip
        if lost is not None:
            if own and _done(entry, ticket, after.ticket, after.events, own):
                lost = None  # the answer failed, the write did not
            else:
                raise lost
        if not _done(entry, ticket, after.ticket, after.events, own):
            raise Rejected(ignored(entry.change, after.issue, bool(own), self._names))
        return Receipt(after.ticket, after.after(seen), own)

    def _send(self, todo: Sequence[Step]) -> Broken | None:
        """A 500 of Redmine, which may have been written all the same: the caller looks."""
        for place, step in enumerate(todo):
            try:
                with _written(True):
                    self._api.send(step.method, step.path, step.body)
            except Broken as failed:
                return failed
            except Clash:
                if place == 0:
                    raise
                return Broken("somebody else wrote the issue in between")
        return None

    def _allowed(self, todo: Sequence[Step], project: int) -> None:
        """What Redmine would do otherwise than asked, without a word."""
        if any(step.private for step in todo) and not self._names.may(project, PRIVATE):
            raise Rejected(
                "nothing was written: Redmine would show this note to the customer, since your role there may not "
                "set notes as private. An administrator can allow it (Roles and permissions, Set notes as private)"
            )
        if any(step.minutes for step in todo) and not self._names.may(project, "log_time"):
            raise Rejected(
                "nothing was written: your role in this project of Redmine may not log time, which it would drop. "
                "Leave the minutes out, or have an administrator allow it (Roles and permissions, Log spent time)"
            )

    def _with_files(self, entry: Entry, step: Step) -> Step:
        """The files of a reply go first; what no issue takes, Redmine throws away by itself."""
        if not step.uploads:
            return step
        files = {file.id: file for file in getattr(entry.change, "files", ())}
        sent = []
        for key in step.uploads:
            token = self._api.upload(files[key].name, entry.contents[key])
            kind = files[key].kind or "application/octet-stream"
            sent.append({"token": token, "filename": files[key].name, "content_type": kind})
        body = dict(step.body or {})
        return Step(step.method, step.path, {**body, "issue": {**body["issue"], "uploads": sent}}, step.private)

    # -- new ones

    def _create(self, entry: Entry, change: Create, remote_id: str) -> Receipt:
        """Make it, unless it was made before, and write what of it Redmine does not have."""
        with _written(False):
            known = change.queue or self._options.queues
            visible = [] if known else [str(row["name"]) for row in self._names.projects()]
            project = self._names.project(queue_for(change, self._options, visible))
        facts = wanted(change, str(project["name"]), self._options)
        if not remote_id:
            remote_id = self._make(change, number(project["id"]), facts)
        with _written(True):
            made = self._read(remote_id)
            left = missing(entry, change, facts, made.ticket)
            if left:
                with suppress(Rejected, Clash):  # the issue is there: that it cannot be written on does not unmake it
                    self._complete(entry, change, made.issue, left)
                made = self._read(remote_id)
        own = tuple(event.key for event in made.events if made.who.get(event.key) == self._api.me.id)
        return Receipt(made.ticket, made.events, own)

    def _make(self, change: Create, project: int, facts: Mapping[str, Any]) -> str:
        with _written(False):
            tracker = self._names.tracker(project)
            fields, _rows = self._names.fields(project, tracker)
            values = self._mapped(facts)
            body = _redmine_steps.create(change, project, tracker, fields, values, self._names)
        try:
            said = self._api.send("POST", "/issues.json", body)
        except Rejected as refusal:  # nothing was made: a value that a field does not take becomes a desk line
            kept = {name: value for name, value in values.items() if f"{name} " not in str(refusal)}
            if kept == values:
                raise
            body = _redmine_steps.create(change, project, tracker, fields, kept, self._names)
            said = self._api.send("POST", "/issues.json", body)
        except Clash:
            raise Unreachable("Redmine was busy with another write", "busy", maybe_written=False) from None
        if "issue" not in said:
            raise Unreachable("Redmine did not say which issue it made")
        return str(said["issue"]["id"])

    def _mapped(self, facts: Mapping[str, Any]) -> dict[str, Any]:
        return {self._options.fields[fact]: value for fact, value in facts.items() if fact in self._options.fields}

    def _complete(self, entry: Entry, change: Create, issue: Row, left: Mapping[str, Any]) -> None:
        """Fields that the issue turned out to have, as far as it takes them; the rest as desk lines."""
        path = f"/issues/{issue['id']}.json"
        fields = custom(fields_of(issue), self._mapped(left))
        said = {fact: value for fact, value in left.items() if not fields or self._options.fields.get(fact) is None}
        if fields:
            try:
                self._api.send("PUT", path, {"issue": fields})
            except Rejected:
                said = dict(left)
        if said and self._names.may(number(issue["project"]["id"]), PRIVATE):
            note = _deskline.note(lines(entry, change, said))
            self._api.send("PUT", path, {"issue": {"notes": note, "private_notes": True}})


@contextmanager
def _written(maybe: bool) -> Iterator[None]:
    """Says of a lost answer whether a write may have left before it."""
    try:
        yield
    except Unreachable as error:
        error.maybe_written = maybe and error.maybe_written if error.kind != "auth" else maybe
        raise


def _done(entry: Entry, ticket: Ticket, after: Ticket, events: Sequence[Event], own: tuple[str, ...]) -> bool:
    """Whether what the change should have done is so now, or was done by us (and since then undone by others)."""
    change, ours = entry.change, [event for event in events if event.key in own]
    if isinstance(change, Link | Unlink):
        return change.apply(after).links == after.links
    if isinstance(change, Moves):
        return not change.made(after)
    if isinstance(change, Reply | Note):
        spent = {event.data.get("minutes", 0) for event in ours}  # on the message, or apart if it came much later
        return change.event in {event.type for event in ours} and (not change.minutes or change.minutes in spent)
    kinds = {kind for kind, _data, _text in change.facts(ticket) if kind != "internal_note"}
    if kinds & {event.type for event in ours}:
        return True
    if isinstance(change, Close | Hold | Acknowledge):
        return False
    return bool(getattr(after, str(change.field)) == getattr(change.apply(ticket), str(change.field)))
