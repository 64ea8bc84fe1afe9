"""`deskui link` and `deskui unlink`: which tickets belong together, and how."""

from typing import Any

from deskui.cli import output
from deskui.cli.console import Add
from deskui.cli.context import Context
from deskui.domain.links import KINDS, Link, Merge, Unlink


def register(add: Add, _shared: Any) -> None:
    """Their place on the command line."""
    link = add("link", help="a ticket's links; or set one")
    link.add_argument("id", metavar="ID")
    link.add_argument("kind", metavar="KIND", choices=KINDS, nargs="?", help=f"{', '.join(KINDS)}; left out: list them")
    link.add_argument("to", metavar="ID", nargs="?", help="the other ticket: with `parent` it is the parent")
    link.set_defaults(run=run)
    unlink = add("unlink", help="take links to another ticket away")
    unlink.add_argument("id", metavar="ID")
    unlink.add_argument("to", metavar="ID")
    unlink.add_argument("--kind", choices=KINDS, default="", help="only the one of this kind")
    unlink.set_defaults(run=run_unlink)
    merge = add("merge", help="make a ticket part of another one, which survives; cannot be undone")
    merge.add_argument("id", metavar="ID")
    merge.add_argument("into", metavar="INTO", help="the ticket that survives")
    merge.add_argument("--yes", action="store_true", help="do it; left out: only show it")
    merge.set_defaults(run=run_merge)


def run(context: Context) -> int:
    """Queue a link, or show those that there are."""
    args = context.args
    if args.kind is None:
        return _listed(context)
    if args.to is None:
        raise output.Failure("usage", f"which ticket is the {args.kind}?", "deskui link ID KIND ID")
    return _queued(context, Link(args.kind, args.to))


def run_unlink(context: Context) -> int:
    """Queue the end of a link."""
    return _queued(context, Unlink(context.args.kind, context.args.to))


def run_merge(context: Context) -> int:
    """Show what it will do; with --yes queue it."""
    from deskui.services.links import merging

    context.writable()
    with context.desk() as desk:
        ticket, into = context.find(desk, context.args.id), context.find(desk, context.args.into)
        said = merging(ticket, into)
    if context.args.yes:
        return _queued(context, Merge(into.id))
    output.say(said)
    raise output.Failure("refused", "nothing was done", "--yes does it.")


def _queued(context: Context, change: Link | Merge | Unlink) -> int:
    from deskui.services import present

    context.writable()
    with context.desk() as desk:
        ticket = context.find(desk, context.args.id)
        entry = desk.services.desk.do(ticket.id, change).result()
    context.show(present.done(ticket.id, entry), [f"{ticket.id}: {entry.state}"])
    return output.DONE


def _listed(context: Context) -> int:
    from deskui.domain.links import WORDS
    from deskui.services import links

    with context.desk() as desk:
        ticket = context.find(desk, context.args.id)
        found = links.linked(desk.services.desk, ticket)
    document = [
        {
            "kind": each.kind, "id": each.id, "state": each.ticket.state if each.ticket else None,
            "subject": each.ticket.subject if each.ticket else None,
        }
        for each in found
    ]  # fmt: skip
    rows = [
        (WORDS.get(each["kind"] or "", each["kind"]), each["id"], each["state"] or "not here", each["subject"] or "-")
        for each in document
    ]
    people = output.table(("IT IS", "TICKET", "STATE", "SUBJECT"), rows) if rows else [f"{ticket.id} has no links"]
    context.show({"ticket": ticket.id, "links": document}, people)
    return output.DONE
