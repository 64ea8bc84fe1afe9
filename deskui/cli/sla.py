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
    with context.desk() as desk:
        found = desk.explaining(context.args.id)
    context.show(found, _people(found))
    return output.DONE


def _people(found: Mapping[str, Any]) -> Iterator[str]:
    for name, clock in found["clocks"].items():
        used = output.span(clock["elapsed_s"])
        yield f"{found['ticket']} {name}: {clock['state']}, used {used}, due {clock['due'] or '-'}"
        rows = [(span["from"], span["to"], output.span(span["counted_s"]), span["why"]) for span in clock["spans"]]
        yield from ("  " + row for row in output.table(("FROM", "TO", "COUNTED", "WHY"), rows))


def run_eval(context: Context) -> int:
    """The file's cases; a wrong schema is a usage error, a case that differs or fails ends with 1."""
    import json

    from deskui.domain import slacases

    name = context.args.file
    try:
        content = sys.stdin.read() if name == "-" else Path(name).read_text(encoding="utf-8")
        given = json.loads(content)
        found = slacases.evaluate(given)
    except (OSError, UnicodeDecodeError, json.JSONDecodeError) as error:
        raise output.Failure("usage", f"{name} cannot be read: {error}") from None
    except slacases.SchemaError as error:
        raise output.Failure("usage", f"{name}: {error}") from None
    wrong = slacases.differences(given, found) if context.args.check else []
    failed = [case for case, result in found["cases"].items() if "error" in result]
    for line in wrong:
        output.say(line)
    context.show(found, [f"{len(found['cases'])} cases, {len(failed)} failed, {len(wrong)} different"])
    return output.NOT_SO if wrong or failed else output.DONE
