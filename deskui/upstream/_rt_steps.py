"""Our changes as RT's requests, each in as few as RT allows; pure."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from deskui.domain import when
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
from deskui.domain.fields import SetCategory, SetCi, SetImpact, SetPriority, SetSubject, SetUrgency
from deskui.domain.links import Link, Merge, Unlink
from deskui.domain.outgoing import Entry
from deskui.domain.sets import SetCc, SetTags
from deskui.domain.ticket import Ticket
from deskui.upstream import _deskline, _rt_files
from deskui.upstream._deskline import Line
from deskui.upstream._newticket import own_fields
from deskui.upstream._rt_values import NOBODY, number_of
from deskui.upstream.base import Options, Rejected

LINKS: Mapping[str, tuple[str, ...]] = {
    "parent": ("Parent",), "child": ("Child",), "related": ("RefersTo", "ReferredToBy"), "depends": ("DependsOn",),
    "blocks": ("DependedOnBy",), "duplicate": (),
}  # fmt: skip
"""Our links as RT's: the first is set, all are taken away.  RT has no duplicates: a desk line says it."""
_TO = {"resolve": "resolved", "cancel": "cancelled", "reopen": "in_progress"}
_MADE = {"resolve": "resolved", "reopen": "reopened"}  # desk lines where a contract counts when it was done here


@dataclass(frozen=True, slots=True)
class Step:
    """One request.  `guarded`: RT is to refuse it if the ticket moved since we looked (RT knows no guarded message)."""

    method: str
    path: str
    body: Mapping[str, Any]
    guarded: bool = False


Say = Callable[[str, str], str]  # the status for a state of ours, and the reason of a hold; "": there is none


def steps(entry: Entry, ticket: Ticket, now: Ticket, options: Options, say: Say) -> list[Step]:
    """What to send for `entry` on `ticket` (our base, with its holds), which in RT is `now`."""
    return _Plan(entry, ticket, now, options, say).steps()


def line(entry: Entry, fact: str, value: str = "") -> Line:
    """A fact of this entry: by its author, when it was made."""
    return Line(fact, value, entry.author, entry.made_at)


def comment(remote_id: str, text: str, **more: Any) -> Step:
    """A private note."""
    return Step("POST", f"/ticket/{remote_id}/comment", {"Content": text, "ContentType": "text/plain", **more})


class _Plan:
    def __init__(self, entry: Entry, ticket: Ticket, now: Ticket, options: Options, say: Say) -> None:
        self.entry, self.ticket, self.now, self.options, self._status = entry, ticket, now, options, say
        self.made = options.offline_events == "made"

    def steps(self) -> list[Step]:
        change = self.entry.change
        match change:
            case Reply() | Note():
                return [self._message(change)]
            case Acknowledge():
                return [self._acknowledge()]
            case Assign():
                return [self._put({"Owner": change.who or NOBODY})]
            case Hold():
                return [self._hold(change)]
            case Resume():
                return [self._resume(change)]
            case Close():
                return [self._close(change)]
            case _:
                return self._others()

    def _others(self) -> list[Step]:
        change = self.entry.change
        match change:
            case Resolve() | Cancel() | Reopen():
                return [self._move(change)]
            case SetPriority():
                return self._priority(change)
            case SetImpact() | SetUrgency() | SetCategory():
                return [self._field(change.verb, change.to, change.to, change.why)]
            case SetSubject():
                return [self._put({"Subject": change.to})]
            case SetCi():
                return [self._field("ci", change.to, [change.to])]
            case Merge():
                return [self._put({"MergeInto": int(change.remote)})]
            case _:
                return self._sets(change)

    def _sets(self, change: Change) -> list[Step]:
        match change:
            case Link() | Unlink():
                return [self._link(change)]
            case SetTags():
                return self._tags(change)
            case SetCc():
                return []  # people are moved before (_rt_people)
            case _:
                raise Rejected(f"deskui cannot say {change.verb!r} to RT")

    def _put(self, body: Mapping[str, Any]) -> Step:
        return Step("PUT", f"/ticket/{self.ticket.remote_id}", body, guarded=True)

    def _comment(self, lines: list[Line], text: str = "", **more: Any) -> Step:
        return comment(self.ticket.remote_id, _deskline.note(lines, self._signed(text)), **more)

    def _signed(self, text: str) -> str:
        return _deskline.sign(text, self.entry.author) if text and self.options.service_account else text

    def _mapped(self, fact: str, value: Any) -> dict[str, Any]:
        """The request's part for a field of RT's own, if there is one."""
        name = self.options.fields.get(fact)
        return {"CustomFields": {name: value}} if name else {}

    def _link(self, change: Link | Unlink) -> Step:
        """A set of links is no field that somebody else may have moved: RT need not guard it."""
        off, names = isinstance(change, Unlink), LINKS[change.kind]
        if not names:
            return self._comment([line(self.entry, "duplicate", f"not {change.remote}" if off else change.remote)])
        body = {f"Delete{name}" if off else f"Add{name}": int(change.remote) for name in (names if off else names[:1])}
        return Step("PUT", f"/ticket/{self.ticket.remote_id}", body)

    def _tags(self, change: SetTags) -> list[Step]:
        """The whole set, guarded by the reading that it was made of; without a field a line for each word."""
        moves = change.made(self.now)
        if not moves:
            return []
        field = self._mapped("tags", list(change.apply(self.now).tags))
        return [self._put(field)] if field else [self._comment([line(self.entry, "tag", move) for move in moves])]

    def _message(self, change: Reply | Note) -> Step:
        text = self._signed(change.text)
        body: dict[str, Any] = {"Content": text, "ContentType": "text/plain"}
        if change.minutes:
            body["TimeTaken"] = change.minutes
        if change.files:
            body["Attachments"] = [_rt_files.sent(file, self.entry.contents[file.id]) for file in change.files]
        if isinstance(change, Reply):
            return Step("POST", f"/ticket/{self.ticket.remote_id}/correspond", body)
        return Step("POST", f"/ticket/{self.ticket.remote_id}/comment", {**body, "Content": _deskline.note((), text)})

    def _acknowledge(self) -> Step:
        status = {"Status": self._status("in_progress", "")} if self.now.state == "new" else {}
        field = self._mapped("acknowledged_at", when.iso(self.entry.made_at))
        if field:
            return self._put({**field, **status})
        return self._comment([line(self.entry, "acknowledged")], **status)

    def _hold(self, change: Hold) -> Step:
        waiting, status = self.now.state == "pending", self._status("pending", change.reason)
        field = self._mapped("hold_reason", change.reason)
        told = self.options.state(status) == ("pending", change.reason)  # the status says it all
        if (field or told) and not (waiting or self.made or change.until):
            return self._put({"Status": status, **field})
        said = line(self.entry, "hold", _deskline.hold(change.reason, change.until))
        return self._comment([said], **field, **({} if waiting else {"Status": status}))

    def _resume(self, change: Resume) -> Step:
        if change.apply(self.ticket).state == "pending":  # another hold still runs: RT has nothing to move
            return self._comment([line(self.entry, "resume", change.reason or "")])
        field = self._mapped("hold_reason", None)
        if field and not self.made:
            return self._put({"Status": self._status("in_progress", ""), **field})
        return self._comment([line(self.entry, "resume")], **field, Status=self._status("in_progress", ""))

    def _close(self, change: Close) -> Step:
        """RT has no closed of its own: a desk line says it, unless a status was configured that does."""
        status = self._status("closed", "")
        if not status:
            return self._comment([line(self.entry, "closed")], change.text)
        return self._comment([], change.text, Status=status) if change.text else self._put({"Status": status})

    def _move(self, change: Resolve | Cancel | Reopen) -> Step:
        fact = _MADE.get(change.verb) if self.made else None
        status = self._status(_TO[change.verb], "")
        if not (fact or change.text):
            return self._put({"Status": status})
        return self._comment([line(self.entry, fact)] if fact else [], change.text, Status=status)

    def _priority(self, change: SetPriority) -> list[Step]:
        if self.now.priority == change.to:
            return []
        write = self._put({"Priority": number_of(change.to, self.options)})
        if not self.made:
            return [write]
        first = self._comment([line(self.entry, "priority", str(change.to))])
        return [first, Step(write.method, write.path, write.body)]  # our own note would fail the guard

    def _field(self, fact: str, value: str, mapped: str | list[str], why: str = "") -> Step:
        field = self._mapped(fact, mapped)
        if not field:
            return self._comment([line(self.entry, fact, value)], why)
        return self._comment([], why, **field) if why else self._put(field)


def create(entry: Entry, change: Create, queue: str, options: Options) -> dict[str, Any]:
    """The body that makes a ticket.  RT makes its author the requestor unless one is given, be it nobody."""
    values = own_fields(change, queue, options)
    fields = {options.fields[fact]: value for fact, value in values.items() if fact in options.fields}
    return {
        "Queue": queue, "Subject": change.subject, "Requestor": change.requestor or "", "Content": change.text,
        "ContentType": "text/plain", "Priority": number_of(change.priority, options), "CustomFields": fields,
    }  # fmt: skip


def create_lines(entry: Entry, change: Create, queue: str, options: Options, made: Ticket) -> list[Line]:
    """What the new ticket as `made` does not say yet, because RT has no field for it or dropped it silently."""
    lines = []
    for fact, value in own_fields(change, queue, options).items():
        has = {"client_token": made.token, "received_at": made.received, "ci": ", ".join(made.cis)}
        now = has[fact] if fact in has else getattr(made, fact)
        if fact == "received_at" and now != change.received:
            lines.append(Line("received", "", entry.author, change.received or 0))
        elif fact != "received_at" and now != value:
            lines.append(line(entry, "token" if fact == "client_token" else fact, str(value)))
    return lines
