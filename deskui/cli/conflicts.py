"""`deskui conflicts` and `deskui outbox`: what clashes, what waits, and a person's word on it."""

from collections.abc import Callable
from typing import Any

from deskui.cli import output
from deskui.cli.console import Add
from deskui.cli.context import Context


def register(add: Add, shared: Any) -> None:
    """Their place on the command line."""
    conflicts = add("conflicts", help="what clashes with somebody else's change")
    conflicts.set_defaults(run=run)
    resolve = conflicts.add_subparsers(metavar="resolve").add_parser("resolve", parents=[shared], help="settle one")
    resolve.add_argument("id", metavar="ID", help="the ticket")
    resolve.add_argument("field", metavar="FIELD")
    resolve.add_argument("how", metavar="mine|theirs|VALUE", help="of a ticket that was deleted: new or theirs")
    resolve.set_defaults(run=run_resolve)
    outbox = add("outbox", help="what waits to be sent, and what could not be")
    outbox.set_defaults(run=run_outbox)
    words = outbox.add_subparsers(metavar="drop|again")
    drop = words.add_parser("drop", parents=[shared], help="give a change up; what it says becomes a draft")
    drop.add_argument("uid", metavar="UID")
    drop.set_defaults(run=run_drop)
    again = words.add_parser("again", parents=[shared], help="send a refused or unknown change once more, knowingly")
    again.add_argument("uid", metavar="UID")
    again.set_defaults(run=run_again)


def run(context: Context) -> int:
    """The open conflicts."""
    with context.desk() as desk:
        found = _open(desk)["conflicts"]
    head = ("TICKET", "FIELD", "BASE", "MINE", "THEIRS", "BY")
    rows = [[_value(row[name.lower()]) for name in head] for row in found]
    context.show({"conflicts": found}, output.table(head, rows) if rows else ["no conflicts"])
    return output.DONE


def run_resolve(context: Context) -> int:
    """Keep mine, take theirs, or set another value."""
    context.writable()
    from deskui.services import restoring

    args = context.args
    with context.desk() as desk:
        ticket = context.find(desk, args.id)
        how = args.how if args.how in ("mine", "theirs") else "value"
        for conflict in _wanted(desk, ticket, args.field):
            if restoring.deleted(conflict) and args.how == "new":  # settles all that waited for the ticket
                output.say(
                    f"deskui: {ticket.id} goes on as {restoring.restore(desk.services.desk, conflict.uid).result()}"
                )
                break
            desk.services.syncing.settle(conflict.uid, how, args.how).result()
        left = _open(desk)
    count = len(left["conflicts"])
    context.show(left, [f"{ticket.id}: {args.field} settled: {args.how}; {count} conflicts left"])
    return output.DONE


def _open(desk: Any) -> dict[str, Any]:
    from deskui.services import present

    return present.clashing(desk.services.syncing.conflicts())


def _wanted(desk: Any, ticket: Any, field: str) -> list[Any]:
    """The open conflicts of one field of one ticket."""
    found = [each for each in desk.services.syncing.conflicts() if (each.ticket, each.field) == (ticket.uid, field)]
    if not found:
        raise output.Failure("conflict", f"{ticket.id} has no open conflict of {field!r}", "See `deskui conflicts`.")
    return found


def run_outbox(context: Context) -> int:
    """What has not arrived yet."""
    from deskui.services import present

    with context.desk() as desk:
        found = present.waiting(desk.services.desk)["changes"]
    head = ("CHANGE", "TICKET", "VERB", "STATE", "AT", "ERROR")
    rows = [[row[name.lower()] for name in head] for row in found]
    context.show({"changes": found}, output.table(head, rows) if rows else ["nothing waits to be sent"])
    return output.DONE


def run_drop(context: Context) -> int:
    """Give a change up before it is sent; its words are kept."""
    return _on_one(context, lambda desk, entry: desk.drop(entry.uid, keep=entry.state != "rejected"))


def run_again(context: Context) -> int:
    """Queue a change once more of which it is not known whether it arrived, or that was refused."""
    from deskui.services import resending

    def work(desk: Any, entry: Any) -> Any:
        if said := resending.danger(entry):
            output.say(f"deskui: {said}")
        return resending.again(desk, entry.uid)

    return _on_one(context, work)


def _on_one(context: Context, work: Callable[[Any, Any], Any]) -> int:
    context.writable()
    from deskui.services import present
    from deskui.services.desk import Refused

    with context.desk() as desk:
        tickets = desk.services.desk
        found = tickets.entry(context.args.uid)
        if found is None:
            raise Refused(f"there is no change {context.args.uid}")
        entry = present.change(tickets, work(tickets, found).result())
    result = {"ticket": entry["ticket"], "change": entry["change"], "state": entry["state"]}
    context.show(result, [f"{entry['ticket']}: {entry['verb']} {entry['state']}"])
    return output.DONE


def _value(value: object) -> str:
    if value is None:
        return "-"
    return ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
