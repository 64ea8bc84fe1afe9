"""A row of the queue as cells: which columns fit, and what stands in each.  Pure, and light for the first frame."""

from deskui.text import cell, pad
from deskui.ui.countdown import CELLS, age, countdown

# the order of the store's row tuple
(
    PK, UID, ID, UPSTREAM, REMOTE_ID, KIND, PRIORITY, STATE, HOLD_REASON, CUSTOMER, SUBJECT, OWNER, UPDATED, CLOCK, DUE,
    FROZEN, MODE, CALENDAR, PENDING, LATE_AT, STANDING,
) = range(21)  # fmt: skip

STATES = {
    "new": "NEW", "in_progress": "WORK", "pending": "WAIT", "resolved": "DONE", "closed": "CLSD", "cancelled": "CANC",
}  # fmt: skip
TITLES = {
    "sla": "   SLA", "p": "P", "id": "TICKET", "st": "ST", "customer": "CUSTOMER", "subject": "SUBJECT", "own": "OWN",
    "upd": " UPD", "kind": "KIND", "system": "SYSTEM",
}  # fmt: skip
USUAL = ("st", "customer", "own", "upd")  # of the columns that may be left out, those that are there at first
DROP = ("system", "kind", "upd", "own", "customer")  # in this order, when the subject gets too narrow
LEAST_SUBJECT = 24
WIDEST_ID = 16
MARKED = "+"  # between the countdown and the priority of a row that is marked
DRAFT = "[draft] "  # before the subject of a ticket on which one waits

Layout = tuple[tuple[str, int], ...]


def layout(width: int, id_cells: int = 7, chosen: "tuple[str, ...]" = USUAL) -> Layout:
    """The columns that fit into `width` cells, each with its own width; the subject takes what is left.

    Of those that may be left out only `chosen` are there.
    """
    customer, own = (10, 5) if width < 100 else (16, 10)
    cells = {
        "sla": CELLS, "p": 2, "id": max(6, id_cells), "st": 4, "customer": customer, "subject": 0, "own": own, "upd": 4,
        "kind": 8, "system": 8,
    }  # fmt: skip
    dropped = {"st", *DROP}.difference(chosen)
    for name in (*DROP, ""):
        kept = [column for column in cells if column not in dropped]
        left = width - sum(cells[column] for column in kept) - len(kept) + 1
        if left >= LEAST_SUBJECT:
            break
        dropped.add(name)
    cells["subject"] = max(1, left)
    return tuple((name, cells[name]) for name in kept)


def top(cursor: int, lines: int) -> int:
    """The first row of a view of so many lines that begins at the top and goes down no further than to the cursor."""
    return max(0, cursor - lines + 1)


def titles(columns: Layout) -> str:
    """The heading line over the columns."""
    return " ".join(pad(TITLES[name], cells) for name, cells in columns)


def owner(name: str | None, me: frozenset[str]) -> str:
    """`me`, `--` for nobody, else the name."""
    if not name:
        return "--"
    return "me" if name in me else name


def clock_cells(row: tuple, now: int, asleep: bool = False) -> tuple[str, str]:  # type: ignore[type-arg]
    """The first column, and how bad it is (see `countdown`)."""
    mode, frozen = row[MODE], row[FROZEN]
    if mode == "run" and row[STANDING] and (left := _left(row[STANDING], now)) is not None:
        mode, frozen = "paused", left
    return countdown(mode, row[CLOCK], row[DUE], frozen, now, asleep, bool(row[PENDING]), row[LATE_AT])


def _left(standing: str, now: int) -> int | None:
    """Working seconds left if `now` is agreed not to count, by `[[from,to,left],...]`; without json, which is slow."""
    numbers = [int(number) for number in standing.replace("[", "").replace("]", "").split(",")]
    spans = zip(numbers[::3], numbers[1::3], numbers[2::3], strict=True)
    return next((left for start, end, left in spans if start <= now < end), None)


def _value(name: str, cells: int, row: tuple, now: int, me: frozenset[str], mark: str) -> str:  # type: ignore[type-arg]
    if name == "p":
        return f"{row[PRIORITY]} "
    if name == "id":
        return cell(row[ID], cells)
    if name == "st":
        return pad(STATES.get(row[STATE], "?"), cells)
    if name == "customer":
        return cell(row[CUSTOMER] or "-", cells)
    if name == "subject":
        return cell(mark + row[SUBJECT], cells)
    if name in ("kind", "system"):
        return cell(str(row[KIND if name == "kind" else UPSTREAM]), cells)
    if name == "own":
        return cell(owner(row[OWNER], me), cells)
    return pad(age(now - row[UPDATED]), cells, right=True)


def rest(row: tuple, columns: Layout, now: int, me: frozenset[str], mark: str = "") -> str:  # type: ignore[type-arg]
    """Everything right of the first column, each cell exactly as wide as its column; `mark` before the subject."""
    return " ".join(_value(name, cells, row, now, me, mark) for name, cells in columns[1:])
