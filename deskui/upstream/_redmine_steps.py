"""Our changes as Redmine's requests, each in as few as it allows; pure but for the names behind its numbers."""

from collections.abc import Mapping
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
from deskui.domain.links import Link, Unlink
from deskui.domain.outgoing import Entry
from deskui.domain.sets import SetTags
from deskui.domain.ticket import Ticket
from deskui.upstream import _deskline
from deskui.upstream._deskline import Line
from deskui.upstream._newticket import own_fields
from deskui.upstream._redmine_api import Row, number
from deskui.upstream._redmine_names import Names, fields_of
from deskui.upstream._redmine_values import relation
from deskui.upstream.base import Options, Rejected

KINDS: Mapping[str, str] = {
    "parent": "", "child": "", "related": "relates", "duplicate": "duplicates", "original": "duplicated",
    "depends": "blocked", "blocks": "blocks",
}  # fmt: skip
"""Our links as Redmine's relations; a family is a field of the child."""
_MADE = {"resolve": "resolved", "reopen": "reopened"}  # desk lines where a contract counts when it was done here
_TO = {"resolve": "resolved", "cancel": "cancelled", "reopen": "in_progress", "close": "closed"}


@dataclass(frozen=True, slots=True)
class Step:
    """One request.  `private`: it must not be sent by whom Redmine would let write only public notes."""

    method: str
    path: str
    body: Mapping[str, Any] | None = None
    private: bool = False
    minutes: int = 0
    uploads: tuple[str, ...] = ()  # ids of the entry's files


def steps(entry: Entry, ticket: Ticket, issue: Row, now: Ticket, names: Names, options: Options) -> list[Step]:
    """What to send for `entry` on `ticket` (our base, with its holds), in Redmine `issue`, as `now` says it."""
    return _Plan(entry, ticket, issue, now, names, options).steps()


def line(entry: Entry, fact: str, value: str = "") -> Line:
    """A fact of this entry: by its author, when it was made."""
    return Line(fact, value, entry.author, entry.made_at)


def custom(fields: Mapping[str, Row], values: Mapping[str, Any]) -> dict[str, Any]:
    """Custom fields by name as a request's part, of those that the issue has."""
    sent = []
    for name, value in values.items():
        if name in fields:
            several = fields[name].get("multiple") and not isinstance(value, list)
            sent.append({"id": fields[name]["id"], "value": [value] if several else value})
    return {"custom_fields": sent} if sent else {}


class _Plan:
    def __init__(
        self, entry: Entry, ticket: Ticket, issue: Row, now: Ticket, names: Names, options: Options
    ) -> None:  # fmt: skip
        self.entry, self.ticket, self.issue, self.now = entry, ticket, issue, now
        self.names, self.options = names, options
        self.fields = fields_of(issue)
        self.made = options.offline_events == "made"

    def steps(self) -> list[Step]:
        change = self.entry.change
        match change:
            case Reply() | Note():
                return [self._message(change)]
            case Acknowledge():
                return [self._acknowledge()]
            case Assign():
                project = number(self.issue["project"]["id"])
                return [self._put({"assigned_to_id": self.names.user(change.who, project) if change.who else ""})]
            case Hold():
                return [self._hold(change)]
            case Resume():
                return [self._resume(change)]
            case Resolve() | Cancel() | Reopen() | Close():
                return [self._move(change)]
            case _:
                return self._others()

    def _others(self) -> list[Step]:
        change = self.entry.change
        match change:
            case SetPriority():
                if self.now.priority == change.to:
                    return []
                said = [line(self.entry, "priority", str(change.to))] if self.made else []
                return [self._put({"priority_id": self.names.words.priority(change.to)}, said)]
            case SetImpact() | SetUrgency() | SetCategory():
                return [self._field(change.verb, change.to, change.why)]
            case SetSubject():
                return [self._put({"subject": change.to})]
            case SetCi():
                return [self._field("ci", change.to)]
            case _:
                return self._sets(change)

    def _sets(self, change: Change) -> list[Step]:
        match change:
            case SetTags():
                return self._tags(change)
            case Link():
                return self._link(change)
            case Unlink():
                return self._unlink(change)
            case _:
                raise Rejected(f"deskui cannot say {change.verb!r} to Redmine")

    def _put(self, fields: Mapping[str, Any], lines: list[Line] | None = None, text: str = "") -> Step:
        note = _deskline.note(lines or (), self._signed(text))
        body: dict[str, Any] = dict(fields)
        if note:
            body |= {"notes": note, "private_notes": True}
        return Step("PUT", self._path(self.ticket.remote_id), {"issue": body}, private=bool(note))

    def _path(self, remote_id: str) -> str:
        return f"/issues/{int(remote_id)}.json"

    def _signed(self, text: str) -> str:
        return _deskline.sign(text, self.entry.author) if text and self.options.service_account else text

    def _mapped(self, fact: str, value: Any) -> dict[str, Any]:
        """The request's part for a field of Redmine's own, if the issue has one."""
        name = self.options.fields.get(fact)
        return custom(self.fields, {name: value}) if name else {}

    def _state(self, state: str, reason: str = "") -> dict[str, Any]:
        return {"status_id": self.names.words.status(state, reason)}

    def _reason(self) -> str:
        return self.names.words.reason(number(self.issue["status"]["id"]))

    def _message(self, change: Reply | Note) -> Step:
        text, private = self._signed(change.text), isinstance(change, Note)
        body: dict[str, Any] = {"notes": _deskline.note((), text) if private else text, "private_notes": private}
        whole: dict[str, Any] = {"issue": body}
        if change.minutes:
            activity = self.names.activity(number(self.issue["project"]["id"]))
            whole["time_entry"] = {"hours": round(change.minutes / 60, 4), "activity_id": activity}
        files = tuple(file.id for file in getattr(change, "files", ()))
        return Step("PUT", self._path(self.ticket.remote_id), whole, private, change.minutes, files)

    def _acknowledge(self) -> Step:
        status = self._state("in_progress") if self.now.state == "new" else {}
        mapped = self._mapped("acknowledged_at", when.iso(self.entry.made_at))
        return self._put({**mapped, **status}, [] if mapped else [line(self.entry, "acknowledged")])

    def _hold(self, change: Hold) -> Step:
        waiting, here = self.now.state == "pending", number(self.issue["status"]["id"])
        mapped = self._mapped("hold_reason", change.reason)
        status = self._state("pending", change.reason)
        told = self.names.words.reason(status["status_id"]) == change.reason  # the status says it by itself
        plain = bool(mapped) or told
        if waiting and (status["status_id"] == here or not told):
            status = {}
        if plain and not (waiting or self.made or change.until):
            return self._put({**status, **mapped})
        said = line(self.entry, "hold", _deskline.hold(change.reason, change.until))
        return self._put({**status, **mapped}, [said])

    def _resume(self, change: Resume) -> Step:
        if change.apply(self.ticket).state == "pending":  # another hold still runs: there is nothing to move
            return self._put({}, [line(self.entry, "resume", change.reason or "")])
        mapped = self._mapped("hold_reason", "")
        plain = bool(mapped) or self.ticket.holds in ((), (self._reason(),))
        said = [] if plain and not self.made else [line(self.entry, "resume")]
        return self._put({**self._state("in_progress"), **mapped}, said)

    def _move(self, change: Resolve | Cancel | Reopen | Close) -> Step:
        fact = _MADE.get(change.verb) if self.made else None
        return self._put(self._state(_TO[change.verb]), [line(self.entry, fact)] if fact else [], change.text)

    def _field(self, fact: str, value: str, why: str = "") -> Step:
        mapped = self._mapped(fact, value)
        return self._put(mapped, [] if mapped else [line(self.entry, fact, value)], why)

    def _tags(self, change: SetTags) -> list[Step]:
        """The whole set, as a list or parted by commas; without a field a line for each word."""
        moves = change.made(self.now)
        if not moves:
            return []
        after = list(change.apply(self.now).tags)
        several = self.fields.get(self.options.fields.get("tags", ""), {}).get("multiple")
        mapped = self._mapped("tags", (after or [""]) if several else ", ".join(after))
        return [self._put(mapped, [] if mapped else [line(self.entry, "tag", move) for move in moves])]

    # -- links

    def _link(self, change: Link) -> list[Step]:
        if change.apply(self.now).links == self.now.links:
            return []
        if change.kind == "parent":
            if any(each.startswith("parent ") for each in self.now.links):
                raise Rejected("it has a parent in Redmine already: unlink that first")
            return [self._put({"parent_issue_id": int(change.remote)})]
        if change.kind == "child":
            return [Step("PUT", self._path(change.remote), {"issue": {"parent_issue_id": int(self.ticket.remote_id)}})]
        wanted = {"issue_to_id": int(change.remote), "relation_type": KINDS[change.kind]}
        return [Step("POST", f"/issues/{int(self.ticket.remote_id)}/relations.json", {"relation": wanted})]

    def _unlink(self, change: Unlink) -> list[Step]:
        if change.apply(self.now).links == self.now.links:
            return []
        if change.kind == "parent":
            return [self._put({"parent_issue_id": ""})]
        if change.kind == "child":
            return [Step("PUT", self._path(change.remote), {"issue": {"parent_issue_id": ""}})]
        return [
            Step("DELETE", f"/relations/{int(row['id'])}.json") for row in self.issue.get("relations") or ()
            if relation(self.issue, row) == (change.kind, change.remote)
        ]  # fmt: skip


def create(
    change: Create, project: int, tracker: int, fields: Mapping[str, Row], values: Mapping[str, Any], names: Names
) -> dict[str, Any]:
    """The body that makes an issue."""
    return {"issue": {
        "project_id": project, "tracker_id": tracker, "subject": change.subject, "description": change.text,
        "priority_id": names.words.priority(change.priority), **custom(fields, values),
    }}  # fmt: skip


def wanted(change: Create, queue: str, options: Options) -> dict[str, Any]:
    """The facts of a new issue that need a field of ours; its author is whoever the API key belongs to."""
    return {**own_fields(change, queue, options), **({"requestor": change.requestor} if change.requestor else {})}


def missing(entry: Entry, change: Create, facts: Mapping[str, Any], made: Ticket) -> dict[str, Any]:
    """What the new issue as `made` does not say yet, since Redmine has no field for it or ignored it."""
    has: dict[str, Any] = {
        "client_token": made.token, "received_at": made.received, "ci": ", ".join(made.cis),
        "requestor": ", ".join(made.requestors),
    }  # fmt: skip
    expected = {**facts, **({"received_at": change.received} if "received_at" in facts else {})}
    return {
        fact: facts[fact] for fact, value in expected.items()
        if (has[fact] if fact in has else getattr(made, fact)) != value
    }  # fmt: skip


def lines(entry: Entry, change: Create, facts: Mapping[str, Any]) -> list[Line]:
    """Facts of a new issue as desk lines."""
    return [
        Line("received", "", entry.author, change.received or 0) if fact == "received_at"
        else line(entry, "token" if fact == "client_token" else fact, str(value))
        for fact, value in facts.items()
    ]  # fmt: skip
