"""`deskui list --remote`: what the upstreams have, asked in their own language."""

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from deskui.cli import output
from deskui.cli.context import Context

if TYPE_CHECKING:
    from deskui.domain.ticket import Ticket
    from deskui.services.searching import Answer


def run(context: Context, limit: int) -> int:
    """The newest that match, of each upstream; 2: one does not understand the query, 3: one cannot be reached."""
    args = context.args
    if args.view is not None or args.sort is not None or args.all:
        raise output.Failure("usage", "--remote knows no view, order or --all: QUERY is the upstream's own")
    with context.desk() as desk:
        context.upstream(desk, args.upstream)
        from deskui.services.searching import search

        names = [args.upstream] if args.upstream else list(desk.settings.upstream)
        answers = search(desk.services.syncing, names, " ".join(args.query), limit)
    rows = [_row(ticket, ticket.id in answer.here) for answer in answers for ticket in answer.found]
    errors = {answer.upstream: answer.error for answer in answers if answer.error}
    context.show({"total": len(rows), "tickets": rows, "errors": errors}, _people(rows, args.plain))
    for answer in answers:
        if answer.error:
            hint = f"\n        {answer.hint}" if answer.hint else ""
            output.say(f"deskui: {answer.upstream}: {answer.error}{hint}")
    return max((_code(answer) for answer in answers), default=output.DONE)


def _code(answer: "Answer") -> int:
    return output.code_of(answer.kind) if answer.error else output.DONE


def _row(ticket: "Ticket", here: bool) -> dict[str, Any]:
    """As in `list`; its clocks are not known from a list of the upstream's."""
    from deskui.domain.when import iso

    return {
        "id": ticket.id, "upstream": ticket.upstream, "remote_id": ticket.remote_id, "kind": ticket.kind,
        "priority": f"P{ticket.priority}", "state": ticket.state, "hold_reason": None, "customer": ticket.customer,
        "subject": ticket.subject, "owner": ticket.owner, "clock": None, "due": None, "due_in_s": None,
        "remaining_s": None, "paused": False, "breached": False, "pending": 0, "updated": iso(ticket.updated),
        "here": here,
    }  # fmt: skip


def _people(rows: Sequence[Mapping[str, Any]], plain: bool) -> Iterator[str]:
    cells = [
        (row["priority"], row["id"], row["state"], row["updated"][:10], row["customer"] or "-", row["owner"] or "-",
         row["subject"] + ("" if row["here"] else "  (only there)"))
        for row in rows
    ]  # fmt: skip
    if plain:
        from deskui import text

        yield from ("\t".join(text.line(str(cell)) for cell in row) for row in cells)
        return
    yield from output.table(("P", "TICKET", "STATE", "UPDATED", "CUSTOMER", "OWNER", "SUBJECT"), cells)
