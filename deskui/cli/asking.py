"""A missing password is asked for where a person is at the terminal and no keyring is there: once a run."""

import sys

from deskui.cli.context import Context

NEVER = ("deskui.cli.console", "deskui.cli.doctor", "deskui.cli.first")  # a screen, a report, what asks by itself


def arm(context: Context) -> None:
    """Let what needs a secret ask for it, if this command may."""
    run = context.args.run
    if run is None or run.__module__ in NEVER or context.json:
        return
    if somebody():
        from deskui import secrets

        secrets.ask(typed)


def somebody() -> bool:
    """Whether a person can see a question and answer it."""
    return sys.stdin.isatty() and sys.stderr.isatty()


def typed(name: str) -> str:
    """What is typed, unseen; nothing if they give up."""
    from getpass import getpass

    from deskui.secrets import AGAIN, FILE

    said = {FILE: "Passphrase of the secrets file: ", AGAIN: "Once more, since the file is new: "}
    try:
        return getpass(said.get(name, f"Password or token for {name} (kept in memory for this run): "), sys.stderr)
    except EOFError:
        return ""
