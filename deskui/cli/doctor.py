"""`deskui doctor`: what is in order, what is not, and what to do about it."""

from pathlib import Path
from typing import Any

from deskui.cli import output
from deskui.cli.console import Add
from deskui.cli.context import Context

MARKS = {"ok": "ok  ", "warn": "WARN", "fail": "FAIL"}


def register(add: Add, _shared: Any) -> None:
    """Its place on the command line."""
    doctor = add("doctor", help="check terminal, config, store, keyring, upstreams, clock, ssh")
    doctor.add_argument(
        "--bundle", metavar="FILE", help="write a .tar.gz or .zip for who helps: no secret, no customer"
    )
    doctor.set_defaults(run=run)


def run(context: Context) -> int:
    """Every check, also when one fails."""
    from deskui.cli.checkup import checks

    done = checks(context)
    found: dict[str, Any] = {
        "ok": all(check.status != "fail" for check in done),
        "checks": [check.as_json() for check in done],
    }
    people = [f"{MARKS[check.status]}  {check.name}: {check.detail}" for check in done]
    if context.args.bundle:
        found["bundle"], made = _bundle(context, found["checks"])
        people += made
    context.show(found, map(_inert, people))
    if found["ok"]:
        return output.DONE
    away = any(check.away for check in done if check.status == "fail")
    return output.AWAY if away else output.NOT_SO


def _bundle(context: Context, checks: list[dict[str, Any]]) -> tuple[str, list[str]]:
    """The file that was written, and what is said of it."""
    from deskui.cli import bundle, checkup

    path = Path(context.args.bundle).expanduser().absolute()
    bundle.write(path, context.home, checkup.settings(context.home), checks)
    said = [f"{path} (only you can read it) has:", *(f"  {name:14} {what}" for name, what in bundle.CONTENTS.items())]
    return str(path), [*said, "Look through it before you give it to anybody."]


def _inert(line: str) -> str:
    from deskui import text

    return text.line(line)
