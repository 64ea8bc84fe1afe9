"""`deskui attachment`: the files at a ticket's messages; saves one, opens none."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from deskui.cli import output
from deskui.cli.console import Add
from deskui.cli.context import Context
from deskui.domain.attachment import size

if TYPE_CHECKING:
    from deskui.services.attachments import Held
    from deskui.wiring import Opened


def register(add: Add, shared: Any) -> None:
    """Its place on the command line."""
    files = add("attachment", help="the files at a ticket's messages")
    commands = files.add_subparsers(metavar="list|save", required=True)
    listed = commands.add_parser("list", parents=[shared], help="name, type, size and whose it is")
    listed.add_argument("id", metavar="ID")
    listed.set_defaults(run=run_list)
    save = commands.add_parser("save", parents=[shared], help="fetch one and save it; it is never opened")
    save.add_argument("id", metavar="ID")
    save.add_argument("number", metavar="N", type=int, help="as `attachment list` counts them")
    save.add_argument("--to", metavar="DIR", help="not in <home>/attachments/ID")
    save.set_defaults(run=run_save)


def run_list(context: Context) -> int:
    """All of a ticket."""
    from deskui.services.attachments import document

    with context.desk() as desk:
        found, ticket = _held(context, desk), context.find(desk, context.args.id)
    rows = [(str(of.number), size(of.file.size), of.file.kind, of.event.author, of.name) for of in found]
    people = output.table(("N", "SIZE", "TYPE", "FROM", "NAME"), rows) if rows else ["no files"]
    context.show({"ticket": ticket.id, "attachments": [document(of) for of in found]}, people)
    return output.DONE


def run_save(context: Context) -> int:
    """One, into a folder that only its owner can read."""
    from deskui.services.attachments import NotSaved, document

    with context.desk() as desk:
        found, ticket = _held(context, desk), context.find(desk, context.args.id)
        wanted = next((of for of in found if of.number == context.args.number), None)
        if wanted is None:
            said = f"{ticket.id} has no file {context.args.number}: it has {len(found)}"
            raise output.Failure("refused", said, f"See `deskui attachment list {ticket.id}`.")
        to = Path(context.args.to).expanduser().absolute() if context.args.to else None
        files = desk.services.attachments
        assert files is not None
        try:
            path = files.save(ticket, wanted, to).result()
        except NotSaved as error:
            raise output.Failure(error.kind, str(error), error.hint) from error
    context.show({"ticket": ticket.id, **document(wanted), "path": str(path)}, [output.inert(str(path))])
    return output.DONE


def _held(context: Context, desk: "Opened") -> "tuple[Held, ...]":
    from deskui.services.attachments import held

    return held(desk.services.desk.timeline(context.find(desk, context.args.id).id))
