"""A view: a query with a name, how it is sorted, which columns it shows and where the cursor stands in it."""

from deskui.lazy import dataclass

SORTS = ("sla", "priority", "updated", "created", "customer", "owner", "state", "id", "subject")
FALLING = frozenset(("updated", "created"))  # these begin with the newest
COLUMNS = ("st", "customer", "own", "upd", "kind", "system")  # those that may be left out or added
USUAL = COLUMNS[:4]


@dataclass(frozen=True)
class View:
    """`sort` as `deskui list --sort` takes it; `cursor` is a ticket's uid; `origin`: shipped, home (a file), saved."""

    name: str
    query: str = ""
    sort: str = "sla"
    columns: tuple[str, ...] = USUAL
    cursor: str = ""
    origin: str = "saved"
    altered: bool = False  # one from a file that was saved differently here


@dataclass(frozen=True)
class Session:
    """What the queue showed last: `view` is its name, `query` and `sort` what stood there, `cursor` a ticket's uid."""

    view: str = ""
    query: str = ""
    sort: str = "sla"
    columns: tuple[str, ...] = USUAL
    cursor: str = ""


def is_sort(text: str) -> bool:
    """Whether it names an order: a column, with ^ upwards, with - downwards."""
    return (text[:-1] if text.endswith(("^", "-")) else text) in SORTS


def direction(sort: str) -> tuple[str, bool]:
    """The column, and whether it is turned round: `sla`, `updated^` (oldest first), `priority-`."""
    name = sort.rstrip("^-")
    falls = name in FALLING
    return name, (sort.endswith("-") and not falls) or (sort.endswith("^") and falls)


def turned(sort: str, column: str) -> str:
    """The order after that column was asked for: the same again is turned round."""
    name, backwards = direction(sort)
    if name != column or backwards:
        return column
    return f"{column}{'^' if column in FALLING else '-'}"
