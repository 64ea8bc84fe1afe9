"""The command line as argparse knows it."""

import argparse
import sys
from collections.abc import Sequence
from importlib import import_module
from typing import Any, NoReturn

from deskui.cli import output
from deskui.cli.context import DEFAULTS

_GROUPS = (
    "console", "first", "doctor", "syncing", "watch", "queue", "view", "single", "bulk", "draft", "attachment",
    "conflicts", "upstream", "secret", "link", "split", "tag", "follow", "sla", "contract", "scope", "uptime", "diag",
    "ci", "customer", "template", "kb", "theme", "storework", "keys", "completions", "man", "generate",
)  # fmt: skip


class Parser(argparse.ArgumentParser):
    """An argument parser whose complaints are ours."""

    def error(self, message: str) -> NoReturn:
        raise output.Failure("usage", message, f"See `{self.prog} --help`.")


def parsed(argv: Sequence[str]) -> argparse.Namespace:
    """The arguments; where only the console is asked for, without what the commands are made of."""
    if set(argv).isdisjoint(("-h", "--help", "--version")):
        args, rest = _shared().parse_known_args(argv, argparse.Namespace(**DEFAULTS))
        if not rest:
            return args
    args = parser().parse_args(argv, argparse.Namespace(**DEFAULTS))
    from deskui.cli.single import spread

    spread(args)
    return args


class _Version(argparse.Action):
    """Looks the version up only when it is asked for."""

    def __call__(self, *_: Any) -> NoReturn:
        from importlib.metadata import version

        print(f"deskui {version('deskui')}")
        sys.exit(output.DONE)


def parser() -> argparse.ArgumentParser:
    """The whole command line."""
    shared = _shared()
    top = Parser(
        prog="deskui",
        description="A terminal console for the technicians of a managed service provider.",
        epilog="Without a command: the console on the configured desk.",
        parents=[shared],
        allow_abbrev=False,
    )
    top.add_argument("--version", action=_Version, nargs=0, help="show the version")
    commands = top.add_subparsers(metavar="COMMAND", parser_class=Parser)
    for name in _GROUPS:
        group = import_module(f"deskui.cli.{name}")
        group.register(lambda name, **kw: commands.add_parser(name, parents=[shared], allow_abbrev=False, **kw), shared)
    return top


def _shared() -> Parser:
    """The options that may stand before and after the command."""
    shared = Parser(prog="deskui", add_help=False, allow_abbrev=False, argument_default=argparse.SUPPRESS)
    group = shared.add_argument_group("everywhere")
    group.add_argument("--json", action="store_true", help="one JSON document on stdout, nothing else there")
    group.add_argument("--home", metavar="DIR", help="the folder with config.toml and desk.db (DESKUI_HOME)")
    group.add_argument("--as", dest="as_", metavar="NAME", help="who works here (DESKUI_USER)")
    group.add_argument("--read-only", action="store_true", help="no changes, no SSH; still pulls")
    group.add_argument("--no-color", action="store_true", help="no colours")
    return shared
