"""`deskui completions`: what a shell needs to complete deskui's commands, options and action ids."""

import argparse
from typing import Any

from deskui.cli import output
from deskui.cli.console import Add
from deskui.cli.context import Context

SHELLS = ("bash", "zsh", "fish")


def register(add: Add, _shared: Any) -> None:
    """Its place on the command line."""
    made = add("completions", help="completion for a shell, on stdout: bash, zsh, fish")
    made.add_argument("shell", choices=SHELLS, help="which shell")
    made.set_defaults(run=run)


def run(context: Context) -> int:
    """From the parser itself, so it never differs from what the commands take."""
    import shtab  # as long to import as the rest of the command line

    from deskui.cli.parser import parser

    script = shtab.complete(named(parser()), shell=context.args.shell)
    context.show({"shell": context.args.shell, "script": script}, script.splitlines())
    return output.DONE


def named(top: argparse.ArgumentParser) -> argparse.ArgumentParser:
    """The parser, its ACTION arguments knowing the ids and words of the table."""
    from deskui.ui.actions import ACTIONS

    words = sorted({action.id for action in ACTIONS} | {action.word for action in ACTIONS if " " not in action.word})
    for argument in _arguments(top):
        if argument.metavar == "ACTION":
            argument.choices = words
    return top


def _arguments(of: argparse.ArgumentParser) -> list[argparse.Action]:
    found = []
    for argument in of._actions:
        found.append(argument)
        if isinstance(argument, argparse._SubParsersAction):
            for sub in argument.choices.values():
                found += _arguments(sub)
    return found
