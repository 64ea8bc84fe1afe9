"""`deskui scope`: is a ticket in scope of its contract, and what was decided where that says nothing."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from deskui.cli import output
from deskui.cli.console import Add
from deskui.cli.context import Context

if TYPE_CHECKING:
    from deskui.services.scoping import Asked


def register(add: Add, _shared: Any) -> None:
    """Its place on the command line."""
    scope = add("scope", help="is a ticket in scope: IN, OUT or NOT SAID, with the clause")
    scope.add_argument("id", metavar="ID")
    scope.add_argument("verdict", metavar="in|out", choices=("in", "out"), nargs="?", help="decide what is not said")
    scope.add_argument("-m", dest="text", metavar="TEXT", default="", help="why it is decided so")
    scope.set_defaults(run=run)


def run(context: Context) -> int:
    """What the contract says, 0 if the ticket is in scope; or keep a decision."""
    from deskui.services.scoping import Scoping

    args = context.args
    if args.verdict:
        context.writable()
    with context.desk() as desk:
        scoping = Scoping(desk.services.desk)
        decided = scoping.decide(args.id, args.verdict, args.text).result() if args.verdict else None
        found = decided or scoping.check(args.id)
    context.show(_document(found), _people(found))
    return output.DONE if args.verdict or found.verdict == "in" else output.NOT_SO


def _document(of: "Asked") -> dict[str, Any]:
    from deskui.domain.when import iso

    said, decided = of.scope, of.decision
    return {
        "ticket": of.ticket, "verdict": of.verdict, "contract": of.contract, "says": said.verdict,
        "service": said.service or None, "clause": said.clause or None, "why": said.why or None,
        "decision": decided and {
            "verdict": decided.verdict, "by": decided.by, "at": iso(decided.at), "why": decided.why,
        },
    }  # fmt: skip


def _people(of: "Asked") -> Iterator[str]:
    from deskui.domain.scope import SAID

    said = of.scope
    service = f" ({said.service})" if said.service else ""
    yield output.inert(f"{of.ticket}: {SAID[said.verdict]}{service}, by the contract {of.contract}")
    if said.clause:
        yield output.inert(f"  “{said.clause}”")
    if said.why:
        yield output.inert(f"  since {said.why}")
    if of.decision:
        yield output.inert(f"  decided {SAID[of.decision.verdict]} by {of.decision.by}: {of.decision.why}")
    elif said.verdict == "not_said":
        yield f"  somebody has to decide: deskui scope {of.ticket} in|out -m TEXT"
