"""`deskui keys`: every action with the keys in force, whether the configured ones fit, and what the terminal sends."""

import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from deskui import config
from deskui.cli import output
from deskui.cli.console import Add
from deskui.cli.context import Context

if TYPE_CHECKING:
    from deskui.ui.remap import Keys


def register(add: Add, shared: Any) -> None:
    """Its place on the command line."""
    keys = add("keys", help="every action and its keys: list, check, test")
    keys.set_defaults(run=run_list, actions=[])
    sub = keys.add_subparsers(metavar="list|check|test")
    listed = sub.add_parser("list", parents=[shared], help="every action with its keys, by screen")
    listed.add_argument("actions", metavar="ACTION", nargs="*", help="only these: an id, or the word after `:`")
    listed.set_defaults(run=run_list)
    check = sub.add_parser("check", parents=[shared], help="whether [keys] of config.toml fits; 1 if not")
    check.set_defaults(run=run_check)
    test = sub.add_parser("test", parents=[shared], help="show what arrives from this terminal for each key")
    test.set_defaults(run=run_test)


def in_force(context: Context) -> "tuple[str, Keys]":
    """The preset, and the actions with the configured keys.  ConfigError."""
    from deskui.ui import remap

    settings = config.load(context.home / "config.toml")
    return settings.ui.keys, remap.in_force(settings.ui.keys, settings.keys)


def run_list(context: Context) -> int:
    """The table, in the order of the screens."""
    from deskui.ui.actions import WHERE
    from deskui.ui.keynames import show

    preset, keys = in_force(context)
    wanted = context.args.actions
    found = [each for where in WHERE for each in keys.actions if each.scope == where]
    found = [each for each in found if not wanted or each.id in wanted or each.word in wanted]
    if wanted and not found:
        raise output.Failure("usage", f"there is no action {' '.join(wanted)}", "`deskui keys` lists them all.")
    document = [
        {
            "id": each.id, "where": WHERE[each.scope], "keys": [show(key) for key in each.keys], "word": each.word,
            "takes": each.takes, "tip": each.tip, "needs": each.needs.split(),
        }
        for each in found
    ]  # fmt: skip
    rows = [(WHERE[e.scope], " ".join(map(show, e.keys)) or "-", e.id, f":{e.word}", e.tip) for e in found]
    context.show({"preset": preset, "actions": document}, output.table(("WHERE", "KEYS", "ID", "COMMAND", ""), rows))
    return output.DONE


def run_check(context: Context) -> int:
    """Each line of `[keys]` that does not fit, with what to do; 1 if there is one."""
    path = context.home / "config.toml"
    preset, keys = in_force(context)
    problems = [{"line": _line(context, fault.id), **fault._asdict()} for fault in keys.faults]
    document = {"ok": not problems, "file": str(path), "preset": preset, "problems": problems}
    context.show(document, _people(path, problems))
    return output.NOT_SO if problems else output.DONE


def _line(context: Context, name: str) -> int | None:
    from deskui.tomllines import line_of

    return line_of((context.home / "config.toml").read_text(encoding="utf-8"), ("keys", name))


def _people(path: Any, problems: list[dict[str, Any]]) -> Iterator[str]:
    if not problems:
        yield output.inert(f"{path}: the keys are ok")
    for each in problems:
        yield output.inert(f"wrong: {path}, line {each['line']}: {each['id']}: {each['problem']}")
        yield output.inert(f"       {each['remedy']}")


def run_test(context: Context) -> int:
    """What arrives for each key, until Esc twice or ^C."""
    if context.json or not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise output.Failure("usage", "keys test needs a terminal to press keys on", "Run it in the terminal itself.")
    _, keys = in_force(context)
    from deskui.ui import keytest

    keytest.run(sys.stdin.fileno(), sys.stdout.fileno(), keys.actions)
    return output.DONE
