"""Which columns fit into which width, and what stands in them."""

import pytest

from deskui.text import width
from deskui.ui import rows
from tests.ui.stub import NOW, row

ME = frozenset(("anna",))


def names(columns: rows.Layout) -> list[str]:
    return [name for name, _ in columns]


@pytest.mark.parametrize(
    ("cells", "id_cells", "missing"),
    [
        (80, 7, set()), (79, 7, set()), (74, 7, set()), (120, 7, set()), (160, 12, set()), (73, 7, {"upd"}),
        (68, 7, {"upd", "own"}), (56, 7, {"upd", "own", "customer"}), (80, 14, {"upd"}),
        (20, 7, {"upd", "own", "customer"}),
    ],
)  # fmt: skip
def test_columns_drop_in_their_order(cells: int, id_cells: int, missing: set[str]) -> None:
    columns = rows.layout(cells, id_cells)
    assert set(rows.TITLES) - set(names(columns)) == missing | {"kind", "system"}  # nobody asked for these
    assert {"sla", "p", "id", "st", "subject"} <= set(names(columns))
    if cells >= 56:
        assert sum(each for _, each in columns) + len(columns) - 1 == cells


@pytest.mark.parametrize("cells", [80, 100, 120, 160])
@pytest.mark.parametrize("pk", range(1, 8))
def test_a_row_is_exactly_as_wide_as_its_list(cells: int, pk: int) -> None:
    columns = rows.layout(cells)
    clock, _ = rows.clock_cells(row(pk), NOW)
    assert width(f"{clock} {rows.rest(row(pk), columns, NOW, ME)}") == cells == width(rows.titles(columns))


def test_the_row_of_the_book() -> None:
    found = row(1, id="RT-4711", priority=1, state="new", customer="Nordkauf", subject="Tills offline in 14 stores",
                owner=None, updated=NOW - 250, due=NOW - 252, clock="response")  # fmt: skip
    shown = f"{rows.clock_cells(found, NOW)[0]} {rows.rest(found, rows.layout(80), NOW, ME)}"
    assert shown == "!! -04:12 R 1  RT-4711 NEW  Nordkauf   Tills offline in 14 stores     --      4m"


SPANS = f"[[{NOW - 60},{NOW},30],[{NOW + 100},{NOW + 200},700],[{NOW + 300},{NOW + 400},-65]]"


@pytest.mark.parametrize(
    ("ahead", "shown"),
    [
        (-1, " =  00:30"), (0, " !  08:20"), (99, " !  06:41"), (100, " =    11m"), (199, " =    11m"),
        (200, " !  05:00"), (299, " !  03:21"), (300, " =- 01:05"), (399, " =- 01:05"), (400, " !  01:40"),
    ],
)  # fmt: skip
def test_a_row_stands_in_time_agreed_not_to_count_and_nowhere_else(ahead: int, shown: str) -> None:
    """From its first second to its last, by the row as it was read once."""
    found = row(1, due=NOW + 500, standing=SPANS, clock="response")
    assert rows.clock_cells(found, NOW + ahead)[0] == f"{shown} R"
    held = row(1, due=None, frozen=59, mode="paused", standing=SPANS, clock="response")
    assert rows.clock_cells(held, NOW + ahead)[0] == " =  00:59 R"


def test_a_row_that_is_used_up_at_closing_is_late_when_something_counts_again() -> None:
    found = row(1, due=NOW - 3600, late_at=NOW + 60, clock="response")
    assert rows.clock_cells(found, NOW, True) == (" z  00:00 R", "asleep")
    assert rows.clock_cells(found, NOW + 59) == (" !  00:00 R", "soon")
    assert rows.clock_cells(found, NOW + 60) == ("!!  -1h01 R", "late")


@pytest.mark.parametrize(("name", "shown"), [("anna", "me"), ("kim", "kim"), (None, "--"), ("", "--")])
def test_owner(name: str | None, shown: str) -> None:
    assert rows.owner(name, ME) == shown


def test_a_hostile_row_is_inert() -> None:
    found = row(1, id="RT-\x1b[1", customer="\x9b31m", subject="\x1b]0;owned\x07‮", owner="\x00", state="odd")
    assert rows.rest(found, rows.layout(80), NOW, ME).isprintable()
