"""Marked rows and what can be done to them, by keys."""

from typing import Any

import pytest
from textual.widgets import TextArea

from deskui.domain.change import Acknowledge, Assign, Hold, Note, Reply, Resolve
from deskui.domain.event import StoreChanged
from deskui.domain.fields import SetImpact, SetUrgency
from deskui.services.bulk import Bulk
from deskui.store.driver import StoreError
from deskui.ui.app import DeskApp
from deskui.ui.countdown import CELLS
from deskui.ui.screens.bulk import BulkScreen, SummaryScreen
from deskui.ui.screens.bulkwrite import BulkWriteScreen
from deskui.ui.screens.choose import ChooseScreen
from deskui.ui.screens.queue import QueueScreen
from deskui.ui.screens.ticket import TicketScreen
from deskui.ui.screens.write import WriteScreen
from deskui.ui.widgets.ticketlist import TicketList
from tests.ui import stub
from tests.ui.desk import WholeDesk, shown, until
from tests.ui.test_queue import picture, said


def marked(app: Any) -> list[int]:
    return sorted(app.query_one(TicketList).marked)


@pytest.mark.parametrize(
    ("keys", "expected", "cursor"),
    [
        (["space"], [1], 1),
        (["space", "space"], [1, 2], 2),
        (["space", "k", "space"], [], 1),
        (["j", "v", "j", "j", "v", "j"], [2, 3, 4], 4),
        (["space", "j", "v", "k", "k", "v"], [1, 2, 3], 0),  # upwards, beside what was marked
        (["v", "j", "j", "k"], [1, 2], 1),  # shorter again
        (["v", "j", "escape", "j"], [], 2),
        (["space", "V"], list(range(2, 41)), 1),
        (["asterisk"], list(range(1, 41)), 0),
        (["asterisk", "backslash"], [], 0),
        (["space", "slash", *"vpn", "enter", "asterisk", "backslash"], [], 0),
        (["space", "slash", *"tills", "enter", "V"], None, 0),
    ],
)
async def test_marking(console: Any, keys: list[str], expected: list[int] | None, cursor: int) -> None:
    async with console.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        before = picture(console)
        await pilot.press(*keys)
        await pilot.pause()
        found = console.screen.query_one(TicketList)
        shown_ids = list(found.ids)
        if expected is None:  # what the filter hides keeps its mark
            expected = sorted({1, *shown_ids})
            assert len(shown_ids) < 40
        assert marked(console.screen) == expected
        assert found.cursor == cursor
        rows = picture(console)[3 : 3 + min(found.size.height, len(shown_ids))]
        for pk, line in zip(shown_ids, rows, strict=False):
            assert (line[CELLS] == "+") == (pk in expected)
            if len(shown_ids) == 40:  # of the same width, and otherwise the same
                assert f"{line[:CELLS]} {line[CELLS + 1 :]}" == before[2 + pk]
        assert (f"marked:{len(expected)}" in said(console, "query")) == bool(expected)


async def test_marks_go_before_the_filter_and_the_filter_before_deskui(console: Any) -> None:
    async with console.run_test(size=(80, 24)) as pilot:
        await pilot.press("slash", *"vpn", "enter", "space", "escape")
        await pilot.pause()
        assert marked(console.screen) == []
        assert console.screen.query_text == "vpn"
        await pilot.press("escape")
        assert console.screen.query_text == ""
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(console.screen, ChooseScreen))


async def test_a_mark_is_the_tickets_and_goes_with_it(console: Any, services: Any) -> None:
    async with console.run_test(size=(80, 24)) as pilot:
        await pilot.press("space", "space")
        found = console.screen.query_one(TicketList)
        found.show_ids(list(reversed(found.ids)))
        await pilot.press("G")
        await pilot.pause()
        bottom = 3 + found.size.height
        assert [line[CELLS : CELLS + 12] for line in picture(console)[bottom - 2 : bottom]] == [
            "+3  RT-4702 ",
            "+2  RT-4701 ",
        ]
        del services.desk.all[1]
        services.tell(StoreChanged(tickets=frozenset(("u1",))))
        await until(pilot, lambda: marked(console.screen) == [2])
        assert "gone: not marked any more" in said(console, "status")


async def test_a_great_many_are_marked_after_a_question(console: Any, services: Any) -> None:
    services.desk.all.update({pk: stub.row(pk) for pk in range(1, 602)})
    async with console.run_test(size=(80, 24)) as pilot:
        await pilot.press("asterisk")
        await until(pilot, lambda: "Mark 601 tickets?" in shown(console))
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(console.screen, QueueScreen))
        assert marked(console.screen) == []
        services.desk.fetched.clear()
        await pilot.press("asterisk", "y")
        await until(pilot, lambda: len(marked(console.screen)) == 601)
        assert services.desk.fetched == []  # marking reads no row
        console.screen.list.set_marks(range(1001))
        for keys in (["a"], ["c"], ["m"], ["full_stop"], ["colon", *"ack", "enter"]):
            console.screen.show_status("")
            await pilot.press(*keys)
            await until(pilot, lambda: "more than 1000 tickets are marked" in shown(console))
            assert services.desk.did == []


# --- the verbs, on a real desk


@pytest.fixture
def three(whole: WholeDesk) -> WholeDesk:
    for subject, priority in (("Tills offline", 1), ("VPN flapping", 2), ("Badge reader", 3)):
        whole.make(subject, priority=priority)
    return whole


def waiting(whole: WholeDesk) -> list[tuple[str, Any]]:
    desk = whole.services.desk
    return [(desk.ticket(entry.ticket).id, entry.change) for entry in desk.outbox()]  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("keys", "what", "changes"),
    [
        (["a"], "own + acknowledge", [Acknowledge(), Assign("anna")]),
        (["A", "m"], "assign me", [Assign("anna")]),
        (["s", "v"], "hold vendor", [Hold("vendor")]),
        (["colon", *"hold parts", "enter"], "hold parts", [Hold("parts")]),
        (["c", *"seen", "f2"], "work note", [Note("seen")]),
        (["e", "u", "h"], "urgency high", [SetUrgency("high")]),
        (["e", "i", "h", *"many", "enter"], "impact high", [SetImpact("high", "many")]),
        (["X", *"fixed {{ ticket.id }}", "f2"], "resolve", [Resolve("fixed RT-1")]),
        (["C", *"hello", "f2"], "public reply", [Reply("hello")]),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
async def test_a_verb_acts_on_the_marks(
    three: WholeDesk, themes: Any, keys: list[str], what: str, changes: list[Any]
) -> None:
    app = DeskApp(three.services, themes=themes)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("space", "space")
        for key in keys:
            await pilot.press("space" if key == " " else key)
        await until(pilot, lambda: "Type 2 and Enter" in shown(app))
        assert f"{what}: 2 tickets" in shown(app)
        assert "P1 AMONG THEM: RT-1" in shown(app)
        mails = "MAILS: 2 will go to customers" if "C" in keys else "no mail goes to a customer"
        assert mails in shown(app)
        await pilot.press("1", "enter")
        await until(pilot, lambda: "Type 2, the number of tickets" in shown(app))
        assert waiting(three) == []
        await pilot.press("backspace", "2", "enter")
        await until(pilot, lambda: isinstance(app.screen, SummaryScreen))
        assert "2 done" in shown(app)
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, QueueScreen))
        assert [change for name, change in waiting(three) if name == "RT-1"] == changes
        assert {name for name, _ in waiting(three)} == {"RT-1", "RT-2"}
        assert marked(app.screen) == []
        assert three.services.writing.drafts.all() == []
        await pilot.press("u")  # one undo for all, shown first
        await until(pilot, lambda: "on 2 tickets?" in shown(app))
        await pilot.press("u")
        await until(pilot, lambda: isinstance(app.screen, SummaryScreen))
        assert waiting(three) == []
        await pilot.press("escape", "U")
        await until(pilot, lambda: "again?" in shown(app))
        await pilot.press("U")
        await until(pilot, lambda: isinstance(app.screen, SummaryScreen))
        assert len(waiting(three)) == 2 * len(changes)


async def test_cancel_is_the_default_and_a_text_stays(three: WholeDesk, themes: Any) -> None:
    app = DeskApp(three.services, themes=themes)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("asterisk", "c", *"seen", "f2")
        await until(pilot, lambda: isinstance(app.screen, BulkScreen) and "Type 3" in shown(app))
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, BulkWriteScreen))
        assert app.screen.query_one(TextArea).text == "seen"
        assert waiting(three) == []
        await pilot.press("escape", "k")
        await until(pilot, lambda: isinstance(app.screen, QueueScreen))
        assert [each.draft.text for each in three.services.writing.drafts.all()] == ["seen"]
        assert marked(app.screen) == [1, 2, 3]


async def test_what_is_refused_keeps_its_mark_and_says_why(three: WholeDesk, themes: Any) -> None:
    three.do("RT-2", Resolve("was nothing"))
    app = DeskApp(three.services, themes=themes)
    async with app.run_test(size=(160, 45)) as pilot:
        await pilot.press("slash", *"state:all", "enter")
        await until(pilot, lambda: len(app.screen.query_one(TicketList).ids) == 3)
        await pilot.press("asterisk", "s", "v")
        await until(pilot, lambda: "Type 2 and Enter" in shown(app))
        assert "NOT TOUCHED" in shown(app)
        assert "RT-2 is resolved: hold needs an open ticket" in shown(app)
        await pilot.press("2", "enter")
        await until(pilot, lambda: isinstance(app.screen, SummaryScreen))
        assert "hold vendor: 2 done, 1 refused" in shown(app)
        copied: list[str] = []
        app.copy_to_clipboard = copied.append  # type: ignore[method-assign]
        await pilot.press("y", "escape")
        assert copied[0].splitlines()[1] == " REFUSED  RT-2  RT-2 is resolved: hold needs an open ticket"
        await until(pilot, lambda: isinstance(app.screen, QueueScreen))
        two = three.services.desk.row("RT-2")
        assert two is not None
        assert marked(app.screen) == [two[0]]


async def test_the_last_verb_again(three: WholeDesk, themes: Any) -> None:
    app = DeskApp(three.services, themes=themes)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("full_stop")
        await until(pilot, lambda: "nothing to repeat" in shown(app))
        await pilot.press("a", "j", "full_stop")
        await until(pilot, lambda: len(waiting(three)) == 4)
        assert waiting(three)[2:] == [("RT-2", Acknowledge()), ("RT-2", Assign("anna"))]
        await pilot.press("full_stop")
        await until(pilot, lambda: "anna has it already" in shown(app))
        three.do("RT-1", Reply("We are on it."))
        await pilot.press("full_stop")  # a reply is never sent again as it is
        await until(pilot, lambda: isinstance(app.screen, WriteScreen))
        assert app.screen.query_one(TextArea).text == "We are on it."
        assert len(waiting(three)) == 5


async def test_a_macro_on_three_customers(three: WholeDesk, themes: Any) -> None:
    app = DeskApp(three.services, themes=themes)
    async with app.run_test(size=(160, 45)) as pilot:
        await pilot.press("asterisk", "m")
        await until(pilot, lambda: "Which macro, on 3 tickets?" in shown(app))
        await pilot.press("w")
        await until(pilot, lambda: "Type 3 and Enter" in shown(app))
        for number, subject in enumerate(("Tills offline", "VPN flapping", "Badge reader"), 1):
            assert f'| to go on with RT-{number} ("{subject}") we need an answer' in shown(app)
        assert "To max@nordkauf.example" in shown(app)
        await pilot.press("3", "enter")
        await until(pilot, lambda: isinstance(app.screen, SummaryScreen))
        assert [change.verb for _, change in waiting(three)] == ["reply", "hold"] * 3


async def test_undo_of_another_ticket_is_shown_first(three: WholeDesk, themes: Any) -> None:
    app = DeskApp(three.services, themes=themes)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("a", "j", "u")
        await until(pilot, lambda: "Undo ack + assign on RT-1?" in shown(app))
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, QueueScreen))
        assert len(waiting(three)) == 2
        await pilot.press("k", "u")
        await until(pilot, lambda: waiting(three) == [])
        await until(pilot, lambda: "RT-1: assign taken back; ack taken back" in shown(app))
        await pilot.press("U")
        await until(pilot, lambda: len(waiting(three)) == 2)


async def test_in_a_ticket_undo_is_about_that_ticket(three: WholeDesk, themes: Any) -> None:
    app = DeskApp(three.services, themes=themes)
    three.do("RT-1", Note("one"))
    three.do("RT-2", Note("two"))  # done later
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, TicketScreen) and app.screen.selected_id() == "RT-1")
        await pilot.press("u")
        await until(pilot, lambda: waiting(three) == [("RT-2", Note("two"))])
        await until(pilot, lambda: "RT-1: note taken back; what it says is a draft again" in shown(app))
        await pilot.press("u")
        await until(pilot, lambda: "RT-1: nothing was done here that could be undone" in shown(app))
        await pilot.press("m")
        await until(pilot, lambda: "Which macro, on RT-1?" in shown(app))
        await pilot.press("p")
        await until(pilot, lambda: "Type 1 and Enter" in shown(app))
        await pilot.press("1", "enter")
        await until(pilot, lambda: isinstance(app.screen, SummaryScreen))
        assert [change.verb for name, change in waiting(three) if name == "RT-1"] == ["resolve"]


async def test_a_disk_that_refuses_is_said_and_the_same_again_does_the_rest(
    three: WholeDesk, themes: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, full = Bulk._one, [True]

    def refusing(self: Bulk, group: str, item: Any) -> Any:
        if item.ticket.id == "RT-2" and full:
            raise StoreError("the disk is full")
        return one(self, group, item)

    monkeypatch.setattr(Bulk, "_one", refusing)
    app = DeskApp(three.services, themes=themes)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("asterisk", "s", "v")
        await until(pilot, lambda: "Type 3 and Enter" in shown(app))
        await pilot.press("3", "enter")
        await until(pilot, lambda: "NOT DONE: the disk is full" in shown(app))
        full.clear()
        await pilot.press("enter")  # the number is still there
        await until(pilot, lambda: isinstance(app.screen, SummaryScreen))
        assert [(name, change.verb) for name, change in waiting(three)] == [(f"RT-{n}", "hold") for n in (1, 2, 3)]
