"""The walk of `walk.md`: its keys, and no others, are pressed in a terminal, and the store says what they did."""

import re
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from deskui.domain.change import Acknowledge, Assign, Hold, Note, Reply, Resolve
from deskui.store import driver, outbox, tickets
from tests.ui.terminal_walk import ENTER, ESC, F2, TAB, Walk, walk

PAGE = Path(__file__).with_name("walk.md")
KEYS = {"Enter": ENTER, "Space": " ", "Esc": ESC, "Tab": TAB, "F2": F2, "F6": "\x1b[17~"}
ME = "me"
MAILED = ("D-4711", "D-4710", "D-4707")  # the first three of the queue, of three customers
# After which key of which task something has to be read first, as a person would, and what.
SEEN = {
    2: {4: "Type 3 and Enter", 6: "3 done"},
    3: {0: "-WHAT HELPED-+\n \\w+", 1: "how a ticket of Nordkauf ended"},
    4: {0: "Undo resolved", 1: "undone|taken back"},
    5: {0: "wait for: customer"},
    6: {1: "WHY the clocks"},
    7: {0: "-WHAT HELPED-+\n \\w+", 1: "WORK NOTE", 2: "D-4711"},
    8: {5: "2:P1/P2|3:P1/P2"},
    10: {1: "CRITICAL|WARNING|ok ", 2: "as a work note"},
}
BEFORE = {4: {4: "Type 3 and Enter", 6: "3 done"}, 10: {2: "1/1"}}


class Task(NamedTuple):
    """A line of the first table."""

    number: int
    before: list[str]
    keys: list[str]
    count: int


def table(columns: int) -> Iterator[list[str]]:
    """The numbered lines of the table with so many columns."""
    for line in PAGE.read_text("utf-8").splitlines():
        cells = [cell.strip() for cell in line.split("|")[1:-1]]
        if len(cells) == columns and cells[0].isdigit():
            yield cells


def spans(cell: str) -> list[str]:
    return re.findall(r"`([^`]+)`", cell)


def cost(keys: list[str]) -> int:
    """How many keys that is."""
    return sum(_cost(key) for key in keys)


def _cost(key: str) -> int:
    """A key with a name is one, letters are one each, what somebody wants to say is none."""
    if key.startswith('"'):
        return 0
    return 1 if key in KEYS or re.fullmatch(r"(\^|alt\+).", key) else len(key)


PROGRAMS = ("jiratui", "neomutt", "k9s")
TASKS = [Task(int(row[0]), spans(row[2]), spans(row[3]), int(row[4])) for row in table(5)]
PEERS = [(int(row[0]), *each) for row in table(4) for each in zip(PROGRAMS, row[1:], strict=True)]


class Desk:
    """What the store of the running demo says."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self.db = db

    def ticket(self, name: str) -> Any:
        return tickets.shown(self.db, self._uid(name))

    def done(self, name: str) -> list[Any]:
        """What was done to the ticket here and still counts."""
        return [each.change for each in outbox.entries(self.db, self._uid(name)) if each.state != "dropped"]

    def all_done(self) -> list[Any]:
        return [each.change for each in outbox.entries(self.db)]

    def _uid(self, name: str) -> str:
        found = tickets.uid_of(self.db, name)
        assert found is not None
        return found


def taken(desk: Desk, screen: Walk) -> None:
    assert desk.done("D-4711") == [Acknowledge(), Assign(ME)]
    assert desk.ticket("D-4711").owner == ME


def replied(desk: Desk, screen: Walk) -> None:
    for name in MAILED:
        ack, own, reply = desk.done(name)
        assert (ack, own) == (Acknowledge(), Assign(ME))
        assert isinstance(reply, Reply)
        assert f"we have your message as {name}" in reply.text
    assert len({desk.ticket(name).customer for name in MAILED}) == 3


def found(desk: Desk, screen: Walk) -> None:
    name = screen.wait(r"^(D-\d+)  (.*offline.*)$")[1]
    ticket, open_one = desk.ticket(name), desk.ticket("D-4711")
    assert ticket.state in ("resolved", "closed")
    assert 0 < open_one.created - ticket.created < 45 * 86_400
    assert desk.all_done() == []


def undone(desk: Desk, screen: Walk) -> None:
    for name in MAILED:
        assert desk.ticket(name).is_open
    assert sum(isinstance(each, Resolve) for each in desk.all_done()) == 3  # they had been closed


def held(desk: Desk, screen: Walk) -> None:
    assert desk.done("D-4711") == [Hold("customer")]
    assert (desk.ticket("D-4711").state, desk.ticket("D-4711").hold_reason) == ("pending", "customer")


def explained(desk: Desk, screen: Walk) -> None:
    assert "RESPOND  R due 02:03 LATE" in screen.text
    assert "of 15m" in screen.text
    assert "P1, round the clock" in screen.text


def noted(desk: Desk, screen: Walk) -> None:
    (note,) = desk.done("D-4711")
    assert isinstance(note, Note)
    assert note.text == "Router hung after a power dip; restarted by the store manager over the phone."


def filtered(desk: Desk, screen: Walk) -> None:
    rows = screen.settle().split("\n")[3:-6]
    shown = [found[1] for row in rows if (found := re.search(r" (D-\d+) ", row))]
    assert shown
    wanted = "SELECT id FROM ticket WHERE state IN ('new', 'in_progress', 'pending') AND priority IN (1, 2)"
    urgent = {name for (name,) in desk.db.execute(wanted)}
    assert set(shown) < urgent
    assert {name for name in urgent if desk.ticket(name).state == "new"} == set(shown)


def handed(desk: Desk, screen: Walk) -> None:
    assign, note = desk.done("D-4711")
    assert (assign, note.text) == (Assign("kim"), "ISP called, case L2-8812")
    assert isinstance(note, Note)


def diagnosed(desk: Desk, screen: Walk) -> None:
    (note,) = desk.done("D-4703")
    assert isinstance(note, Note)
    assert "linux-health" in note.text
    assert "disk" in note.text


EFFECTS: dict[int, Callable[[Desk, Walk], None]] = {
    1: taken, 2: replied, 3: found, 4: undone, 5: held, 6: explained, 7: noted, 8: filtered, 9: handed, 10: diagnosed,
}  # fmt: skip


def press(screen: Walk, keys: list[str], seen: dict[int, str]) -> None:
    """One after the other, each when the screen has answered the one before."""
    for at, key in enumerate(keys):
        screen.press(KEYS.get(key, key.strip('"')))
        if at in seen:
            screen.wait(seen[at])
        screen.settle()


@pytest.mark.parametrize("task", TASKS, ids=lambda task: str(task.number))
def test_the_keys_do_what_the_page_says(task: Task, tmp_path: Path) -> None:
    with walk("demo", env={"TMPDIR": str(tmp_path)}) as screen:
        screen.wait("D-4711 NEW")
        screen.wait("Next: own")
        press(screen, task.before, BEFORE.get(task.number, {}))
        press(screen, task.keys, SEEN.get(task.number, {}))
        (home,) = tmp_path.glob("deskui-demo-*")
        with closing(driver.connect(home / "desk.db", readonly=True)) as db:
            EFFECTS[task.number](Desk(db), screen)


def test_there_are_ten_tasks_with_their_counts() -> None:
    assert [task.number for task in TASKS] == list(range(1, 11)) == sorted(EFFECTS)
    assert [(task.number, cost(task.keys)) for task in TASKS] == [(task.number, task.count) for task in TASKS]
    assert sorted({number for number, _, _ in PEERS}) == list(range(1, 11))


@pytest.mark.parametrize(("number", "program", "cell"), PEERS)
def test_the_keys_of_other_programs_are_counted_as_ours_are(number: int, program: str, cell: str) -> None:
    said = re.search(r" (\d+)(\+?)(?: \(\w\))?$", cell)
    if said is None:
        assert re.fullmatch(r"—( \(\w\))?", cell)
    else:
        assert int(said[1]) == cost(spans(cell))
        assert bool(said[2]) == ("…" in cell)
