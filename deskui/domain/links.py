"""Links between tickets of one system: parent and child, duplicate of, related, depends on; kept as sets."""

from dataclasses import replace
from typing import ClassVar

from deskui.domain.change import Change, Fact
from deskui.domain.ticket import Ticket
from deskui.lazy import dataclass

OTHER_WAY = {
    "parent": "child", "child": "parent", "duplicate": "original", "original": "duplicate", "related": "related",
    "depends": "blocks", "blocks": "depends",
}  # fmt: skip
"""The kinds of links, in the order to show, and what each is seen from the other ticket."""

KINDS = tuple(OTHER_WAY)
WORDS = {
    "parent": "part of", "child": "has part", "duplicate": "duplicate of", "original": "has duplicate",
    "related": "related to", "depends": "depends on", "blocks": "is waited for by",
}  # fmt: skip
"""What is said of a ticket before the name of the other."""


def made(kind: str, remote: str) -> str:
    """A link as a ticket keeps it."""
    return f"{kind} {remote}"


def pairs(ticket: Ticket) -> list[tuple[str, str]]:
    """Kind and remote id of each, in the order to show; a kind that is not known comes last."""
    found = [(kind, remote) for kind, _, remote in (each.partition(" ") for each in ticket.links)]
    return sorted(found, key=lambda pair: (KINDS.index(pair[0]) if pair[0] in KINDS else len(KINDS), pair))


def with_(links: tuple[str, ...], kind: str, remote: str) -> tuple[str, ...]:
    """The links and this one."""
    return tuple(sorted({*links, made(kind, remote)}))


def without(links: tuple[str, ...], kind: str, remote: str) -> tuple[str, ...]:
    """The links but for this one."""
    return tuple(each for each in links if each != made(kind, remote))


@dataclass(frozen=True)
class _Linking(Change):
    """`to` is the other ticket as somebody called it, `remote` its id in the system, "" until it was looked up."""

    kind: str
    to: str
    remote: str = ""

    def refused(self, ticket: Ticket) -> str | None:
        return None

    def facts(self, ticket: Ticket) -> tuple[Fact, ...]:
        return (("link", {"kind": self.kind, "to": self.remote or self.to}, None),)


@dataclass(frozen=True)
class Link(_Linking):
    """The ticket's `kind` (its parent, say) is that one, too."""

    verb: ClassVar[str] = "link"

    def apply(self, ticket: Ticket) -> Ticket:
        return replace(ticket, links=with_(ticket.links, self.kind, self.remote)) if self.remote else ticket


@dataclass(frozen=True)
class Merge(Change):
    """The ticket becomes part of that one, which survives; `to` and `remote` as of a link.  It cannot be undone."""

    verb: ClassVar[str] = "merge"
    field: ClassVar[str | None] = "state"  # whoever moves it meanwhile may have had another idea of it
    to: str
    remote: str = ""

    def refused(self, ticket: Ticket) -> str | None:
        return None

    def facts(self, ticket: Ticket) -> tuple[Fact, ...]:
        return (("link", {"kind": "merged", "to": self.remote or self.to}, None),)


@dataclass(frozen=True)
class Unlink(_Linking):
    """It is that no more; `kind` may be left out until it is looked up."""

    verb: ClassVar[str] = "unlink"

    def apply(self, ticket: Ticket) -> Ticket:
        return replace(ticket, links=without(ticket.links, self.kind, self.remote)) if self.remote else ticket

    def facts(self, ticket: Ticket) -> tuple[Fact, ...]:
        return (("link", {"kind": self.kind, "to": self.remote or self.to, "off": True}, None),)
