"""What a technician does for the SLA at the keys: each question, what it keeps, and what it refuses."""

from typing import Any

import pytest

from deskui.domain import contractfile
from deskui.domain.change import Acknowledge, Reply
from deskui.domain.contract import Rules
from deskui.domain.when import iso
from deskui.services.exclusions import Exclusions
from deskui.services.scoping import Scoping
from deskui.services.thresholds import Breaches, News, Thresholds
from deskui.services.uptimes import Uptimes
from deskui.ui import slawork
from deskui.ui.app import DeskApp
from deskui.ui.countdown import span
from deskui.ui.screens.choose import AskScreen, ChooseScreen
from deskui.ui.screens.form import FormScreen
from deskui.ui.screens.ticket import TicketScreen
from deskui.ui.screens.write import WriteScreen
from deskui.ui.slaapp import told
from tests import make
from tests.ui.desk import WholeDesk, shown, until

SIZES = [(80, 24), (160, 45)]
TERMS = {
    "customer": "Nordkauf", "name": "Nordkauf retail", "catalogue": {"network": "Network"},
    "services": {
        "network": {
            "clause": "§ 3.2 Switches and access points", "words": ["switch"], "uptime": 99.9,
            "exceptions": [{"clause": "§ 3.5 Not the printers", "words": ["printer"]}],
        },
    },
    "fee": {"amount": 1000}, "credits": {"cap": 20, "uptime": [{"below": 99.9, "credit": 5}]},
}  # fmt: skip


@pytest.fixture
def desk(whole: WholeDesk) -> WholeDesk:
    """Nordkauf has a contract with a service, a guarantee and credits."""
    default = whole.store.rules.default
    nordkauf = contractfile.parse(TERMS, "nordkauf.toml", make.POLICY)
    rules = Rules({"Nordkauf": nordkauf}, default, lambda: "2")
    whole.store.rules = whole.services.desk.rules = rules
    return whole


def top(app: Any, kind: type) -> Any:
    return lambda: isinstance(app.screen, kind) and app.screen.focused is not None


def names(text: str) -> list[str]:
    return [{" ": "space", ":": "colon", "-": "minus"}.get(each, each) for each in text]


async def test_the_queue_stands_for_exactly_as_long_as_was_agreed(desk: WholeDesk, themes: Any) -> None:
    """Nothing is read or counted anew at either end: the rows are those of the first paint."""
    ticket, start = desk.acknowledged(priority=2), desk.clock.now + 600
    Exclusions(desk.services.desk).add(ticket, start, start + 3600, "customer", "kim").result(10)
    app = DeskApp(desk.services, themes=themes)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: app.screen.selected_id() == ticket)
        screen: Any = app.screen
        left = desk.services.desk.clocks(ticket, start)["resolution"].remaining
        for at, glyph, time in (
            (start - 1, " ", left + 3601), (start, "=", left), (start + 3599, "=", left), (start + 3600, " ", left)
        ):  # fmt: skip
            desk.clock.now = at
            screen.list.tick(at)
            await pilot.pause()
            assert f" {glyph}{span(time):>7} F" in shown(app), at - start


@pytest.mark.parametrize("size", SIZES)
async def test_an_exclusion_moves_the_clock_and_names_who_approved(desk: WholeDesk, themes: Any, size: Any) -> None:
    ticket = desk.make(priority=2)
    app = DeskApp(desk.services, themes=themes)
    async with app.run_test(size=size) as pilot:
        await until(pilot, lambda: app.screen.selected_id() == ticket)
        before = desk.services.desk.clocks(ticket, desk.clock())["resolution"]
        await pilot.press("S", "e")
        await until(pilot, top(app, FormScreen))
        for text in ("01:30", "02:00", "pl"):
            await pilot.press(*names(text), "enter")
        assert "Tue 24 Nov 01:30 to 02:00 (30m)" in shown(app)
        await pilot.press(*"anna", "enter", "enter")
        await until(pilot, lambda: "cannot approve it too" in shown(app))
        assert desk.services.desk.exclusions(ticket) == []
        await pilot.press("shift+tab", "end", *["backspace"] * 4, *"lee", "f2")
        await until(pilot, lambda: not isinstance(app.screen, FormScreen))
        found = desk.services.desk.exclusions(ticket)[0]
        assert (iso(found.start), iso(found.end)) == ("2026-11-24T01:30:00Z", "2026-11-24T02:00:00Z")
        assert (found.reason, found.approver, found.author) == ("planned_maintenance", "lee", "anna")
        assert desk.services.desk.clocks(ticket, desk.clock())["resolution"].due == before.due + 1800
        assert f"{ticket}: excluded" in shown(app)
        await pilot.press("S", "e")
        await until(pilot, top(app, ChooseScreen))
        assert "take back Tue 24 Nov 01:30 to 02:00" in shown(app)
        await pilot.press("1")
        await until(pilot, top(app, AskScreen))
        await pilot.press(*"lee", "enter")
        await until(pilot, lambda: desk.services.desk.exclusions(ticket) == [])


async def test_the_reason_of_a_breach_stands_in_the_panel(desk: WholeDesk, themes: Any) -> None:
    ticket = desk.make(priority=1)
    app = DeskApp(desk.services, themes=themes)
    async with app.run_test(size=(160, 45)) as pilot:
        await until(pilot, lambda: "R missed by 45m: no reason given yet (Sr)" in shown(app))
        await pilot.press("S", "r")
        await until(pilot, top(app, AskScreen))
        await pilot.press(*names("no signal"), "enter")
        await until(pilot, lambda: [each.reason for each in Breaches(desk.services.desk).of(ticket)] == ["no signal"])
        await until(pilot, lambda: "R missed by 45m: no signal (anna)" in shown(app))


async def test_no_reason_for_what_is_not_missed(desk: WholeDesk, themes: Any) -> None:
    desk.acknowledged(priority=4)
    app = DeskApp(desk.services, themes=themes)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("S", "r")
        await until(pilot, lambda: "no clock of it is missed" in shown(app))


@pytest.mark.parametrize(
    ("subject", "title", "quoted"),
    [
        ("Switch in aisle 4 is dead", "IN", "§ 3.2 Switches and access points"),
        ("Printer jams", "OUT", "§ 3.5 Not the printers"),
    ],
)
async def test_scope_quotes_the_clause(desk: WholeDesk, themes: Any, subject: str, title: str, quoted: str) -> None:
    ticket = desk.make(subject)
    app = DeskApp(desk.services, themes=themes)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("S", "s")
        await until(pilot, top(app, ChooseScreen))
        said = shown(app)
        assert f"SCOPE of {ticket}: {title}" in said
        assert quoted in said
        assert "decide" not in said


async def test_what_the_contract_does_not_say_is_decided_and_asked_no_more(desk: WholeDesk, themes: Any) -> None:
    ticket = desk.make("Coffee machine")
    app = DeskApp(desk.services, themes=themes)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("S", "s")
        await until(pilot, top(app, ChooseScreen))
        assert "NOT SAID" in shown(app)
        await pilot.press("i")
        await until(pilot, top(app, AskScreen))
        await pilot.press(*names("goodwill"), "enter")
        await until(pilot, lambda: Scoping(desk.services.desk).check(ticket).verdict == "in")


async def test_time_out_of_scope_is_asked_about_before_it_is_booked(desk: WholeDesk, themes: Any) -> None:
    ticket = desk.make("Printer jams")
    app = DeskApp(desk.services, themes=themes)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("c")
        await until(pilot, top(app, WriteScreen))
        await pilot.press(*"cable", "tab", "3", "0", "f2")
        await until(pilot, lambda: isinstance(app.screen, ChooseScreen))
        assert f"{ticket} is OUT of scope" in shown(app)
        assert "§ 3.5 Not the printers" in shown(app)
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, WriteScreen))
        assert desk.services.desk.outbox() == []
        await pilot.press("f2")
        await until(pilot, top(app, ChooseScreen))
        await pilot.press("b")
        await until(pilot, lambda: len(desk.services.desk.outbox()) == 1)


async def test_a_note_without_minutes_asks_nothing(desk: WholeDesk, themes: Any) -> None:
    desk.make("Printer jams")
    app = DeskApp(desk.services, themes=themes)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("c")
        await until(pilot, top(app, WriteScreen))
        await pilot.press(*"cable", "f2")
        await until(pilot, lambda: len(desk.services.desk.outbox()) == 1)


async def test_an_outage_uses_the_budget_and_its_credit_is_approved(desk: WholeDesk, themes: Any) -> None:
    ticket = desk.make("Switch is dead")
    app = DeskApp(desk.services, themes=themes)
    async with app.run_test(size=(160, 45)) as pilot:
        await pilot.press("S", "o")
        await until(pilot, top(app, FormScreen))
        assert "Nordkauf" in shown(app)
        await pilot.press("enter", *"net", "enter", "enter", *names("00:07"), "enter", "backspace", *names("02:07"))
        assert "00:07 to 02:07 (2h00)" in shown(app)
        await pilot.press("f2")
        await until(pilot, lambda: len(Uptimes(desk.services.desk).records()) == 1)
        record = Uptimes(desk.services.desk).records()[0]
        assert (record.service, record.kind, record.cause) == ("network", "down", ticket)
        await pilot.press("g", "d")
        await until(pilot, lambda: "DRAFT" in shown(app))
        said = shown(app)
        assert "used 2h00 of 43m" in said
        assert "1h16 OVER" in said
        await pilot.press("G", "a")
        await until(pilot, top(app, ChooseScreen))
        assert "Approve 50.00 EUR for Nordkauf?" in shown(app)
        await pilot.press("y")
        await until(pilot, lambda: "approved by anna" in shown(app))


async def test_stopped_clocks_are_rewritten_only_after_their_list_and_the_typed_count(
    whole: WholeDesk, themes: Any
) -> None:
    ticket = whole.make(priority=2)
    whole.do(ticket, Acknowledge())
    whole.sync()
    before = whole.services.desk.clocks(ticket, whole.clock())["response"]
    targets = {**make.POLICY["targets"], "P2": {"response": "30m", "resolution": "8h"}}
    default = contractfile.parse({}, "test", {**make.POLICY, "targets": targets})
    whole.store.rules = whole.services.desk.rules = Rules({}, default, lambda: "2")
    app = DeskApp(whole.services, themes=themes)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("S", "b")
        await until(pilot, top(app, ChooseScreen))
        await pilot.press("y")
        await until(pilot, top(app, AskScreen))
        said = shown(app)
        assert "1 stopped clocks keep their figures. REWRITE them?" in said
        assert f"{ticket} R " in said
        assert "of 1h00 -> MISSED, 1h00 of 30m" in said
        await pilot.press("9", "enter")
        await until(pilot, lambda: "Type exactly 1" in shown(app))
        assert whole.services.desk.clocks(ticket, whole.clock())["response"].target == before.target
        await pilot.press("backspace", "1", "enter")
        await until(pilot, lambda: whole.services.desk.clocks(ticket, whole.clock())["response"].target == 1800)


async def test_a_threshold_is_told_in_the_status_line_once(desk: WholeDesk, themes: Any) -> None:
    ticket = desk.make(priority=2)  # an hour ago: all of the response is used now
    app = DeskApp(desk.services, themes=themes)
    thresholds = Thresholds(desk.services.desk)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: app._sla_mark is not None)
        thresholds.run()
        await until(pilot, lambda: f"100 % of R used: {ticket}" in shown(app))
        assert thresholds.run() == []
    thresholds.leave()


async def test_no_news_over_what_somebody_types(desk: WholeDesk, themes: Any) -> None:
    ticket = desk.make(priority=2)
    app = DeskApp(desk.services, themes=themes)
    thresholds = Thresholds(desk.services.desk)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: app._sla_mark is not None)
        await pilot.press("S", "e")
        await until(pilot, top(app, FormScreen))
        thresholds.run()
        await until(pilot, lambda: bool(app._sla_said))
        assert "used:" not in shown(app)
        await pilot.press("escape")
        await until(pilot, lambda: f"100 % of R used: {ticket}" in shown(app))
    thresholds.leave()


async def test_a_rebuild_says_how_far_it_is(desk: WholeDesk, themes: Any) -> None:
    app = DeskApp(desk.services, themes=themes)
    async with app.run_test(size=(80, 24)) as pilot:
        desk.store.anew = 1200
        await until(pilot, lambda: "all clocks are counted anew: 1200 tickets done" in shown(app))


async def test_the_explain_screen_names_exclusions_and_rules(desk: WholeDesk, themes: Any) -> None:
    from deskui.services.exclusions import Exclusions

    ticket = desk.acknowledged(priority=2)
    desk.do(ticket, Reply("we are on it"))
    start = desk.clock() - 600
    Exclusions(desk.services.desk).add(ticket, start, start + 300, "third_party", "lee").result(10)
    app = DeskApp(desk.services, themes=themes)
    async with app.run_test(size=(160, 45)) as pilot:
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, TicketScreen))
        await pilot.press("v")
        await until(pilot, lambda: "EXCLUSIONS" in shown(app))
        said = shown(app)
        assert "agreed not to count: third party, approved by lee" in said
        assert "third party; asked for by anna, approved by lee" in said
        assert "By the contract: Nordkauf retail:" in said
        assert "the fix clock pauses on: every hold" in said


def test_the_worst_news_first_and_the_rest_counted() -> None:
    reached = (("response", 50, 1), ("resolution", 90, 3), ("update", 90, 1))
    found = [News(f"RT-{n}", clock, share, 0, prio, True) for n, (clock, share, prio) in enumerate(reached)]
    assert told(found) == "90 % of U used: RT-2; 90 % of F used: RT-1; 1 more (gd)"
    assert told(found[:1]) == "50 % of R used: RT-0"
    assert told([]) == ""
    again = [News("RT-0", "response", share, 0, 1, True) for share in (90, 50, 75)]
    assert told(again) == "90 % of R used: RT-0"


@pytest.mark.parametrize(
    ("typed", "found"), [("pl", "planned"), ("DOWN", "down"), ("d", "d"), ("", ""), ("do", "do"), ("x", "x")]
)
def test_a_word_is_completed_when_only_one_begins_so(typed: str, found: str) -> None:
    assert slawork.picked(typed, ("down", "downed", "planned")) == found
