"""`deskui man`: the manual page, from the parser and the table of actions."""

import argparse
from collections.abc import Iterator
from typing import Any

from deskui.cli import output
from deskui.cli.console import Add
from deskui.cli.context import Context

FILES = (
    ("config.toml", "the configuration"),
    ("desk.db", "the store: tickets, what waits to be sent, clocks"),
    ("contracts, runbooks, templates, themes", "folders for what is your own"),
)
ENVIRONMENT = (
    ("DESKUI_HOME", "the folder with config.toml and desk.db"),
    ("DESKUI_USER", "who works here"),
    ("DESKUI_OUTPUT=plain", "send whole lines, for a terminal that gets the thin output wrong"),
    ("DESKUI_KITTY_KEYS=0", "do not ask for kitty's key protocol"),
    ("NO_COLOR", "no colours"),
)
EXIT = (("0", "done"), ("1", "not so, or refused"), ("2", "wrong usage or configuration"), ("3", "out of reach"))


def register(add: Add, _shared: Any) -> None:
    """Its place on the command line."""
    add("man", help="the manual page, on stdout: deskui man | man -l -").set_defaults(run=run)


def run(context: Context) -> int:
    """As troff, with the keys in force."""
    from deskui.cli.keys import in_force
    from deskui.cli.parser import parser

    page = list(_page(parser(), in_force(context)[1].actions))
    context.show({"page": "\n".join(page) + "\n"}, page)
    return output.DONE


def _page(top: argparse.ArgumentParser, actions: Any) -> Iterator[str]:
    from deskui.ui.actions import WHERE
    from deskui.ui.keynames import show

    yield from ('.TH DESKUI 1 "" "deskui"', ".SH NAME", f"deskui \\- {_plain(top.description or '')}", ".SH SYNOPSIS")
    yield from (".B deskui", "[options] [command]", ".SH DESCRIPTION", _plain(top.epilog or ""), ".SH OPTIONS")
    yield from _options(top)
    yield ".SH COMMANDS"
    yield from _commands(top, "deskui")
    yield from (".SH KEYS", "Every action can also be typed after : or found in the palette.")
    for scope, where in WHERE.items():
        yield f'.SS "{where}"'
        for each in (action for action in actions if action.scope == scope):
            words = f":{each.word} {each.takes}".strip()
            yield from _entry(f"{'  '.join(map(show, each.keys))}  {words}".strip(), each.tip)
    for title, rows in (("FILES", FILES), ("ENVIRONMENT", ENVIRONMENT), ("EXIT STATUS", EXIT)):
        yield f".SH {title}"
        for name, said in rows:
            yield from _entry(name, said)


def _commands(of: argparse.ArgumentParser, name: str) -> Iterator[str]:
    for argument in of._actions:
        if isinstance(argument, argparse._SubParsersAction):
            told = {choice.dest: choice.help or "" for choice in argument._choices_actions}
            for word, sub in argument.choices.items():
                yield f'.SS "{name} {word}"'
                yield _plain(told.get(word, ""))
                yield from _options(sub, shared=False)
                yield from _commands(sub, f"{name} {word}")


def _options(of: argparse.ArgumentParser, shared: bool = True) -> Iterator[str]:
    """Its arguments; those that every command has stand once, at the top."""
    for group in of._action_groups:
        for argument in group._group_actions if shared or group.title != "everywhere" else ():
            if argument.help in (None, argparse.SUPPRESS) or argument.dest == "help":
                continue
            names = ", ".join(argument.option_strings) or str(argument.metavar or argument.dest)
            value = f" {argument.metavar}" if argument.option_strings and argument.metavar else ""
            yield from _entry(f"{names}{value}", str(argument.help))


def _entry(name: str, said: str) -> tuple[str, str, str]:
    return ".TP", f"\\fB{_plain(name)}\\fR", _plain(said)


def _plain(text: str) -> str:
    """Nothing in it is a command of troff, no hyphen is made typographic, and all of it is ASCII."""
    inert = output.inert(text).replace("\\", "\\e").replace("-", "\\-").replace("%%", "%")
    inert = "".join(each if each.isascii() else f"\\[u{ord(each):04X}]" for each in inert)
    return f"\\&{inert}" if inert.startswith((".", "'")) else inert
