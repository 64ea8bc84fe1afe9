"""DESIGN's JSON documents of list, show, outbox, conflicts and explain: fields may be added, not renamed."""

import json
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from deskui.domain.event import Event
from deskui.domain.outgoing import Entry
from deskui.domain.ticket import Ticket
from deskui.domain.when import iso
from deskui.services.desk import Desk, UnknownTicket
from deskui.store import queue
from deskui.store.conflicts import Conflict

if TYPE_CHECKING:
    from deskui.domain.contract import Contract
    from deskui.domain.sla import Clock
    from deskui.services.syncing import UpstreamStatus
    from deskui.store.slafacts import Excluded

Json = dict[str, Any]
_BATCH = 500


def listing(
    desk: Desk, text: str, now: int, *, limit: int | None = None, upstream: str | None = None, order: str = "sla"
) -> Json:
    """`list`: the tickets that QUERY `text` asks for; `total` counts those beyond `limit` too.  QueryError."""
    pks = desk.ids_now(text, order, upstream)
    wanted = pks if limit is None else pks[:limit]
    found: list[Json] = []
    for start in range(0, len(wanted), _BATCH):
        some = wanted[start : start + _BATCH]
        runs = desk.store.read(lambda db, some=some: queue.runs(db, some))  # type: ignore[misc]
        found += [row(each, runs.get(each[0]), now, desk.contract_of(each)) for each in desk.rows(some)]
    return {"total": len(pks), "tickets": found}


def row(values: tuple[Any, ...], runs: str | None, now: int, contract: "Contract") -> Json:
    """One ticket of `list` from its row and what its clocks can be read from."""
    got = dict(zip(queue.ROW, values, strict=True))
    named = got["clock"] if got["mode"] in ("run", "paused") else ""
    left, state = _read(got, runs, now, contract) if named else (None, None)
    due = got["due"] if named else None
    return {
        "id": got["id"], "upstream": got["upstream"], "remote_id": got["remote_id"], "kind": got["kind"],
        "priority": f"P{got['priority']}", "state": got["state"], "hold_reason": got["hold_reason"],
        "customer": got["customer"], "subject": got["subject"], "owner": got["owner"], "clock": named or None,
        "due": _iso(due), "due_in_s": None if due is None else due - now, "remaining_s": left,
        "paused": state == "paused", "breached": left is not None and left < 0, "pending": got["pending"],
        "doubtful": got["mode"] == "doubt", "clock_state": state, "updated": iso(got["updated"]),
    }  # fmt: skip


def _read(got: Json, runs: str | None, now: int, contract: "Contract") -> tuple[int | None, str]:
    """Working seconds left of the shown clock, and its state: paused on hold, or in time agreed not to count."""
    if got["mode"] == "paused" or runs is None:
        return (None if got["frozen"] is None else int(got["frozen"])), "paused"
    from deskui.domain.sla import Run

    clock = Run.from_json(json.loads(runs)[got["clock"]]).at(now, contract)
    return clock.remaining, clock.state


def showing(desk: Desk, name: str, now: int) -> Json:
    """`show`: the ticket as `list` has it, all else that is known of it, its events and clocks.  UnknownTicket."""
    values, ticket = desk.row(name), desk.ticket(name)
    if values is None or ticket is None:
        raise UnknownTicket(f"there is no ticket {name}")
    runs = desk.store.read(lambda db: queue.runs(db, [values[0]]))[values[0]]
    clocks = desk.clocks(name, now)
    from deskui.services import following, links  # `list` has no need of them

    return {
        **row(values, runs, now, desk.contract(ticket)), **_more(ticket),
        "follow_up": _iso(following.Following(desk).at(ticket)),
        "links": [{"kind": each.kind, "id": each.id} for each in links.linked(desk, ticket)],
        "events": [event(each) for each in desk.timeline(name)],
        "clocks": None if clocks is None else {each: clock(clocks[each]) for each in clocks},
        "exclusions": [exclusion(each) for each in desk.exclusions(name)],
    }  # fmt: skip


def _more(ticket: Ticket) -> Json:
    return {
        "uid": ticket.uid, "created": iso(ticket.created), "received": _iso(ticket.received),
        "category": ticket.category, "impact": ticket.impact, "urgency": ticket.urgency, "queue": ticket.queue,
        "cis": list(ticket.cis), "tags": list(ticket.tags), "requestors": list(ticket.requestors),
        "phones": dict(each.split("\t", 1) for each in ticket.phones), "cc": list(ticket.cc),
        "holds": list(ticket.holds), "minutes": ticket.minutes,
    }  # fmt: skip


def event(of: Event) -> Json:
    """One event of `show`; `text` is null for a message whose body has not been read yet."""
    return {
        "at": iso(of.at), "made_at": _iso(of.made_at), "type": of.type, "author": of.author, "side": of.side,
        "text": of.text, "pending": of.pending, "data": dict(of.data),
        "attachments": [{"name": file.name, "type": file.kind, "size": file.size} for file in of.files],
    }  # fmt: skip


def clock(of: "Clock") -> Json:
    """C of SLA.md."""
    return {
        "state": of.state, "target_s": of.target, "elapsed_s": of.elapsed, "remaining_s": of.remaining,
        "due": _iso(of.due), "breached": of.breached, "stopped_at": _iso(of.stopped_at),
    }  # fmt: skip


def explaining(desk: Desk, name: str, now: int) -> Json:
    """`sla explain`: every clock with its stretches; no clocks while the ticket's facts are missing.  UnknownTicket."""
    ticket = desk.ticket(name)
    if ticket is None:
        raise UnknownTicket(f"there is no ticket {name}")
    clocks, spans, contract = desk.clocks(name, now) or {}, desk.explain(name, now) or {}, desk.contract(ticket)
    from deskui.domain import policywords  # `list` has no need of it

    kept = desk.kept(name)

    def spanned(each: str) -> list[Json]:
        return [{**_span(span), "words": policywords.sentence(span, contract)} for span in spans.get(each, ())]

    return {
        "ticket": ticket.id,
        "contract": {"name": contract.name, "effective": _iso(contract.effective)},
        "exclusions": [exclusion(each) for each in desk.exclusions(name)],
        "clocks": {each: {**clock(clocks[each]), "kept": each in kept, "spans": spanned(each)} for each in clocks},
        "policy": list(policywords.policy(contract)),
    }


def exclusion(of: "Excluded") -> Json:
    """Time agreed not to count, and by whom."""
    return {
        "exclusion": of.uid, "from": iso(of.start), "to": iso(of.end), "reason": of.reason, "approver": of.approver,
        "author": of.author, "at": iso(of.at), "note": of.note,
    }  # fmt: skip


def _span(of: Any) -> Json:
    return {"from": iso(of.start), "to": iso(of.end), "counted_s": of.counted_s, "why": of.why, "rule": of.rule}


def waiting(desk: Desk, entries: Iterable[Entry] | None = None) -> Json:
    """`outbox`: what waits or needs a person; or these entries."""
    found = desk.outbox() if entries is None else entries
    return {"changes": [change(desk, entry) for entry in found]}


def change(desk: Desk, entry: Entry) -> Json:
    """One change of `outbox`; `error` is null when there is none."""
    ticket = desk.ticket(entry.ticket)
    return {
        "change": entry.uid, "ticket": ticket.id if ticket else entry.ticket, "verb": entry.change.verb,
        "state": entry.state, "at": iso(entry.made_at), "error": entry.error or None,
    }  # fmt: skip


def clashing(found: Iterable[Conflict]) -> Json:
    """`conflicts`: values as JSON has them; `by` is null where nobody can be named."""
    return {
        "conflicts": [
            {
                "ticket": each.ticket_id, "field": each.field,
                **{side: _said(each.field, getattr(each, side)) for side in ("base", "mine", "theirs")},
                "by": each.by or None, "at": iso(each.at), "change": each.entry,
            }
            for each in found
        ]
    }  # fmt: skip


def _said(field: str, value: Any) -> Any:
    return f"P{value}" if field == "priority" else value


def done(ticket: str, entry: Entry) -> Json:
    """`do` and `new`: the ticket's id and what became of the change."""
    return {"ticket": ticket, "change": entry.uid, "state": entry.state}


def pulling(upstream: "UpstreamStatus") -> Json:
    """What `sync` says of the state of one upstream's pull, beside what the run did."""
    return {
        "missing": upstream.missing, "swept_at": _iso(upstream.swept_at), "back_to": _iso(upstream.back_to),
    }  # fmt: skip


def counts(found: Mapping[str, int]) -> Json:
    """`open` of `sync`: how many changes are where, by the store's counts."""
    names = {"conflicts": "conflict", "rejected": "rejected", "unknown": "unknown", "queued": "queued"}
    return {name: found.get(state, 0) for name, state in names.items()}


def _iso(at: int | None) -> str | None:
    return None if at is None else iso(at)
