"""`deskui draft`: what was written and not sent, by whoever works here."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from deskui import text
from deskui.cli import output
from deskui.cli.console import Add
from deskui.cli.context import Context

if TYPE_CHECKING:
    from deskui.services.drafts import Waiting
    from deskui.wiring import Opened


def register(add: Add, shared: Any) -> None:
    """Its place on the command line."""
    draft = add("draft", help="what was written and not sent")
    draft.set_defaults(run=run_list)
    commands = draft.add_subparsers(metavar="list|show|drop")
    commands.add_parser("list", parents=[shared], help="all of them, newest first").set_defaults(run=run_list)
    for name, what, run in (("show", "its whole text", run_show), ("drop", "discard it for good", run_drop)):
        one = commands.add_parser(name, parents=[shared], help=what)
        one.add_argument("draft", metavar="DRAFT", help="as `draft list` calls it, or a ticket with only one")
        one.set_defaults(run=run)


def run_list(context: Context) -> int:
    """All that waits."""
    from deskui.services.drafts import Drafts, document

    with context.desk() as desk:
        found, now = Drafts(desk.services.desk).all(), desk.now()
    rows = [_row(of, now) for of in found]
    people = output.table(("DRAFT", "TICKET", "KIND", "AGE", "TEXT"), rows) if rows else ["no drafts"]
    context.show({"drafts": [document(of, now) for of in found]}, people)
    return output.DONE


def _row(of: "Waiting", now: int) -> tuple[str, ...]:
    draft = of.draft
    return draft.uid, _ticket(of), draft.kind, output.span(now - draft.at), text.clip(text.line(draft.text), 48)


def run_show(context: Context) -> int:
    """One, whole."""
    from deskui.services.drafts import document

    with context.desk() as desk:
        found, now = _find(context, desk), desk.now()
    context.show(document(found, now), _people(found, now))
    return output.DONE


def run_drop(context: Context) -> int:
    """Away with it."""
    context.writable()
    from deskui.services.drafts import Drafts, document

    with context.desk() as desk:
        found, now = _find(context, desk), desk.now()
        Drafts(desk.services.desk).drop(found.draft.uid).result()
    said = f"{_ticket(found)}: the draft of a {found.draft.kind} is discarded"
    context.show({**document(found, now), "dropped": True}, [output.inert(said)])
    return output.DONE


def _find(context: Context, desk: "Opened") -> "Waiting":
    """The one that is meant: by its own name, else the only one of a ticket."""
    from deskui.services.drafts import Drafts

    wanted: str = context.args.draft
    found = [of for of in Drafts(desk.services.desk).all() if wanted == of.draft.uid]
    found = found or [
        of for of in Drafts(desk.services.desk).all() if wanted.casefold() in (of.ticket.id.casefold(), of.draft.ticket)
    ]
    if len(found) != 1:
        said = f"{len(found)} drafts wait on {wanted}: name the one" if found else f"there is no draft {wanted}"
        raise output.Failure("unknown_draft", said, "See `deskui draft list`.")
    return found[0]


def _ticket(of: "Waiting") -> str:
    return f"{of.ticket.id} (merged into {of.into})" if of.into else of.ticket.id


def _people(of: "Waiting", now: int) -> Iterator[str]:
    draft = of.draft
    yield output.inert(f"{draft.kind} on {_ticket(of)}, {output.span(now - draft.at)} old, by {draft.author}")
    for name, moves in (("To", draft.to), ("Cc", draft.cc)):
        if moves:
            yield output.inert(f"{name} {', '.join(moves)}")
    if draft.minutes:
        yield output.inert(f"minutes worked {draft.minutes}")
    yield ""
    yield text.block(draft.text)
