"""RT's answers as values: people, transactions, texts, and what it says when it refuses."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from deskui.domain.attachment import File
from deskui.upstream._http import Answer
from deskui.upstream._rt_values import name_of, stamp
from deskui.upstream.base import Unreachable


@dataclass(frozen=True, slots=True)
class Person:
    """A user of RT; `staff` is RT's Privileged, `mail` how a ticket's people name them."""

    name: str
    staff: bool
    mail: str = ""


@dataclass(frozen=True, slots=True)
class Txn:
    """One transaction of a ticket: RT's word for what happened."""

    id: int
    ticket: str
    type: str
    field: str
    old: str
    new: str
    at: int
    minutes: int
    who: str


@dataclass(frozen=True, slots=True)
class Body:
    """The text of a message; `html`: it had no plain part."""

    text: str
    html: bool = False
    files: tuple[File, ...] = ()


def ok(answer: Answer) -> Any:
    """What it holds, if it is a success and an object; Unreachable."""
    if answer.status >= 400:
        raise Unreachable(f"RT answered {answer.status}: {words(answer)}", hint="has the account the rights it needs?")
    said = answer.json()
    if not isinstance(said, dict):  # RT says "Permission Denied" with a 200, too
        raise Unreachable(f"RT answered {words(answer)!r}", hint="has the account the rights it needs?")
    return said


def items(got: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The rows of a page; those that are hidden from us are left out."""
    rows = got.get("items")
    if not isinstance(rows, list):
        raise Unreachable("RT answered with something that is no list", hint="is the URL that of RT itself?")
    return [row for row in rows if row]


def person(row: Mapping[str, Any], name: str) -> Person:
    """A user; `name` if the row has none."""
    said = str(row.get("Name") or name)
    return Person(said, str(row.get("Privileged") or "0") != "0", str(row.get("EmailAddress") or said))


def txn(row: Mapping[str, Any]) -> Txn:
    """A transaction."""
    return Txn(
        int(row["id"]), str(row["ObjectId"]), row["Type"], str(row.get("Field") or ""), str(row.get("OldValue") or ""),
        str(row.get("NewValue") or ""), stamp(row["Created"]), int(row.get("TimeTaken") or 0), name_of(row["Creator"]),
    )  # fmt: skip


def words(answer: Answer) -> str:
    """What RT said: an error's message, or the sentences of a success that may be none."""
    try:
        said = answer.json() if answer.body.strip() else ""
    except Unreachable:
        return f"RT answered {answer.status}"
    if isinstance(said, dict):
        said = said.get("message", "")
    return "; ".join(map(str, said)) if isinstance(said, list) else str(said) or f"RT answered {answer.status}"
