"""Asking the upstreams themselves, in their own language, for what the desk has not got; nothing of it is kept."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from deskui.domain.ticket import Ticket
from deskui.services.rereading import Rereading
from deskui.services.syncing import Syncing
from deskui.store import tickets
from deskui.upstream.base import Rejected, Unreachable


@dataclass(frozen=True, slots=True)
class Answer:
    """What one upstream has; `error` and its `kind` say why it has said nothing.  `here`: ids that the desk knows."""

    upstream: str
    found: Sequence[Ticket] = ()
    here: frozenset[str] = frozenset()
    error: str = ""
    kind: str = ""
    hint: str = ""


def search(syncing: Syncing, upstreams: Iterable[str], query: str, limit: int) -> list[Answer]:
    """The newest tickets of each upstream that match, `limit` at most of each."""
    return [_ask(syncing, name, query, limit) for name in upstreams]


def _ask(syncing: Syncing, name: str, query: str, limit: int) -> Answer:
    try:
        with Rereading(syncing).apart(name) as upstream:
            upstream.login()
            found = [_named(syncing, ticket) for ticket in upstream.search(query, limit)]
    except Rejected as refusal:
        return Answer(name, error=str(refusal), kind="query")
    except Unreachable as away:
        return Answer(name, error=str(away), kind=away.kind, hint=away.hint)
    here = syncing.store.read(
        lambda db: frozenset(t.id for t in found if tickets.uid_by_remote(db, name, t.remote_id) is not None)
    )
    return Answer(name, found, here)


def _named(syncing: Syncing, ticket: Ticket) -> Ticket:
    prefix = syncing.store.prefixes.get(ticket.upstream, f"{ticket.upstream.upper()}-")
    return replace(ticket, id=f"{prefix}{ticket.remote_id}")
