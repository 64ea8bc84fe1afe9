"""One issue as it was read: the ticket, its events, and who made each."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from deskui.domain import when
from deskui.domain.event import Event
from deskui.domain.ticket import Ticket
from deskui.upstream._mapping import cis_of, customer_of, received_of
from deskui.upstream._redmine_api import Row, number
from deskui.upstream._redmine_facts import Told
from deskui.upstream._redmine_names import Names, fields_of, values_of
from deskui.upstream._redmine_values import links_of, minutes_of, plain, tags_of, time_of
from deskui.upstream.base import Options


@dataclass(frozen=True, slots=True)
class Tale:
    """What one reading of an issue gave."""

    issue: Row
    ticket: Ticket
    events: tuple[Event, ...]
    who: Mapping[str, int]

    @property
    def keys(self) -> frozenset[str]:
        """Of all its events."""
        return frozenset(event.key for event in self.events)

    def after(self, seen: str) -> tuple[Event, ...]:
        """The events behind a key."""
        past = order(seen) if seen else ()
        return tuple(event for event in self.events if order(event.key) > past)


def order(key: str) -> tuple[int, ...]:
    """Keys begin with the time: Redmine counts issues, journals and time entries each for itself."""
    return tuple(int(part) for part in key.split("/"))


def ticket_of(name: str, issue: Row, told: Told | None, names: Names, options: Options) -> Ticket:
    """An issue as a ticket; without its past (`told`), what desk lines say is not known."""
    fields = fields_of(issue)
    mapped = {fact: values_of(fields.get(theirs)) for fact, theirs in options.fields.items()}
    one = {fact: plain(fact, given[0]) for fact, given in mapped.items() if given}
    values: Mapping[str, Any] = told.values if told else {}
    queue = str(issue["project"]["name"])
    here = options.queues.get(queue, {})
    requestors = _requestors(issue, one.get("requestor") or (told.requestor if told else ""), names)
    created = when.parse(issue["created_on"])
    assigned, words = issue.get("assigned_to"), names.words
    customer = one.get("customer") or values.get("customer") or here.get("customer")
    return Ticket(
        name, str(issue["id"]), subject=str(issue.get("subject") or ""),
        state=words.state(number(issue["status"]["id"])), priority=words.band(number(issue["priority"]["id"])),
        kind=one.get("kind") or values.get("kind") or here.get("kind", "incident"),
        owner=names.person(assigned).name if assigned else None,
        customer=customer or customer_of(requestors, options),
        category=one.get("category") or values.get("category"),
        impact=one.get("impact") or values.get("impact"), urgency=one.get("urgency") or values.get("urgency"),
        cis=cis_of(mapped.get("ci") or (), values, options), tags=_tags(fields, values, options),
        requestors=requestors, queue=queue,
        links=links_of(issue) if told else (),
        created=created, updated=when.parse(issue["updated_on"]),
        received=received_of(time_of(one.get("received_at", "")) or (told.received if told else None), created),
        minutes=minutes_of(issue.get("spent_hours")),
        token=one.get("client_token") or (told.token if told else ""),
    )  # fmt: skip


def _requestors(issue: Row, said: str, names: Names) -> tuple[str, ...]:
    """Whom it is for: who is named, else its author if that is no colleague."""
    if said:
        return tuple(filter(None, (each.strip() for each in said.split(","))))
    author = issue.get("author")
    return (names.person(author).mail,) if author and names.side(issue, author) == "customer" else ()


def _tags(fields: Mapping[str, Row], values: Mapping[str, Any], options: Options) -> tuple[str, ...]:
    """Those of the field, where the issue has it."""
    name = options.fields.get("tags", "")
    return tags_of(fields[name], fields[name].get("value")) if name in fields else tuple(values.get("tags", ()))
