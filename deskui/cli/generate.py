"""`deskui desk-gen`: a desk made up for benchmarks."""

import os
from typing import Any

from deskui.cli import output
from deskui.cli.console import Add
from deskui.cli.context import Context


def register(add: Add, _shared: Any) -> None:
    """Its place on the command line."""
    made = add("desk-gen", help="N realistic tickets in a new home, for benchmarks")
    made.add_argument("count", type=int, metavar="N")
    made.add_argument("--open", type=float, default=5.0, metavar="PERCENT", help="how many are open (default: 5)")
    made.add_argument("--seed", type=int, default=1, metavar="N", help="the same number makes the same desk")
    made.set_defaults(run=run)


def run(context: Context) -> int:
    """Fill an empty home."""
    context.writable()
    args = context.args
    if args.home is None and not os.environ.get("DESKUI_HOME"):
        raise output.Failure("usage", "desk-gen needs --home DIR", "It fills a home of its own, never the usual one.")
    if args.count < 0 or not 0 <= args.open <= 100:
        raise output.Failure("usage", "N is at least 0, and PERCENT is from 0 to 100")
    from deskui import resources
    from deskui.services import deskgen

    if (context.home / "desk.db").exists():
        raise output.Failure("usage", f"{context.home} has a desk already", "Name a new folder with --home DIR.")
    context.home.mkdir(mode=0o700, parents=True, exist_ok=True)
    deskgen.write_config(context.home)
    with context.desk() as desk:
        deskgen.generate(
            desk.store, args.count, open_percent=args.open, seed=args.seed, now=desk.now(),
            folder=resources.data() / "demo",
        )  # fmt: skip
    context.show({"home": str(context.home), "tickets": args.count}, [f"{args.count} tickets in {context.home}"])
    return output.DONE
