"""From RT's transactions to our facts: one ticket's whole history in, its events and what they say of it out."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from deskui.domain import people, when
from deskui.domain.links import made
from deskui.domain.sets import moved
from deskui.upstream import _deskline
from deskui.upstream._deskline import Line
from deskui.upstream._rt_answers import Body, Txn
from deskui.upstream._rt_tale import TOGETHER_S, Names, Tale, Told
from deskui.upstream._rt_values import NOBODY, name_of, plain

_SETTING = frozenset(("Set", "Take", "Untake", "Steal", "Force", "Give", "AddWatcher", "DelWatcher"))
_TICKET_FIELDS = frozenset(("impact", "urgency", "kind", "category", "customer"))
_LINKS = {"MemberOf": "parent", "HasMember": "child", "DependsOn": "depends", "DependedOnBy": "blocks"}
_TICKET = re.compile(r"fsck\.com-rt://[^/]*/ticket/\d+")
_FINAL = {"resolved": "resolve", "cancelled": "cancel"}
_OVER = ("resolved", "closed", "cancelled", "deleted")


class Reader:
    """Reads one ticket's transactions in order; made for one history, then thrown away."""

    def __init__(
        self, ticket: Mapping[str, Any], txns: Sequence[Txn], names: Names, fields: Mapping[str, str],
        heads: Mapping[int, Body], service: str = "",
    ) -> None:  # fmt: skip
        self._tale = Tale(ticket, txns, names, service)
        self._ticket, self._txns, self._names, self._heads = ticket, txns, names, heads
        self._facts = {name: fact for fact, name in fields.items()}  # RT's field -> our fact
        self._service = service  # the login, if its messages are signed by persons
        self._reason = ""  # of the mapped field
        self._cis: list[str] = []
        self._told = self._tale.told

    def read(self) -> Told:
        """All of it."""
        for txn in self._tale:
            self._one(txn)
        return self._told

    def _one(self, txn: Txn) -> None:
        if txn.type == "Create":
            self._create(txn)
        elif txn.type == "Correspond":
            self._correspond(txn)
        elif txn.type == "Comment":
            self._comment(txn)
        elif txn.type == "Status":
            self._status(txn)
        elif txn.type == "CustomField":
            self._custom(txn)
        elif txn.type in ("AddLink", "DeleteLink"):
            self._link(txn)
        elif txn.type in _SETTING:
            self._set(txn)

    # -- messages

    def _create(self, txn: Txn) -> None:
        status = self._first("Status", str(self._ticket.get("Status", "new")))
        state = self._names.state(status)
        if state == "in_progress" and not self._names.certain(status):
            state = "new"  # a lifecycle's own name for its first status
        self._told.state, self._told.reason = state, self._names.reason(status)
        priority = self._names.band(self._first("Priority", str(self._ticket.get("Priority", "0"))))
        self._tale.event(txn, "created", {"priority": priority, "state": state})
        owner = self._first("Owner", "")
        name = self._names.person(owner).name if owner else name_of(self._ticket.get("Owner"))
        number = 0
        if name not in ("", NOBODY):
            number += 1
            self._tale.event(txn, "assign", {"from": None, "to": name}, number=number)
        if state in _FINAL or state == "pending":
            data = {"reason": self._told.reason or "unspecified"} if state == "pending" else {}
            self._tale.event(txn, _FINAL.get(state, "hold"), data, number=number + 1)

    def _first(self, name: str, now: str) -> str:
        """The value it was made with: what the first change of it left, else today's."""
        for txn in self._txns:
            if (txn.type == "Status" and name == "Status") or (txn.field == name and txn.type != "SetWatcher"):
                return txn.old
        return now

    def _correspond(self, txn: Txn) -> None:
        side = self._tale.side(txn)
        kind = {"staff": "public_reply", "customer": "customer_reply"}.get(side, "auto_reply")
        author = self._signer(txn) or txn.who
        self._tale.speak(txn, author)
        self._tale.event(txn, kind, _minutes(txn))
        self._told.events[-1] = replace(self._told.events[-1], author=author)

    def _signer(self, txn: Txn) -> str | None:
        """The person behind a service account's message."""
        if txn.who != self._service or txn.id not in self._heads:
            return None
        return _deskline.signed(self._heads[txn.id].text)[1]

    def _comment(self, txn: Txn) -> None:
        text = self._heads[txn.id].text if txn.id in self._heads else ""
        trusted = self._tale.side(txn) == "staff"
        lines, rest = _deskline.split(text) if trusted else ((), text)
        author = self._signer(txn) or (lines[0].who if lines and txn.who == self._service else txn.who)
        if self._service == txn.who:
            rest = _deskline.signed(rest)[0]
        self._tale.speak(txn, author, lines)
        number = 0
        if rest.strip() or not lines:
            self._tale.event(txn, "internal_note", _minutes(txn))
            number = 1
        elif txn.minutes:
            self._tale.event(txn, "time", _minutes(txn))
            number = 1
        for line in lines:
            number += self._line(txn, line, number)

    def _line(self, txn: Txn, line: Line, number: int) -> int:
        """One desk line as an event; 1 if it is one."""
        if line.fact == "received":
            self._told.received = line.at
        elif line.fact == "token":
            self._told.token = line.value
        if not self._true(txn, line):
            return 0
        if line.fact == "duplicate":
            return self._duplicate(txn, line, number)
        current: Any = self._cis if line.fact == "ci" else self._told.values.get(line.fact)
        event = _deskline.event(line, f"{txn.id}/{number}" if number else str(txn.id), txn.at, current)
        if event is None:
            return 0
        self._remember(line)
        self._told.events.append(event)
        return 1

    def _duplicate(self, txn: Txn, line: Line, number: int) -> int:
        """Of which other ticket it is a duplicate, or is none after all; RT has no such link."""
        off, remote_id = line.value.startswith("not "), line.value.removeprefix("not ")
        if not remote_id.isdigit():
            return 0
        self._tale.event(txn, "link", self._linked("duplicate", remote_id, off), number=number, line=line)
        return 1

    def _true(self, txn: Txn, line: Line) -> bool:
        """Whether the ticket was, or was just then put, in the state that the line speaks of."""
        state = self._told.state
        if line.fact == "hold":
            return state == "pending" or self._moves(txn) == "pending"
        if line.fact == "resume":
            return state == "pending"
        return state == "resolved" if line.fact == "closed" else True

    def _moves(self, txn: Txn) -> str | None:
        """The state into which the request of this message also put the ticket."""
        following = next((later for later in self._tale.after() if later.type != "CustomField"), None)
        if following is None or following.type != "Status" or following.who != txn.who:
            return None
        return self._names.state(following.new) if following.at - txn.at <= TOGETHER_S else None

    def _remember(self, line: Line) -> None:
        if line.fact == "closed":
            self._told.state = "closed"
        elif line.fact == "ci":
            self._cis = [line.value]
            self._told.values["cis"] = (line.value,)
        elif line.fact == "tag":
            self._told.values["tags"] = people.moved(self._told.values.get("tags", ()), (line.value,))
        elif line.fact in _TICKET_FIELDS:
            self._told.values[line.fact] = line.value

    # -- moves

    def _status(self, txn: Txn) -> None:
        before, after = self._told.state, self._names.state(txn.new)
        why, self._told.reason = self._told.reason, self._names.reason(txn.new)
        self._told.state = after
        if after == "deleted":
            return
        if after == before:
            if after == "pending" and why != self._told.reason:
                self._waits_for_another(txn, why)
        elif after == "pending":
            self._hold(txn, before)
        elif after in _FINAL:
            self._tale.event(txn, _FINAL[after], line=self._tale.said(txn, "resolved") if after == "resolved" else None)
        elif after == "closed":
            self._closed(txn, before)
        else:
            self._opened(txn, before, after)

    def _opened(self, txn: Txn, before: str, after: str) -> None:
        if before == "pending":
            said = self._tale.said(txn, "resume")
            if said is None or said.value:  # a line with a reason ended only that one
                self._tale.event(txn, "resume")
        elif before in _OVER:
            self._tale.event(txn, "reopen", line=self._tale.said(txn, "reopened"))
        else:
            self._tale.event(txn, "field", {"field": "state", "from": before, "to": after})

    def _closed(self, txn: Txn, before: str) -> None:
        """A status that means closed; who goes there at once has resolved it, too."""
        at_once = before not in _OVER
        if at_once:
            self._tale.event(txn, "resolve")
        self._tale.event(txn, "close", number=int(at_once), line=self._tale.said(txn, "closed"))

    def _waits_for_another(self, txn: Txn, why: str) -> None:
        """From one status that means pending to another, whose reason is another one."""
        if self._tale.said(txn, "hold"):
            return
        self._tale.event(txn, "resume", {"reason": why or "unspecified"})
        self._tale.event(txn, "hold", {"reason": self._told.reason or "unspecified"}, number=1)

    def _hold(self, txn: Txn, before: str) -> None:
        number = 0
        if before in _OVER:
            self._tale.event(txn, "reopen")
            number = 1
        if self._tale.said(txn, "hold"):
            return
        following = next(self._tale.after(), None)
        if following and following.type == "CustomField" and following.who == txn.who:
            fact = self._facts.get(self._names.field(following.field))
            if fact == "hold_reason" and following.at - txn.at <= TOGETHER_S and following.new:
                self._reason = following.new
        self._tale.event(txn, "hold", {"reason": self._told.reason or self._reason or "unspecified"}, number=number)

    # -- fields

    def _set(self, txn: Txn) -> None:
        if txn.field == "Owner":
            old, new = (self._owner(value) for value in (txn.old, txn.new))
            self._tale.event(txn, "assign", {"from": old, "to": new})
        elif txn.field == "Priority":
            old_band, new_band = self._names.band(txn.old), self._names.band(txn.new)
            if old_band != new_band:
                said = self._tale.said(txn, "priority")
                self._tale.event(txn, "priority", {"from": old_band, "to": new_band}, line=said)
        elif txn.field == "Subject":
            self._tale.event(txn, "field", {"field": "subject", "from": txn.old, "to": txn.new})
        elif txn.field == "Queue":
            self._tale.event(txn, "field", {"field": "queue", "from": txn.old, "to": txn.new})
        elif txn.field == "Cc":
            self._copied(txn)
        elif txn.minutes:
            self._tale.event(txn, "time", _minutes(txn))

    def _copied(self, txn: Txn) -> None:
        """Whom a colleague put into Cc or took out.

        Of whom RT adds by itself, which is everybody named in a mail, nothing is told: each would be a request.
        """
        if self._tale.side(txn) == "staff":
            sign, number = ("+", txn.new) if txn.type == "AddWatcher" else ("-", txn.old)
            self._tale.event(txn, "field", moved("cc", f"{sign}{self._names.person(number).mail or number}"))

    def _owner(self, number: str) -> str | None:
        name = self._names.person(number).name if number else NOBODY
        return None if name == NOBODY else name

    def _custom(self, txn: Txn) -> None:
        fact = self._facts.get(self._names.field(txn.field)) if self._facts else None
        if fact == "hold_reason":
            self._mapped_hold(txn)
        elif fact == "acknowledged_at" and txn.new and self._tale.side(txn) == "staff":
            self._tale.event(txn, "acknowledge")
            self._told.events[-1] = replace(self._told.events[-1], made_at=_made(txn))
        elif fact == "ci":
            old = list(self._cis)
            self._cis = [name for name in old if name != txn.old] + ([txn.new] if txn.new else [])
            self._tale.event(txn, "field", {"field": "cis", "from": old, "to": list(self._cis)})
        elif fact == "tags":
            moves = [f"-{txn.old}"] * bool(txn.old) + [f"+{txn.new}"] * bool(txn.new)
            for number, move in enumerate(moves):
                self._tale.event(txn, "field", moved("tags", move), number=number)
        elif fact in _TICKET_FIELDS:
            values = {"from": plain(fact, txn.old) or None, "to": plain(fact, txn.new) or None}
            self._tale.event(txn, "field", {"field": fact, **values})

    def _mapped_hold(self, txn: Txn) -> None:
        """The reason moved while the ticket waits: another hold, or its end; else only remembered."""
        same, self._reason = txn.new == self._reason, txn.new
        said = self._tale.said(txn, "resume") or self._tale.said(txn, "hold")
        if self._told.state == "pending" and txn.new and not same and not said:
            self._tale.event(txn, "hold", {"reason": txn.new})

    def _link(self, txn: Txn) -> None:
        target, off = txn.new or txn.old, txn.type == "DeleteLink"
        number = target.rsplit("/", 1)[-1]
        if txn.field == "MergedInto":
            if not off and number.isdigit():
                self._told.merged = number
            self._tale.event(txn, "link", {"kind": "merged", "to": number})
        elif _TICKET.fullmatch(target):  # not an asset, an article, a web page
            self._tale.event(txn, "link", self._linked(_LINKS.get(txn.field, "related"), number, off))

    def _linked(self, kind: str, remote_id: str, off: bool) -> dict[str, Any]:
        """Remember a link, or its end; what its event says."""
        (self._told.links.discard if off else self._told.links.add)(made(kind, remote_id))
        return {"kind": kind, "to": remote_id, **({"off": True} if off else {})}


def _made(txn: Txn) -> int | None:
    """The time that a field gives, never later than when it was written; None if it is no time."""
    try:
        return min(when.parse(txn.new), txn.at)
    except ValueError:
        return None


def _minutes(txn: Txn) -> dict[str, int]:
    return {"minutes": txn.minutes} if txn.minutes else {}
