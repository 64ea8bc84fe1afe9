"""`deskui sla`: why a clock says what it says, and the worked cases of the SLA rules."""

import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from deskui.cli import output
from deskui.cli.console import Add
from deskui.cli.context import Context


def register(add: Add, shared: Any) -> None:
    """Its place on the command line."""
    sub = add("sla", help="clocks: explain, eval").add_subparsers(metavar="explain|eval", required=True)
    explain = sub.add_parser("explain", parents=[shared], help="every counted and uncounted stretch of a ticket")
    explain.add_argument("id", metavar="ID")
    explain.set_defaults(run=run_explain)
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
    if not found["clocks"]:
        yield f"{found['ticket']}: its clocks are not known yet (or it has none)"
    for name, clock in found["clocks"].items():
        used = output.span(clock["elapsed_s"])
        yield f"{found['ticket']} {name}: {clock['state']}, used {used}, due {clock['due'] or '-'}"
        rows = [(span["from"], span["to"], output.span(span["counted_s"]), span["why"]) for span in clock["spans"]]
        yield from ("  " + row for row in output.table(("FROM", "TO", "COUNTED", "WHY"), rows))


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
