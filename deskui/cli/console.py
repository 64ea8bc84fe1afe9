"""`deskui` and `deskui demo`: the console."""

import gc
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from deskui.cli import output
from deskui.cli.context import Context

if TYPE_CHECKING:
    from argparse import ArgumentParser

Add = Callable[..., "ArgumentParser"]


def register(add: Add, _shared: Any) -> None:
    """Its place on the command line."""
    demo = add("demo", help="the console on a scratch copy of the demo desk")
    demo.set_defaults(run=run_demo)
    console = add("console", help="the console on the configured desk (the same as no command)")
    console.set_defaults(run=run)


def run(context: Context) -> int:
    """The console on the configured desk; where there is none, the question what to do."""
    _needs_terminal(context)
    if not (context.home / "config.toml").exists():
        from deskui.cli import question

        return question.ask(context, run_demo)
    return _repaired(context)


def _console(context: Context) -> int:
    gc.disable()  # until the first paint nothing is thrown away that would be worth a search
    with context.desk(at_once=True) as desk:
        return desk.console()


def _repaired(context: Context) -> int:
    """Where the store is damaged, now or by the end, somebody is asked what to do about it."""
    from deskui.store import quarantine

    try:
        code = _console(context)
    except quarantine.Damaged as error:
        said = quarantine.noted(context.home / "desk.db") or str(error)
    else:
        said = quarantine.noted(context.home / "desk.db")
    if not said:
        return code
    from deskui.cli import damaged

    return damaged.ask(context, said, _repaired)


def run_demo(context: Context) -> int:
    """The console on the demo desk, in a folder that is removed at the end."""
    _needs_terminal(context)
    from deskui.wiring.demo import demo

    with demo(me=context.me, read_only=context.read_only) as desk:
        return desk.console()


def _needs_terminal(context: Context) -> None:
    if context.json:
        raise output.Failure("usage", "the console has no --json", "Use `deskui list --json` and the like.")
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise output.Failure(
            "usage", "the console needs a terminal", "In a script use `deskui list`, `show`, `do`, `sync`: see --help."
        )
