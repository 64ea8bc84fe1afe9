"""RT's transactions behind a cursor: those committed late too, and in one request where little is new."""

from collections.abc import Iterator

from deskui.upstream._gaps import OVERLAP_S, Cursor, Gap
from deskui.upstream._rt_answers import Txn
from deskui.upstream._rt_api import PAGE, Api
from deskui.upstream.base import Swapped


def head(api: Api, now: int) -> Cursor:
    """Behind the newest transaction; what was passed over in the last minutes may yet be committed."""
    rows = api.latest()
    late = [txn for txn in rows if now - txn.at <= OVERLAP_S] or rows[-1:]
    return Cursor().seen([txn.id for txn in late], late[-1].at, now) if late else Cursor()


def news(api: Api, place: Cursor) -> Iterator[list[Txn]]:
    """Pages of what is behind `place`, and of what has come into its gaps, oldest first.

    Swapped: what `place` stands for is not there, as after a restore from an older backup.
    """
    ranges = [f"id >= {place.last}", *map(_range, place.gaps)]
    rows = api.latest(" OR ".join(ranges))
    last = next((txn for txn in rows if txn.id == place.last), None)
    if last is not None and place.at and last.at != place.at:
        raise Swapped(f"transaction {place.last} is another one than it was: restored from a backup, or swapped")
    if last is not None and len(rows) < PAGE:  # all that is newer stands before it on the same page
        yield rows
        return
    if last is None and place.last:
        _missed(api, place)
    yield from _all(api, " OR ".join(ranges), place.last)


def _range(gap: Gap) -> str:
    return f"id = {gap.first}" if gap.first == gap.last else f"(id >= {gap.first} AND id <= {gap.last})"


def _all(api: Api, ranges: str, newest_seen: int) -> Iterator[list[Txn]]:
    """Page by page; rows that are hidden from us are no end while there is something newer."""
    after = until = 0
    while True:
        for txns in api.transactions(ranges, after, until):
            after = txns[-1].id
            yield txns
        newest = api.newest(max(after, newest_seen))
        if newest is None or newest <= after:
            return
        api.hidden, until = True, newest


def _missed(api: Api, place: Cursor) -> None:
    """The last transaction is not shown: it may be hidden from us or shredded, else the system is an older one."""
    newest = api.newest(0) or 0
    if newest < place.last:
        raise Swapped(f"transaction {place.last} is not there any more, the newest is {newest}: restored from a backup")
