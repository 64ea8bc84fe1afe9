"""What a command is given: its arguments, its home, and the desk, opened when it is asked for."""

import os
import sys
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from deskui.cli import output

if TYPE_CHECKING:
    from argparse import Namespace

    from deskui.domain.ticket import Ticket
    from deskui.wiring import Opened

Command = Callable[["Context"], int]
DEFAULTS = {"json": False, "home": None, "as_": None, "read_only": False, "no_color": False, "run": None}


class Context:
    """One run of one command."""

    def __init__(self, args: "Namespace") -> None:
        self.args = args
        self.json: bool = args.json
        self.read_only: bool = args.read_only
        self.home = home_of(args.home)

    @property
    def me(self) -> str | None:
        """Who works here, as said on the command line or by DESKUI_USER."""
        return self.args.as_ or os.environ.get("DESKUI_USER") or None

    def desk(self, **options: Any) -> "AbstractContextManager[Opened]":
        """The configured desk, for a `with`."""
        from deskui import wiring

        return wiring.desk(self.home, me=self.me, read_only=self.read_only, **options)

    def find(self, desk: "Opened", name: str) -> "Ticket":
        """The ticket of that id; unknown_ticket if there is none."""
        ticket = desk.services.desk.ticket(name)
        if ticket is None:
            raise output.Failure("unknown_ticket", f"there is no ticket {name}", "See `deskui list --all`.")
        return ticket

    def upstream(self, desk: "Opened", name: str | None) -> None:
        """Refuse an upstream that the configuration does not name."""
        if name is not None and name not in desk.settings.upstream:
            known = ", ".join(desk.settings.upstream) or "none"
            raise output.Failure("usage", f"there is no upstream {name!r}; config.toml has: {known}")

    def writable(self) -> None:
        """Refuse what --read-only rules out."""
        if self.read_only:
            raise output.Failure("refused", "this is a read-only session: nothing is changed", "Leave --read-only out.")

    def show(self, document: Any, people: Iterable[str]) -> None:
        """The result: the document with --json, else the lines for people."""
        if self.json:
            output.document(document)
        else:
            output.lines(people)


def home_of(given: str | None) -> Path:
    """The folder with `config.toml` and `desk.db`: --home, DESKUI_HOME, else the platform's place."""
    named = given or os.environ.get("DESKUI_HOME")
    if named:
        return Path(named).expanduser().absolute()
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Application Support" / "deskui"
    return Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share") / "deskui"
