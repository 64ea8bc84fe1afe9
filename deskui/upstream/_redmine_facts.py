"""From Redmine's journals to our facts: one issue with its whole past in, its events and what they say of it out.

A key is `TIME/CLASS/ID[/N]`: issues, journals and time entries count for themselves, so only the time orders them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from deskui.domain import people, sets, when
from deskui.domain.attachment import File
from deskui.domain.event import Event
from deskui.upstream import _deskline
from deskui.upstream import _redmine_values as values
from deskui.upstream._deskline import Line
from deskui.upstream._redmine_api import Row, number
from deskui.upstream._redmine_names import Names, fields_of
from deskui.upstream._redmine_values import RELATIONS, lines_of, minutes_of, one_request, plain

CREATED, TIME, JOURNAL = 0, 1, 2
_TICKET_FIELDS = frozenset(("impact", "urgency", "kind", "category", "customer"))
_FINAL = {"resolved": "resolve", "closed": "close", "cancelled": "cancel"}
_ATTRIBUTES = {"status_id": "_status", "assigned_to_id": "_owner", "priority_id": "_priority", "subject": "_subject",
               "project_id": "_queue", "parent_id": "_family", "child_id": "_family"}  # fmt: skip
_NOTHING: Mapping[str, Any] = {}


@dataclass(slots=True)
class Told:
    """What an issue's past says: the events, and the facts about the ticket itself that Redmine has no field for."""

    events: list[Event] = field(default_factory=list)
    values: dict[str, Any] = field(default_factory=dict)
    received: int | None = None
    token: str = ""
    requestor: str = ""
    who: dict[str, int] = field(default_factory=dict)  # event key -> the user who did it


class Reader:
    """Reads one issue; made for one reading, then thrown away."""

    def __init__(
        self, issue: Row, times: Sequence[Row], names: Names, fields: Mapping[str, str], service: str = ""
    ) -> None:
        self._issue, self._names, self._service = issue, names, service
        self._journals: list[Row] = sorted(issue.get("journals") or (), key=lambda row: number(row["id"]))
        self._rows = {str(row["id"]): row for row in fields_of(issue).values()}
        known = {str(row["id"]): name for name, row in fields_of(issue).items()}
        ours = {name: fact for fact, name in fields.items()}
        self._facts = {key: ours[name] for key, name in known.items() if name in ours}
        self._files = {str(row["id"]): values.file_of(row) for row in issue.get("attachments") or ()}
        self._minutes, self._times = values.joined(times, self._journals)
        self._told = Told()
        self._state, self._before, self._was, self._reason = "new", "new", "new", ""
        self._cis: list[str] = []
        self._row: Row = {}
        self._author, self._number, self._lines = "", 0, tuple[Line, ...]()

    def read(self) -> Told:
        """All of it, in order."""
        self._create()
        for place, row in enumerate(self._journals):
            following = self._journals[place + 1] if place + 1 < len(self._journals) else None
            self._journal(row, following)
        self._spent()
        self._told.events.sort(key=lambda event: tuple(map(int, event.key.split("/"))))
        return self._told

    def _first(self, name: str, now: Any) -> Any:
        """The value it was made with: what the first change of it left, else today's."""
        for row in self._journals:
            for detail in row.get("details") or ():
                if (detail["property"], detail["name"]) == ("attr", name):
                    return detail.get("old_value")
        return now

    def _create(self) -> None:
        issue = self._issue
        self._begin(issue, "author", f"{when.parse(issue['created_on'])}/{CREATED}/{issue['id']}")
        self._state = self._names.words.state(number(self._first("status_id", issue["status"]["id"])))
        band = self._names.words.band(number(self._first("priority_id", issue["priority"]["id"])))
        text = lines_of(self._first("description", issue.get("description")))
        later = {str(detail["name"]) for row in self._journals for detail in row.get("details") or ()
                 if detail["property"] == "attachment"}  # fmt: skip
        files = tuple(file for key, file in self._files.items() if key not in later)
        self._event("created", {"priority": band, "state": self._state}, text=text, files=files)
        owner = self._names.owner(self._first("assigned_to_id", (issue.get("assigned_to") or {}).get("id")))
        if owner:
            self._event("assign", {"from": None, "to": owner})
        if self._state == "pending":
            self._event("hold", {"reason": self._waits(self._first("status_id", issue["status"]["id"]))})
        elif self._state in _FINAL:
            self._event(_FINAL[self._state])

    # -- one journal

    def _journal(self, row: Row, following: Row | None) -> None:
        notes, details = lines_of(row.get("notes")), row.get("details") or ()
        self._begin(row, "user", f"{when.parse(row['created_on'])}/{JOURNAL}/{row['id']}")
        self._before = self._state
        files = tuple(self._files[str(each["name"])] for each in details
                      if each["property"] == "attachment" and str(each["name"]) in self._files)  # fmt: skip
        if notes.strip() or (files and len(files) == len(details)):
            self._message(row, notes, files)
        elif following is not None and one_request(row, following):
            # Redmine makes two journals of a private note with changes: the lines of the second speak of the first.
            lines, rest = _deskline.split(lines_of(following.get("notes")))
            self._lines = lines if self._side(following) == "staff" else ()
            self._author = self._signed(rest, self._lines, self._author)
        for detail in details:
            self._detail(detail)
        self._several(details)

    def _begin(self, row: Row, who: str, key: str) -> None:
        self._row, self._key, self._number, self._lines = row, key, 0, ()
        self._who = row.get(who) or {}
        self._author = self._names.person(self._who).name

    def _side(self, row: Row) -> str:
        return self._names.side(self._issue, self._who, bool(row.get("private_notes")))

    def _event(
        self, kind: str, data: Mapping[str, Any] = _NOTHING, *, line: Line | None = None, text: str | None = None,
        files: tuple[File, ...] = (),
    ) -> None:  # fmt: skip
        """One more event of what is being read; as its `line` says it, if it has one."""
        at = int(self._key.split("/")[0])
        key = f"{self._key}/{self._number}" if self._number else self._key
        self._number += 1
        made_at = min(line.at, at) if line else None
        author = line.who if line else self._author
        self._add(Event(key, at, kind, author, self._side(self._row), made_at, data, text, files=files))

    def _add(self, event: Event) -> None:
        self._told.who[event.key] = number(self._who.get("id"))
        self._told.events.append(event)

    # -- words

    def _message(self, row: Row, notes: str, files: tuple[File, ...]) -> None:
        side, private = self._side(row), bool(row.get("private_notes"))
        lines, rest = _deskline.split(notes) if private and side == "staff" else ((), notes)
        self._author = self._signed(rest, lines, self._author)
        if self._service and self._author != self._service:
            rest = _deskline.signed(rest)[0]
        minutes = self._minutes.get(number(row["id"]), 0)
        data = {"minutes": minutes} if minutes else {}
        if rest.strip() or not lines:
            usual = "public_reply" if side == "staff" else "customer_reply"
            self._event("internal_note" if private else usual, data, text=rest, files=files)
        elif minutes:
            self._event("time", data)
        for line in lines:
            self._line(line)

    def _signed(self, text: str, lines: tuple[Line, ...], usual: str) -> str:
        """The person behind a service account's words."""
        if not self._service or self._names.person(self._who).name != self._service:
            return usual
        return _deskline.signed(text)[1] or (lines[0].who if lines else usual)

    def _line(self, line: Line) -> None:
        if line.fact == "received":
            self._told.received = line.at
        elif line.fact in ("token", "requestor"):
            setattr(self._told, line.fact, line.value)
        if line.fact == "closed" or not self._true(line):  # Redmine has a status for closed
            return
        now: Any = self._cis if line.fact == "ci" else self._told.values.get(line.fact)
        key = f"{self._key}/{self._number}" if self._number else self._key
        event = _deskline.event(line, key, int(self._key.split("/")[0]), now)
        if event is None:
            return
        self._number += 1
        if line.fact == "ci":
            self._cis = [line.value]
            self._told.values["cis"] = (line.value,)
        elif line.fact == "tag":
            self._told.values["tags"] = people.moved(self._told.values.get("tags", ()), (line.value,))
        elif line.fact in _TICKET_FIELDS:
            self._told.values[line.fact] = line.value
        self._add(event)

    def _true(self, line: Line) -> bool:
        """Whether the ticket was in the state that the line speaks of."""
        if line.fact == "hold":
            return self._state == "pending"
        return self._waited() if line.fact == "resume" else True

    def _waited(self) -> bool:
        """It waits, or waited until the journal before this one, of the same request."""
        place = self._journals.index(self._row)
        together = place > 0 and one_request(self._journals[place - 1], self._row)
        return self._state == "pending" or (together and self._was == "pending")

    # -- moves

    def _detail(self, detail: Row) -> None:
        name, old, new = str(detail["name"]), detail.get("old_value"), detail.get("new_value")
        if detail["property"] == "attr" and name in _ATTRIBUTES:
            getattr(self, _ATTRIBUTES[name])(old, new, name)
        elif detail["property"] == "relation":
            self._linked(RELATIONS.get(name, "related"), old, new)
        elif detail["property"] == "cf" and (fact := self._facts.get(name)) and fact != "ci":
            self._field(name, fact, old, new)

    def _said(self, fact: str) -> Line | None:
        return next((line for line in self._lines if line.fact == fact), None)

    def _status(self, old: str | None, new: str | None, _name: str) -> None:
        before, after = self._state, self._names.words.state(number(new))
        self._state, self._was = after, before
        if after == before:
            self._waits_on(old, new)
        elif after == "pending":
            self._hold(before, new)
        elif after in _FINAL:
            self._event(_FINAL[after], line=self._said("resolved") if after == "resolved" else None)
        elif before == "pending":
            said = self._said("resume")
            if said is None or said.value:  # the line without a reason is the event
                self._event("resume")
        elif before in _FINAL:
            self._event("reopen", line=self._said("reopened"))
        else:
            self._event("field", {"field": "state", "from": before, "to": after})

    def _waits(self, status: Any) -> str:
        return self._names.words.reason(number(status))

    def _waits_on(self, old: str | None, new: str | None) -> None:
        """From one status that means pending to another, whose reason is another one."""
        if self._state == "pending" and self._waits(old) != self._waits(new):
            self._event("resume", {"reason": self._waits(old)})
            self._hold("pending", new)

    def _hold(self, before: str, status: str | None) -> None:
        if before in _FINAL:
            self._event("reopen")
        if self._said("hold"):
            return
        for detail in self._row.get("details") or ():
            if detail["property"] == "cf" and self._facts.get(str(detail["name"])) == "hold_reason":
                self._reason = str(detail.get("new_value") or "")
        self._event("hold", {"reason": self._reason or self._waits(status)})

    def _owner(self, old: str | None, new: str | None, _name: str) -> None:
        self._event("assign", {"from": self._names.owner(old), "to": self._names.owner(new)})

    def _priority(self, old: str | None, new: str | None, _name: str) -> None:
        before, after = self._names.words.band(number(old)), self._names.words.band(number(new))
        if before != after:
            self._event("priority", {"from": before, "to": after}, line=self._said("priority"))

    def _subject(self, old: str | None, new: str | None, _name: str) -> None:
        self._event("field", {"field": "subject", "from": old or "", "to": new or ""})

    def _queue(self, old: str | None, new: str | None, _name: str) -> None:
        names = {str(row["id"]): str(row["name"]) for row in self._names.projects()}
        self._event("field", {"field": "queue", "from": names.get(str(old), str(old)),
                              "to": names.get(str(new), str(new))})  # fmt: skip

    def _family(self, old: str | None, new: str | None, name: str) -> None:
        self._linked("parent" if name == "parent_id" else "child", old, new)

    def _linked(self, kind: str, old: Any, new: Any) -> None:
        if old:
            self._event("link", {"kind": kind, "to": str(old), "off": True})
        if new:
            self._event("link", {"kind": kind, "to": str(new)})

    # -- fields of ours

    def _field(self, field: str, fact: str, before: Any, after: Any) -> None:
        old, new = str(before or ""), str(after or "")
        if fact == "hold_reason":
            moved = new and new != self._reason and not (self._said("hold") or self._said("resume"))
            self._reason = new
            if moved and self._state == self._before == "pending":  # another hold, while it waits
                self._event("hold", {"reason": new})
        elif fact == "acknowledged_at" and new and self._side(self._row) == "staff":
            at = int(self._key.split("/")[0])
            self._event("acknowledge", line=Line(fact, "", self._author, values.time_of(new) or at))
        elif fact == "tags":
            row = self._rows.get(field)
            for move in people.moves(values.tags_of(row, before), values.tags_of(row, after)):
                self._event("field", sets.moved("tags", move))
        elif fact in _TICKET_FIELDS:
            self._event("field", {"field": fact, "from": plain(fact, old) or None, "to": plain(fact, new) or None})

    def _several(self, details: Sequence[Row]) -> None:
        """CIs come and go one detail each: one fact."""
        mine = [each for each in details if each["property"] == "cf" and self._facts.get(str(each["name"])) == "ci"]
        if mine:
            old, off = list(self._cis), [each.get("old_value") for each in mine]
            self._cis = [name for name in old if name not in off]
            self._cis += [str(each["new_value"]) for each in mine if each.get("new_value")]
            self._event("field", {"field": "cis", "from": old, "to": list(self._cis)})

    # -- time

    def _spent(self) -> None:
        for entry in self._times:
            self._begin(entry, "user", f"{when.parse(entry['created_on'])}/{TIME}/{entry['id']}")
            self._event("time", {"minutes": minutes_of(entry.get("hours"))})
