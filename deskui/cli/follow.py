"""`deskui follow-up`: when you want to look at a ticket again; kept here, nothing is sent."""

from typing import Any

from deskui.cli import output
from deskui.cli.console import Add
from deskui.cli.context import Context
from deskui.domain import followup, when

VERB = "follow-up"


def register(add: Add, _shared: Any) -> None:
    """Its place on the command line."""
    one = add(VERB, help="when you want to look at a ticket again; kept here only")
    one.add_argument("id", metavar="ID")
    one.add_argument("time", nargs="*", metavar="T", help=f"{followup.TOLD}; left out: say what is set")
    one.set_defaults(run=run)


def run(context: Context) -> int:
    """Set it, take it away, or say what is set."""
    return follow(context, context.args.time)


def follow(context: Context, words: list[str]) -> int:
    """The same with the time's words given."""
    from deskui.services.following import Following

    if words:
        context.writable()
    with context.desk() as desk:
        ticket, following = context.find(desk, context.args.id), Following(desk.services.desk)
        if words:
            try:
                at = followup.parse(" ".join(words), desk.zone, desk.now())
            except ValueError as error:
                raise output.Failure("usage", str(error)) from None
            following.put(ticket.id, at).result()
        at = following.at(ticket)
    said = None if at is None else when.iso(at)
    context.show({"ticket": ticket.id, "follow_up": said}, [said or f"{ticket.id} has no follow-up"])
    return output.DONE
