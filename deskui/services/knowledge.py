"""What is known already: one search over the tickets that were resolved and the Markdown files under `kb`."""

import stat
from collections.abc import Iterator
from concurrent.futures import Future
from functools import partial
from itertools import islice
from pathlib import Path

from deskui.domain import knowledge
from deskui.domain.knowledge import Known
from deskui.services.desk import Desk
from deskui.store import queue, search, tickets
from deskui.store.driver import Connection

FOUND = 30  # findings of one search
MOST_FILES = 500
MOST_BYTES = 64_000  # of one file


class Knowledge:
    """`folder` holds the articles; it is read at each search, and need not be there."""

    def __init__(self, desk: Desk, folder: Path) -> None:
        self._desk, self._folder = desk, folder

    def search(self, text: str, but: str = "") -> "Future[list[Known]]":
        """The best findings first, from the reader thread, without the ticket `but`.

        A newer call cuts the older one off and cancels its future.
        """
        return self._desk.store.ask("knowledge", partial(self._search, text=text, but=but))

    def search_now(self, text: str) -> list[Known]:
        """The same, on this thread."""
        return self._desk.store.read(partial(self._search, text=text, but=""))

    def words(self, ticket_id: str) -> str:
        """What to look for first: the telling words of the ticket's subject."""
        ticket = self._desk.ticket(ticket_id)
        return " ".join(search.telling(ticket.subject)) if ticket else ""

    def get(self, name: str) -> Known | None:
        """An article by its name, else how a ticket ended; None: neither is there."""
        for each in articles(self._folder):
            if each.name == name:
                return each

        def ended(db: Connection) -> Known | None:
            uid = tickets.uid_of(db, name)
            return _ended(db, uid) if uid else None

        return self._desk.store.read(ended)

    def _search(self, db: Connection, text: str, but: str) -> list[Known]:
        words = search.telling(text)
        scored = self._articles(words)
        finished = search.finished(db, words)
        best = sorted(finished, key=lambda pk: (-finished[pk], -pk))
        for pk in best[: FOUND * 2]:
            uid = queue.uid(db, pk)
            found = _ended(db, uid) if uid else None
            if found is not None and found.name != but:
                scored.append((finished[pk], found))
        scored.sort(key=lambda each: -each[0])  # of equals an article comes first, then the newer ticket
        return [found for _, found in scored[:FOUND]]

    def _articles(self, words: list[str]) -> list[tuple[float, Known]]:
        found = (
            [(each, hit) for each in articles(self._folder) if (hit := knowledge.hits(each, words))] if words else []
        )
        rare = {word: search.weight(sum(word in hit for _, hit in found)) for word in words}
        return [(sum(rare[word] * times for word, times in hit.items()), each) for each, hit in found]


def _ended(db: Connection, uid: str) -> Known | None:
    ticket = tickets.shown(db, uid)
    if ticket is None or ticket.state not in ("resolved", "closed"):
        return None
    said = knowledge.resolution(tickets.timeline(db, uid))
    return Known(ticket.id, ticket.subject, said, said, ticket.customer or "", ticket.updated) if said else None


def articles(folder: Path) -> Iterator[Known]:
    """Those in the folder and below it, by name, each cut at MOST_BYTES; what cannot be read is not there."""
    try:
        paths = sorted(islice(folder.rglob("*.md"), MOST_FILES))
    except OSError:
        return
    for path in paths:
        try:
            if not stat.S_ISREG(path.stat().st_mode):
                continue
            with path.open("rb") as file:
                content = file.read(MOST_BYTES)
        except OSError:
            continue
        name = path.relative_to(folder).with_suffix("").as_posix()
        yield knowledge.article(name, content.decode("utf-8", "replace"))
