"""RT's own words: its statuses as far as tickets have them, its queues, its custom fields; and new custom fields."""

from collections.abc import Iterator, Sequence
from typing import Any
from urllib.parse import quote

from deskui.upstream import _rt_answers as answers
from deskui.upstream._rt_api import Api
from deskui.upstream._rt_values import BANDS
from deskui.upstream._rt_words import NAMED, quoted
from deskui.upstream.base import Making, Options, Rejected, Word, Words

_MOST = 60  # statuses: more than any site has
_FIELDS = {
    "client_token": "Client Token", "received_at": "Received", "hold_reason": "Hold Reason",
    "acknowledged_at": "Acknowledged", "impact": "Impact", "urgency": "Urgency", "kind": "Kind",
    "category": "Category", "customer": "Customer", "ci": "Hosts", "tags": "Tags",
}  # fmt: skip
_ALSO = {"received_at": ("Received At",), "acknowledged_at": ("Acknowledged At",), "ci": ("CI", "Host", "Asset"),
         "tags": ("Tag", "Labels")}  # fmt: skip
_MANY = frozenset(("ci", "tags"))  # of which a ticket may have several


def words(api: Api, options: Options) -> Words:
    """What the account can see.  RT tells nobody its lifecycles: a status that no ticket has is not found."""
    states = tuple(_state(api, options, status) for status in _statuses(api))
    queues = api.queues()
    bands = tuple(Word(low, meaning, sure=True) for low, meaning in BANDS.items())
    fields = tuple(Word(name, _fact(name)) for name in _fields(api, queues))
    return Words(states, bands, tuple(map(Word, queues)), fields, "a status that no ticket has yet is not seen")


def making(api: Api, options: Options, facts: Sequence[str]) -> tuple[Making, ...]:
    """A custom field for each fact, on all queues."""
    there = {name.casefold() for name in _fields(api, api.queues())}
    made = []
    for fact in facts:
        name = options.fields.get(fact) or _FIELDS[fact]
        if name.casefold() not in there:
            many = "several values" if fact in _MANY else "one value"
            made.append(Making(fact, name, f"custom field {name!r} for the tickets of all queues, free text, {many}"))
    return tuple(made)


def make_field(api: Api, making: Making) -> None:
    """Make it and look that it is there: RT may say yes to what it did not do.  Rejected with RT's words."""
    body = {
        "Name": making.name, "Type": "Freeform", "MaxValues": 0 if making.fact in _MANY else 1, "Queue": 0,
        "Description": f"deskui: {making.fact}",
    }  # fmt: skip
    answer = api.send("POST", "/customfield", body)
    if making.name not in _fields(api, api.queues()):
        raise Rejected(answers.words(answer) or "RT did not make it, or does not let this account see it")


def _statuses(api: Api) -> Iterator[str]:
    """Each status that a ticket of ours to see has: asked for one that is none of those known, until there is none."""
    known = list(NAMED)
    yield from (status for status in NAMED if status != "deleted")
    while len(known) < _MOST:
        query = " AND ".join(f"Status != {quoted(status)}" for status in known)
        items = answers.items(api.get("/tickets", (("query", query), ("fields", "Status"), ("per_page", "1"))))
        if not items:
            return
        known.append(str(items[0]["Status"]))
        yield known[-1]


def _state(api: Api, options: Options, status: str) -> Word:
    said = options.state(status)
    meaning = " ".join(part for part in said if part) if said else api.state(status)
    return Word(status, meaning, sure=api.certain(status))


def _fields(api: Api, queues: Sequence[str]) -> list[str]:
    """The custom fields of the tickets of these queues, each once, in RT's order."""
    found: dict[str, None] = {}
    for queue in queues:
        answer = api.session.request("GET", f"/REST/2.0/queue/{quote(queue, safe='')}")
        fields: Any = answers.ok(answer).get("TicketCustomFields") if answer.status == 200 else None
        found |= dict.fromkeys(str(field.get("name") or "") for field in fields or ())
    return [name for name in found if name]


def _fact(name: str) -> str:
    """The fact of ours that a field of that name fits."""
    for fact, usual in _FIELDS.items():
        if name.casefold() in {fact, usual.casefold(), *(other.casefold() for other in _ALSO.get(fact, ()))}:
            return fact
    return ""
