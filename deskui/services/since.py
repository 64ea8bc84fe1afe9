"""What happened while somebody's console was closed: since when is kept beside the store, each minute and at the end.

In a file of its own: a commit each minute would make every other console read its rows again.
"""

import contextlib
import os
from collections import Counter
from collections.abc import Iterable
from concurrent.futures import Future
from pathlib import Path
from typing import Any
from urllib.parse import quote

from deskui.domain.when import iso
from deskui.services.desk import Desk
from deskui.store import past
from deskui.store.past import Item as Item  # screens name it, and may not import the store

KEEP_S = 60
WORDS = {
    "new": "new", "reply": "customer's reply", "change": "change by others", "breach": "breach",
    "threshold": "threshold", "sent": "sent", "conflict": "conflict", "rejected": "rejected",
    "follow": "follow-up", "offline": "sync outage", "online": "back in sync",
}  # fmt: skip
MANY = {
    "new": "new", "reply": "customers' replies", "change": "changes by others", "breach": "breaches", "sent": "sent",
    "online": "back in sync", "rejected": "rejected",
}  # fmt: skip
HINTED = ("breach", "new", "reply", "conflict", "rejected", "follow", "change", "offline")


class Since:
    """Of one person at one desk; `left` is when their last console closed, known once it was first asked for."""

    def __init__(self, desk: Desk, me: str, home: Path) -> None:
        self._desk, self._me = desk, me
        self._path = home / "left" / (quote(me, safe="") or "nobody")
        self.left = self._read()

    def _read(self) -> int | None:
        try:
            return int(self._path.read_text("ascii"))
        except (OSError, ValueError):
            return None

    def keep(self, now: int) -> None:
        """The console is open now: so far nothing was missed.  Where nothing can be written, nothing is."""
        part = self._path.with_name(f"{self._path.name}.{os.getpid()}.part")
        with contextlib.suppress(OSError):
            self._path.parent.mkdir(mode=0o700, exist_ok=True)
            file = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
            with os.fdopen(file, "w", encoding="ascii") as out:
                out.write(str(now))
            part.replace(self._path)

    def items(self, at: int) -> "Future[list[Item]]":
        """Everything from `at` on, the newest first; on the reader thread."""
        mine = self._desk.names()
        return self._desk.store.ask("since", lambda db: past.since(db, at, self._me, mine))


def counted(found: Iterable[Item], kinds: Iterable[str] = WORDS) -> str:
    """`1 breach, 3 new, 2 customers' replies`; empty: nothing of these kinds."""
    counts = Counter(each.kind for each in found)
    return ", ".join(
        f"{counts[kind]} {WORDS[kind] if counts[kind] == 1 else MANY.get(kind, WORDS[kind] + 's')}"
        for kind in kinds if counts[kind]
    )  # fmt: skip


def document(found: Iterable[Item]) -> list[dict[str, Any]]:
    """As JSON; raw texts."""
    return [
        {"at": iso(each.at), "kind": each.kind, "ticket": each.ticket or None, "text": each.text,
         "subject": each.subject} for each in found
    ]  # fmt: skip
