"""The one place where errors become exit codes."""

import os
import sys
from collections.abc import Callable, Sequence
from types import SimpleNamespace
from typing import Any, TextIO

from deskui.cli import asking, console, output
from deskui.cli.context import DEFAULTS, Command, Context


def run(argv: Sequence[str], aside: Callable[[], None] = lambda: None) -> int:
    """Run a command and give its exit code; `aside` clears the terminal for what is to be said there."""
    try:
        return _run(argv, aside)
    except SystemExit as ended:  # argparse has shown its help
        return ended.code if isinstance(ended.code, int) else output.DONE
    except BrokenPipeError:
        return output.DONE
    finally:
        let_go(sys.stdout)
        let_go(sys.stderr)


def _run(argv: Sequence[str], aside: Callable[[], None]) -> int:
    as_json = "--json" in argv
    try:
        args = _parsed(argv)
        as_json = args.json
        if args.no_color:
            os.environ["NO_COLOR"] = "1"
        return _flushed(_command(args), Context(args))
    except output.Failure as failure:
        aside()
        return output.failed(failure, as_json=as_json)
    except KeyboardInterrupt:
        return 130


def let_go(stream: TextIO) -> None:
    """Nobody may be there to read the rest (a pipe or a terminal that is gone): that is no error of ours."""
    try:
        stream.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def _parsed(argv: Sequence[str]) -> Any:
    """The arguments; the console without any must start at once, and needs no parser for that."""
    if not argv:
        return SimpleNamespace(**DEFAULTS)
    from deskui.cli import parser

    return parser.parsed(argv)


def _flushed(command: Command, context: Context) -> int:
    from deskui.cli.failures import translated

    with translated():
        asking.arm(context)
        code = command(context)
    sys.stdout.flush()
    return code


def _command(args: Any) -> Command:
    chosen: Command = args.run or console.run
    return chosen
