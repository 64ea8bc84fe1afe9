"""`deskui doctor`: what is in order, what is not, and what to do about it."""

from typing import Any

from deskui.cli import output
from deskui.cli.console import Add
from deskui.cli.context import Context

MARKS = {"ok": "ok  ", "warn": "WARN", "fail": "FAIL"}


def register(add: Add, _shared: Any) -> None:
    """Its place on the command line."""
    add("doctor", help="check terminal, config, store, keyring, upstreams, clock, ssh").set_defaults(run=run)


def run(context: Context) -> int:
    """Every check, also when one fails."""
    from deskui.cli.checkup import checks

    done = checks(context)
    found = {"ok": all(check.status != "fail" for check in done), "checks": [check.as_json() for check in done]}
    people = [f"{MARKS[check.status]}  {check.name}: {check.detail}" for check in done]
    context.show(found, map(_inert, people))
    if found["ok"]:
        return output.DONE
    away = any(check.away for check in done if check.status == "fail")
    return output.AWAY if away else output.NOT_SO


def _inert(line: str) -> str:
    from deskui import text

    return text.line(line)
