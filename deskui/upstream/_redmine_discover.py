"""What Redmine calls things, as far as an account that is no administrator can see."""

from collections.abc import Sequence

from deskui.upstream._redmine_api import Row, number
from deskui.upstream._redmine_names import Names
from deskui.upstream.base import Making, Rejected, Word, Words

_FIELDS = {
    "client_token": ("client token",), "received_at": ("received", "received at"), "hold_reason": ("hold reason",),
    "acknowledged_at": ("acknowledged", "acknowledged at"), "impact": ("impact",), "urgency": ("urgency",),
    "kind": ("kind",), "category": ("category",), "customer": ("customer",), "requestor": ("requestor",),
    "ci": ("hosts", "ci", "host", "asset"), "tags": ("tags", "tag", "labels"),
}  # fmt: skip
_HOW = "Administration, Custom fields, Issues, New custom field: format Text, for all projects, a filter"


def words(names: Names, newest: Sequence[Row]) -> Words:
    """Statuses, priorities and projects whole; of custom fields those that the newest issues have."""
    told = names.words
    states = tuple(
        Word(str(row["name"]), " ".join(filter(None, told.meaning(row))), sure=told.known(row))
        for row in told.statuses()
    )
    bands = tuple(Word(str(row["name"]), f"P{told.band(number(row['id']))}") for row in told.priorities())
    queues = tuple(Word(str(row["name"])) for row in names.projects())
    fields = tuple(Word(name, _fact(name)) for name in _fields(newest))
    return Words(states, bands, queues, fields, "a custom field that none of the newest 100 issues has is not seen")


def making(newest: Sequence[Row], facts: Sequence[str], mapped: dict[str, str]) -> tuple[Making, ...]:
    """Nothing, where all are there; Rejected: Redmine lets nobody make a custom field but on its pages."""
    there = {name.casefold() for name in _fields(newest)}
    names = [mapped.get(fact) or _FIELDS[fact][0].title() for fact in facts]
    if missing := [name for name in names if name.casefold() not in there]:
        raise Rejected(f"Redmine's administrator has to make {', '.join(missing)} ({_HOW})")
    return ()


def _fields(newest: Sequence[Row]) -> list[str]:
    return list(dict.fromkeys(str(field["name"]) for row in newest for field in row.get("custom_fields") or ()))


def _fact(name: str) -> str:
    return next((fact for fact, usual in _FIELDS.items() if name.casefold() in (fact, *usual)), "")
