"""The parser, and the one place where errors become exit codes."""

import argparse
import os
import sys
from collections.abc import Sequence
from importlib import import_module
from typing import Any, NoReturn, TextIO

from deskui.cli import console, output
from deskui.cli.context import Command, Context

_GROUPS = (
    "console", "first", "doctor", "syncing", "queue", "single", "conflicts", "sla", "contract", "scope", "uptime",
    "diag", "ci", "generate",
)  # fmt: skip


class Parser(argparse.ArgumentParser):
    """An argument parser whose complaints are ours."""

    def error(self, message: str) -> NoReturn:
        raise output.Failure("usage", message, f"See `{self.prog} --help`.")


def run(argv: Sequence[str]) -> int:
    """Run a command and give its exit code."""
    try:
        return _run(argv)
    except SystemExit as ended:  # argparse has shown its help
        return ended.code if isinstance(ended.code, int) else output.DONE
    except BrokenPipeError:
        return output.DONE
    finally:
        let_go(sys.stdout)
        let_go(sys.stderr)


def _run(argv: Sequence[str]) -> int:
    as_json = "--json" in argv
    try:
        args = _parsed(argv)
        as_json = args.json
        if args.no_color:
            os.environ["NO_COLOR"] = "1"
        return _flushed(_command(args), Context(args))
    except output.Failure as failure:
        return output.failed(failure, as_json=as_json)
    except KeyboardInterrupt:
        return 130


def let_go(stream: TextIO) -> None:
    """Nobody may be there to read the rest (a pipe or a terminal that is gone): that is no error of ours."""
    try:
        stream.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def _parsed(argv: Sequence[str]) -> argparse.Namespace:
    """The arguments; for the console, which must start at once, without what the commands are made of."""
    defaults = argparse.Namespace(**_DEFAULTS)
    if set(argv).isdisjoint(("-h", "--help", "--version")):
        args, rest = _shared().parse_known_args(argv, argparse.Namespace(**_DEFAULTS))
        if not rest:
            return args
    args = parser().parse_args(argv, defaults)
    from deskui.cli.single import spread

    spread(args)
    return args


_DEFAULTS = {"json": False, "home": None, "as_": None, "read_only": False, "no_color": False, "run": None}


def _flushed(command: Command, context: Context) -> int:
    from deskui.cli.failures import translated

    with translated():
        code = command(context)
    sys.stdout.flush()
    return code


def _command(args: argparse.Namespace) -> Command:
    chosen: Command = args.run or console.run
    return chosen


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
