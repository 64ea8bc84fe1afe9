"""`deskui conflicts` and `deskui outbox`: what clashes, what waits, and a person's word on it."""

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
    resolve.add_argument("how", metavar="mine|theirs|VALUE")
    resolve.set_defaults(run=run_resolve)
    outbox = add("outbox", help="what waits to be sent, and what could not be")
    outbox.set_defaults(run=run_outbox)
    drop = outbox.add_subparsers(metavar="drop").add_parser("drop", parents=[shared], help="give a change up")
    drop.add_argument("uid", metavar="UID")
    drop.set_defaults(run=run_drop)


def run(context: Context) -> int:
    """The open conflicts."""
    with context.desk() as desk:
        found = desk.conflicts()
    head = ("TICKET", "FIELD", "BASE", "MINE", "THEIRS", "BY")
    rows = [[_value(row[name.lower()]) for name in head] for row in found]
    context.show({"conflicts": found}, output.table(head, rows) if rows else ["no conflicts"])
    return output.DONE


def run_resolve(context: Context) -> int:
    """Keep mine, take theirs, or set another value."""
    context.writable()
    args = context.args
    with context.desk() as desk:
        name = desk.ticket(args.id).id
        conflict = desk.conflict(name, args.field)
        how = args.how if args.how in ("mine", "theirs") else "value"
        desk.services.syncing.settle(conflict.uid, how, args.how).result()
        left = desk.conflicts()
    context.show({"conflicts": left}, [f"{name}: {args.field} settled: {args.how}; {len(left)} conflicts left"])
    return output.DONE


def run_outbox(context: Context) -> int:
    """What has not arrived yet."""
    with context.desk() as desk:
        found = desk.outbox()
    head = ("CHANGE", "TICKET", "VERB", "STATE", "AT", "ERROR")
    rows = [[row[name.lower()] for name in head] for row in found]
    context.show({"changes": found}, output.table(head, rows) if rows else ["nothing waits to be sent"])
    return output.DONE


def run_drop(context: Context) -> int:
    """Give a change up before it is sent."""
    context.writable()
    with context.desk() as desk:
        entry = desk.drop(context.args.uid)
    result = {"ticket": entry["ticket"], "change": entry["change"], "state": entry["state"]}
    context.show(result, [f"{entry['ticket']}: {entry['verb']} {entry['state']}"])
    return output.DONE


def _value(value: object) -> str:
    if value is None:
        return "-"
    return ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
