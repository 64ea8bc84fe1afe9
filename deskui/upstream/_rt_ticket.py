"""A ticket of RT's as ours."""

from collections.abc import Mapping, Sequence
from typing import Any

from deskui.domain import when
from deskui.domain.ticket import Ticket
from deskui.upstream._mapping import cis_of, customer_of, received_of
from deskui.upstream._rt_tale import Names, Told
from deskui.upstream._rt_values import NOBODY, integer, name_of, plain, stamp
from deskui.upstream.base import Options


def ticket_of(name: str, row: Mapping[str, Any], told: Told | None, words: Names, options: Options) -> Ticket:
    """A row as a ticket; without its history (`told`), what desk lines say is not known."""
    custom = {str(field["name"]): field["values"] for field in row.get("CustomFields") or ()}
    mapped = {fact: custom.get(name) or [] for fact, name in options.fields.items()}
    values = told.values if told else {}
    one = {fact: plain(fact, str(given[0])) for fact, given in mapped.items() if given}
    queue = name_of(row.get("Queue"))
    here = options.queues.get(queue, {})
    emails = tuple(_address(person) for person in row.get("Requestor") or ())
    state = words.state(str(row["Status"]))
    owner, created = name_of(row.get("Owner")), stamp(row.get("Created"))
    return Ticket(
        name, str(row["id"]), subject=str(row.get("Subject") or ""),
        state=_state(state, told), priority=words.band(str(row.get("Priority") or "0")),
        kind=one.get("kind") or values.get("kind") or here.get("kind", "incident"),
        owner=None if owner in ("", NOBODY) else owner,
        customer=one.get("customer") or values.get("customer") or here.get("customer")
            or customer_of(emails, options),
        category=one.get("category") or values.get("category"),
        impact=one.get("impact") or values.get("impact"), urgency=one.get("urgency") or values.get("urgency"),
        cis=cis_of(mapped.get("ci") or (), values, options), tags=_tags(custom, values, options), requestors=emails,
        phones=_phones(row.get("Requestor") or ()), links=tuple(sorted(told.links)) if told else (),
        cc=tuple(_address(person) for person in row.get("Cc") or ()), queue=queue or None,
        created=created, updated=stamp(row.get("LastUpdated")),
        received=received_of(_time(one.get("received_at")) or (told.received if told else None), created),
        minutes=integer(str(row.get("TimeWorked") or "0")),
        token=one.get("client_token") or (told.token if told else ""),
    )  # fmt: skip


def _tags(custom: Mapping[str, Sequence[Any]], values: Mapping[str, Any], options: Options) -> tuple[str, ...]:
    """Those of the field, where the queue has it."""
    name = options.fields.get("tags", "")
    return tuple(map(str, custom[name])) if name in custom else tuple(values.get("tags", ()))


def _state(state: str, told: Told | None) -> str:
    """RT has no closed: the history knows; and it knows the first status of a lifecycle of its own names."""
    if told and (told.state, state) in (("closed", "resolved"), ("new", "in_progress")):
        return told.state
    return "cancelled" if state == "deleted" else state


def _address(person: Mapping[str, Any]) -> str:
    return str(person.get("EmailAddress") or person.get("Name") or person.get("id") or "")


def _phones(people: Sequence[Mapping[str, Any]]) -> tuple[str, ...]:
    """The number of each, if RT knows one: that of the desk before that of the pocket."""
    numbers = ((_address(person), str(person.get("WorkPhone") or person.get("MobilePhone") or "")) for person in people)
    return tuple(f"{address}\t{number}" for address, number in numbers if number)


def _time(text: str | None) -> int | None:
    try:
        return when.parse(text) if text and not text.startswith("1970") else None
    except ValueError:
        return None
