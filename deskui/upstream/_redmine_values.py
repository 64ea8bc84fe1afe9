"""Redmine's values as ours: links, files, hours, line ends, and which of its rows were one request.  Pure."""

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from deskui.domain import when
from deskui.domain.attachment import File
from deskui.domain.event import MESSAGES, Event
from deskui.domain.links import made
from deskui.upstream._redmine_api import Row, number

RELATIONS = {"relates": "related", "duplicates": "duplicate", "duplicated": "original", "blocks": "blocks",
             "blocked": "depends"}  # fmt: skip
BEFORE_S, LATER_S = 2, 15  # a message is written after its time entry, in the same request: much later under load


def joined(times: Sequence[Row], journals: Sequence[Row]) -> tuple[dict[int, int], list[Row]]:
    """The minutes that were sent with a message, by its journal; and the time entries that were not."""
    found: dict[int, int] = {}
    left = []
    for entry in times:
        at, user = when.parse(entry["created_on"]), (entry.get("user") or {}).get("id")
        later = {
            number(row["id"]): when.parse(row["created_on"]) - at for row in journals
            if (row.get("notes") or "").strip() and (row.get("user") or {}).get("id") == user
            and number(row["id"]) not in found
        }  # fmt: skip
        fits = [key for key, seconds in later.items() if -BEFORE_S <= seconds <= LATER_S]
        if fits:
            found[min(fits, key=lambda key: abs(later[key]))] = minutes_of(entry.get("hours"))
        else:
            left.append(entry)
    return found, left


def links_of(issue: Row) -> tuple[str, ...]:
    """An issue's links as a ticket keeps them."""
    found = {made("child", str(row["id"])) for row in issue.get("children") or ()}
    if issue.get("parent"):
        found.add(made("parent", str(issue["parent"]["id"])))
    for row in issue.get("relations") or ():
        found.add(made(*relation(issue, row)))
    return tuple(sorted(found))


def relation(issue: Row, row: Row) -> tuple[str, str]:
    """Our kind of a relation as seen from the issue, and the other one."""
    forth = row["issue_id"] == issue["id"]
    kind = RELATIONS.get(str(row["relation_type"]), "related")
    back = {"duplicate": "original", "blocks": "depends"}.get(kind, kind)
    return kind if forth else back, str(row["issue_to_id"] if forth else row["issue_id"])


def silent(event: Event) -> Event:
    """Without its body, as a history has it."""
    return replace(event, text=None, files=()) if event.type in MESSAGES or event.type == "created" else event


def lines_of(text: Any) -> str:
    """Redmine gives back carriage returns that nobody sent."""
    return str(text or "").replace("\r\n", "\n")


def minutes_of(hours: Any) -> int:
    """Redmine's hours as whole minutes."""
    return round(float(hours or 0) * 60)


def plain(fact: str, value: str) -> str:
    """A field's value as we say it: levels and kinds are small letters with underscores."""
    return value.lower().replace(" ", "_") if fact in ("impact", "urgency", "kind") else value


def one_request(first: Row, second: Row) -> bool:
    """Whether the two are what Redmine made of one private note with changes."""
    return bool(
        second.get("private_notes") and not second.get("details") and first.get("notes") is None
        and first.get("details") and (first.get("user") or {}) == (second.get("user") or {})
        and first["created_on"] == second["created_on"]
    )  # fmt: skip


def file_of(row: Row) -> File:
    """What is known of an attachment."""
    return File(
        str(row["id"]), str(row.get("filename") or ""), str(row.get("content_type") or ""), number(row.get("filesize"))
    )


def tags_of(field: Row | None, value: Any) -> tuple[str, ...]:
    """The tags in a value of the custom field: of one that takes several each is one, else commas part them."""
    given = value if isinstance(value, list) else [value]
    words = [str(each) for each in given if each not in (None, "")]
    if not (field or {}).get("multiple"):
        words = [word.strip() for each in words for word in re.split(r"[,;\n]", each)]
    return tuple(filter(None, words))


def time_of(text: str) -> int | None:
    """A time that somebody wrote into a field; None: it is none."""
    try:
        return when.parse(text)
    except ValueError:
        return None
