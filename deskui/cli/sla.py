"""`deskui sla`: why a clock says what it says, what may be changed about it, and worked cases of the SLA rules."""

import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from deskui.cli import output, slawork
from deskui.cli.console import Add
from deskui.cli.context import Context
from deskui.cli.times import TOLD, TOLD_END

CLOCKS = ("response", "resolution", "update")


def register(add: Add, shared: Any) -> None:
    """Its place on the command line."""
    words = "explain|exclude|reason|breaches|rebuild|eval"
    sub = add("sla", help=f"clocks: {words.replace('|', ', ')}").add_subparsers(metavar=words, required=True)
    explain = sub.add_parser("explain", parents=[shared], help="every counted and uncounted stretch of a ticket")
    explain.add_argument("id", metavar="ID")
    explain.set_defaults(run=run_explain)
    exclude = sub.add_parser("exclude", parents=[shared], help="time agreed not to count, approved by somebody else")
    exclude.add_argument("id", metavar="ID")
    exclude.add_argument("start", metavar="FROM", nargs="?", help=TOLD)
    exclude.add_argument("end", metavar="TO", nargs="?", help=TOLD_END)
    exclude.add_argument("--reason", metavar="R", default="", help="one that the contract allows")
    exclude.add_argument("--approver", metavar="WHO", required=True)
    exclude.add_argument("-m", dest="note", metavar="TEXT", default="")
    exclude.add_argument("--take-back", metavar="UID", help="let this exclusion count no longer")
    exclude.set_defaults(run=slawork.run_exclude)
    reason = sub.add_parser("reason", parents=[shared], help="why a clock was missed")
    reason.add_argument("id", metavar="ID")
    reason.add_argument("clock", metavar="CLOCK", choices=CLOCKS, help=", ".join(CLOCKS))
    reason.add_argument("text", metavar="TEXT")
    reason.set_defaults(run=slawork.run_reason)
    breaches = sub.add_parser("breaches", parents=[shared], help="every breach on record, with its reason")
    breaches.add_argument("--customer", metavar="NAME")
    breaches.set_defaults(run=slawork.run_breaches)
    rebuild = sub.add_parser("rebuild", parents=[shared], help="all clocks by today's policy, calendars and holidays")
    rebuild.add_argument("--rewrite", action="store_true", help="alter clocks that have stopped, too")
    rebuild.add_argument("--holidays", action="store_true", help="take newer lists of holidays over first")
    rebuild.set_defaults(run=slawork.run_rebuild)
    evaluate = sub.add_parser("eval", parents=[shared], help="compute the cases of a file")
    evaluate.add_argument("file", metavar="FILE", help="- is standard input")
    evaluate.add_argument("--check", action="store_true", help="compare with what each case expects")
    evaluate.set_defaults(run=run_eval)


def run_explain(context: Context) -> int:
    """The spans of each clock, and the rule that made them count or not."""
    from deskui.services import present

    with context.desk() as desk:
        found = present.explaining(desk.services.desk, context.args.id, desk.now())
    context.show(found, _people(found))
    return output.DONE


def _people(found: Mapping[str, Any]) -> Iterator[str]:
    contract = found["contract"]
    since = f", in force since {contract['effective']}" if contract["effective"] else ""
    yield output.inert(f"{found['ticket']}: by the contract {contract['name']}{since}")
    if not found["clocks"]:
        yield f"{found['ticket']}: its clocks are not known yet (or it has none)"
    for name, clock in found["clocks"].items():
        used = output.span(clock["elapsed_s"])
        stays = "; figures kept from before a change of the rules" if clock["kept"] else ""
        yield f"{found['ticket']} {name}: {clock['state']}, used {used}, due {clock['due'] or '-'}{stays}"
        rows = [(span["from"], span["to"], output.span(span["counted_s"]), span["words"]) for span in clock["spans"]]
        yield from ("  " + row for row in output.table(("FROM", "TO", "COUNTED", "WHY"), rows))
    for each in found["exclusions"]:
        agreed = f"{each['reason']}, asked for by {each['author']}, approved by {each['approver']}"
        yield output.inert(f"excluded from {each['from']} to {each['to']}: {agreed} ({each['exclusion']})")
    yield f"by the contract {output.inert(contract['name'])}:"
    for rule in found["policy"]:
        yield output.inert(f"  - {rule}")


def run_eval(context: Context) -> int:
    """The file's cases; a wrong schema is a usage error, a case that differs or fails ends with 1."""
    from deskui.domain import slacases

    document = _read(context.args.file)
    try:
        found = slacases.evaluate(document)
        different = slacases.check(document, found) if context.args.check else []
    except slacases.CasesError as error:
        raise output.Failure("usage", f"{context.args.file}: {error}") from None
    failed = slacases.failed(found)
    for case in failed:
        output.say(f"{case}: {found['cases'][case]['error']}")
    for line in different:
        output.say(line)
    context.show(found, [f"{len(found['cases'])} cases, {len(failed)} failed, {len(different)} different"])
    return output.NOT_SO if different or failed else output.DONE


def _read(name: str) -> Any:
    import json

    try:
        return json.loads(sys.stdin.read() if name == "-" else Path(name).read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise output.Failure("usage", f"{name} cannot be read: {error}") from None
