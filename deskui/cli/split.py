"""`deskui split`: a new ticket from one of a ticket's messages, linked back."""

from dataclasses import replace
from typing import Any

from deskui.cli import output
from deskui.cli.console import Add
from deskui.cli.context import Context


def register(add: Add, _shared: Any) -> None:
    """Its place on the command line."""
    split = add("split", help="a new ticket from one of a ticket's messages, linked back; without N: list them")
    split.add_argument("id", metavar="ID")
    split.add_argument("number", metavar="N", type=int, nargs="?", help="the message: 1 is the newest one")
    split.add_argument("--subject", metavar="TEXT", help="what the new ticket is called")
    split.set_defaults(run=run)


def run(context: Context) -> int:
    """List what can be split off, or queue the new ticket and its link."""
    from deskui.domain.when import iso
    from deskui.services import present, splitting

    args = context.args
    if args.number is not None:
        context.writable()
    with context.desk() as desk:
        ticket = context.find(desk, args.id)
        found = splitting.messages(desk.services.desk, ticket)
        if args.number is None:
            said = [(str(n), iso(event.at), event.author, event.text or "") for n, event in enumerate(found, 1)]
            document = [{"n": int(n), "at": at, "author": author, "text": words} for n, at, author, words in said]
            rows = [(n, at, author, " ".join(words.split())[:60]) for n, at, author, words in said]
            people = output.table(("N", "AT", "FROM", "TEXT"), rows) if rows else ["no message can be split off"]
            context.show({"ticket": ticket.id, "messages": document}, people)
            return output.DONE
        if not 0 < args.number <= len(found):
            raise output.Failure(
                "refused",
                f"{ticket.id} has no message {args.number}: it has {len(found)}",
                f"See `deskui split {ticket.id}`.",
            )
        event = found[args.number - 1]
        split = splitting.begun(ticket, event, iso(event.at))
        split = replace(split, subject=args.subject or split.subject)
        name, entry = splitting.made(desk.services.desk, ticket, split)
    context.show(present.done(name, entry), [f"{name}: {entry.state}, related to {ticket.id}"])
    return output.DONE
