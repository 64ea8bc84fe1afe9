"""`deskui diag`: runbooks, without a screen."""

import signal
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from deskui.cli import output
from deskui.cli.console import Add
from deskui.cli.context import Context


def register(add: Add, shared: Any) -> None:
    """Its place on the command line."""
    sub = add("diag", help="runbooks: list, run").add_subparsers(metavar="list|run", required=True)
    sub.add_parser("list", parents=[shared], help="the runbooks").set_defaults(run=run_list)
    run = sub.add_parser("run", parents=[shared], help="a runbook on a host")
    run.add_argument("runbook", metavar="RUNBOOK")
    run.add_argument("host", metavar="HOST", help="a configuration item, an ssh alias, or local")
    run.add_argument("--ticket", metavar="ID", help="attach what was found as a work note")
    run.set_defaults(run=run_run)


def run_list(context: Context) -> int:
    """What can be run."""
    with context.desk() as desk:
        books = desk.services.diagnose.runbooks()
    found = [{"name": book.name, "title": book.title, "steps": [step.id for step in book.steps]} for book in books]
    rows = [(book["name"], len(book["steps"]), book["title"]) for book in found]
    context.show({"runbooks": found}, output.table(("RUNBOOK", "STEPS", "TITLE"), rows))
    return output.DONE


def run_run(context: Context) -> int:
    """Run it; each step is told as it ends."""
    context.writable()
    args = context.args
    with context.desk() as desk:
        ticket = context.find(desk, args.ticket) if args.ticket else None
        diagnose = desk.services.diagnose
        known = [book.name for book in diagnose.runbooks()]
        if args.runbook not in known:
            raise output.Failure("usage", f"there is no runbook {args.runbook!r}; there are: {', '.join(known)}")
        with _stoppable() as cancel:
            result = diagnose.run(args.runbook, args.host, ticket.id if ticket else None, cancel=cancel)
        if ticket and result.steps:
            diagnose.attach(result, ticket.id).result()
    found = result.as_json()
    if result.error is not None:
        raise output.Failure(result.error.kind, result.error.message, result.error.hint, document=found)
    context.show(found, _people(found))
    return output.DONE if found["ok"] else output.NOT_SO


@contextmanager
def _stoppable() -> Iterator[threading.Event]:
    """Set by SIGINT and SIGTERM: the run ends, and nothing is left running on the host."""
    cancel, heard = threading.Event(), list[int]()

    def end(number: int, _frame: object) -> None:
        heard.append(number)
        if len(heard) == 1:  # a second one may come while the Event holds its lock
            cancel.set()

    before = {number: signal.signal(number, end) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield cancel
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _people(found: Mapping[str, Any]) -> Iterator[str]:
    yield f"{found['runbook']} on {found['host']}: {'ok' if found['ok'] else 'NOT OK'} ({found['seconds']:.1f} s)"
    rows = [(step["status"], step["id"], _value(step), step["finding"] or "") for step in found["steps"]]
    yield from output.table(("STATUS", "STEP", "VALUE", "FINDING"), rows)


def _value(step: Mapping[str, Any]) -> str:
    if step["value"] is None:
        return "-"
    return f"{step['value']}{' ' + step['unit'] if step['unit'] else ''}"
