"""`deskui list` and `deskui show`: the queue and one ticket, as they are in the store; 0 offline too."""

from collections.abc import Iterator, Mapping
from typing import Any

from deskui.cli import output
from deskui.cli.console import Add
from deskui.cli.context import Context

PEOPLE = 50  # tickets shown without --limit


def register(add: Add, _shared: Any) -> None:
    """Their place on the command line."""
    listing = add("list", help="tickets in queue order")
    listing.add_argument("query", nargs="*", metavar="QUERY", help="words, and prio:1 is:late sla:<30m … (see README)")
    listing.add_argument("--all", action="store_true", help="in every state, not only open ones")
    listing.add_argument("--limit", type=number, metavar="N", help=f"at most so many (default: {PEOPLE}; --json: all)")
    listing.add_argument("--view", metavar="NAME", help="the tickets of that view; QUERY narrows it")
    listing.add_argument(
        "--sort",
        metavar="COLUMN",
        type=order,
        help="sla (default), priority, updated, created, customer, owner, state, id, subject; ^ upwards, - downwards",
    )
    listing.add_argument("--upstream", metavar="NAME", help="only tickets of this system")
    listing.add_argument("--remote", action="store_true", help="ask the upstreams, with QUERY in their own language")
    listing.add_argument("--plain", action="store_true", help="tab-separated, without a heading")
    listing.set_defaults(run=run)
    show = add("show", help="one ticket with its timeline and clocks")
    show.add_argument("id", metavar="ID")
    show.set_defaults(run=run_show)


def number(text: str) -> int:
    number = int(text)
    if number < 0:
        raise ValueError(text)
    return number


def order(text: str) -> str:
    """The order of that name.  ValueError."""
    from deskui.domain.view import is_sort

    if not is_sort(text):
        raise ValueError(text)
    return text


def run(context: Context) -> int:
    """The tickets that match, the most urgent first unless another order is asked for."""
    args = context.args
    if args.remote:
        from deskui.cli import remote

        return remote.run(context, PEOPLE if args.limit is None else args.limit)
    query = " ".join((*args.query, *(["state:all"] if args.all else [])))
    from deskui.services import present

    with context.desk() as desk:
        context.upstream(desk, args.upstream)
        tickets, sort = desk.services.desk, args.sort or "sla"
        if args.view is not None:
            view = desk.services.views.all().named(args.view)
            query, sort = _narrowed(view.query, query), args.sort or view.sort
        found = present.listing(tickets, query, desk.now(), limit=_limit(context), upstream=args.upstream, order=sort)
        context.show(found, _people(found, args.plain))
    return output.DONE


def _narrowed(view: str, query: str) -> str:
    """Both must be so."""
    return f"({view}) {query}" if view.strip() and query.strip() else view or query


def _limit(context: Context) -> int | None:
    given: int | None = context.args.limit
    return given if given is not None or context.json else PEOPLE


def _people(found: Mapping[str, Any], plain: bool) -> Iterator[str]:
    rows = [_row(ticket) for ticket in found["tickets"]]
    if plain:
        from deskui import text

        yield from ("\t".join(text.line(str(cell)) for cell in row) for row in rows)
        return
    yield from output.table(("SLA", "P", "TICKET", "STATE", "CUSTOMER", "OWNER", "SUBJECT"), rows)
    if len(rows) < found["total"]:
        yield f"({found['total'] - len(rows)} more: --limit N)"


def _row(ticket: Mapping[str, Any]) -> tuple[str, ...]:
    waiting = "*" if ticket["pending"] else ""
    return (
        clock_cell(ticket),
        ticket["priority"],
        ticket["id"] + waiting,
        ticket["state"] + (f" ({ticket['hold_reason']})" if ticket["hold_reason"] else ""),
        ticket["customer"] or "-",
        ticket["owner"] or "-",
        ticket["subject"],
    )


def clock_cell(ticket: Mapping[str, Any]) -> str:
    """What the list's clock says: `respond 12m`, `fix -3h05 LATE`, `fix = 1h12` (paused), `-` (none)."""
    if ticket["clock"] is None:
        return "?" if ticket["doubtful"] else "-"
    name = {"response": "respond", "resolution": "fix"}.get(ticket["clock"], ticket["clock"])
    if ticket["paused"]:
        return f"{name} = {output.span(ticket['remaining_s'])}"
    if ticket["breached"]:
        return f"{name} {output.span(ticket['due_in_s'])} LATE"
    return f"{name} {output.span(max(0, ticket['due_in_s']))}"  # used up at closing: in time until the next opening


def run_show(context: Context) -> int:
    """One ticket, everything known of it."""
    from deskui.services import present

    with context.desk() as desk:
        found = present.showing(desk.services.desk, context.args.id, desk.now())
        context.show(found, _ticket(found))
    return output.DONE


def _around(found: Mapping[str, Any]) -> Iterator[str]:
    """Its tags, who else reads it, when you look again, what it is linked to."""
    yield from (f"{name}: {', '.join(found[name])}" for name in ("tags", "cc") if found[name])
    if found["follow_up"]:
        yield f"follow-up: {found['follow_up']}"
    yield from (f"linked: {each['kind']} {each['id']}" for each in found["links"])


def _ticket(found: Mapping[str, Any]) -> Iterator[str]:
    from deskui import text
    from deskui.domain import attachment

    yield text.line(f"{found['id']} {found['priority']} {found['state']}  {found['subject']}")
    yield text.line(f"customer {found['customer'] or '-'}  owner {found['owner'] or '-'}  kind {found['kind']}")
    if found["clocks"] is None:
        yield "clocks: ? (its history has not been read yet)"
    for name, clock in (found["clocks"] or {}).items():
        late = "  LATE" if clock["breached"] else ""
        yield f"{name}: {clock['state']}, due {clock['due'] or '-'}, left {output.span(clock['remaining_s'])}{late}"
    for each in found["exclusions"]:
        span = f"{each['from']} to {each['to']}"
        yield text.line(f"excluded from the clocks: {span}, {each['reason']}, approved by {each['approver']}")
    yield from map(text.line, _around(found))
    for event in found["events"]:
        yield ""
        waiting = "  * waiting to send" if event["pending"] else ""
        yield text.line(f"{event['at']}  {event['type']}  {event['author']} ({event['side']})") + waiting
        if event["text"]:
            yield from ("  " + row for row in text.block(event["text"]).splitlines())
        for file in event["attachments"]:
            yield text.line(f"  [file] {file['name'] or '(no name)'}  {file['type']}  {attachment.size(file['size'])}")
