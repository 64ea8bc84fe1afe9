"""`deskui upstream test`: does an adapter keep the contract?  It writes to the system, so it asks first."""

import sys
from collections.abc import Callable
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from deskui.cli import output
from deskui.cli.context import Context

if TYPE_CHECKING:
    from deskui.upstream.base import Upstream
    from deskui.upstream.conformance.running import Outcome

CUSTOMER = "deskui-test@nordkauf.example"
ASKED = """\
This writes to {name} ({url}) as {user}: some sixty new tickets{where}, whose subjects begin with
"deskui test: ", from {customer}, with replies to that address. No other ticket is touched.
At the end those that are still open are cancelled; nothing is deleted. It takes a minute or more."""
MARKS = {"passed": "ok    ", "failed": "FAILED", "skipped": "not   "}


def register(commands: Any, shared: Any) -> None:
    """Its place on the command line."""
    test = commands.add_parser("test", parents=[shared], help="does its adapter keep the contract? 1 if it does not")
    test.add_argument("name", metavar="NAME")
    test.add_argument("--yes", action="store_true", help="write there without asking")
    test.add_argument("--queue", metavar="QUEUE", default="", help="where its tickets go (default: where new ones do)")
    test.add_argument(
        "--customer", metavar="ADDRESS", default="deskui-test@nordkauf.example", help="whom they are from"
    )
    test.add_argument("--colleague", metavar="USER", default="", help="somebody to whom a ticket can be given")
    test.add_argument("--only", metavar="WORDS", default="", help="only the sentences with these words")
    test.set_defaults(run=run)


def run(context: Context) -> int:
    """Every sentence of the contract, one a line."""
    from deskui import adapters
    from deskui.cli.upstream import settings_of

    context.writable()
    if find_spec("pytest") is None:
        hint = "Install it beside deskui: `pipx inject deskui pytest`, or `pip install pytest` in its environment."
        raise output.Failure("usage", "this takes pytest, which is not installed", hint)
    args, settings = context.args, settings_of(context, context.args.name)
    cis = frozenset({"deskui-test"})
    with adapters.opened(context.home, settings, args.name, adapters.options(settings, args.name, cis)) as upstream:
        where = f" in {args.queue}" if args.queue else ""
        url, user = settings.upstream[args.name].url, upstream.login().user
        said = ASKED.format(name=args.name, url=url, user=user, where=where, customer=args.customer)
        output.say(said)
        if not _agreed(context):
            raise output.Failure("refused", "nothing was written", "--yes does it.")
        found, left = _tried(context, upstream)
    failed = [each for each in found if each.outcome == "failed"]
    document = {
        "upstream": args.name, "ok": not failed, "left": left,
        "tests": [{"name": each.name, "outcome": each.outcome, "why": each.why or None} for each in found],
    }  # fmt: skip
    counts = ", ".join(f"{sum(each.outcome == what for each in found)} {what}" for what in MARKS)
    context.show(document, [output.inert(f"{args.name}: {counts}")])
    return output.NOT_SO if failed or not found else output.DONE


def _agreed(context: Context) -> bool:
    if context.args.yes or context.json or not sys.stdin.isatty():
        return bool(context.args.yes)
    sys.stderr.write("Do it? y/N: ")
    sys.stderr.flush()
    return sys.stdin.readline().strip().lower() in ("y", "yes")


def _tried(context: Context, upstream: "Upstream") -> "tuple[list[Outcome], list[str]]":
    """The outcomes, each told when it is known; and the tickets that could not be cancelled."""
    from deskui.upstream.conformance import running

    args, found = context.args, list[Any]()
    world = running.alone(upstream, args.customer, args.colleague, args.queue)
    try:
        running.run(upstream, world, _teller(context, found), args.only)
    finally:
        left = world.clear()
        if left:
            output.say(output.inert(f"still open there: {', '.join(left)}"))
    return found, left


def _teller(context: Context, found: "list[Outcome]") -> "Callable[[Outcome], None]":
    def tell(each: "Outcome") -> None:
        found.append(each)
        if not context.json:
            why = f": {each.why}" if each.why else ""
            output.lines([output.inert(f"{MARKS[each.outcome]}  {each.name}{why}")])
            output.flush()

    return tell
