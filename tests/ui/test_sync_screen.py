"""The sync screen: what waits, what clashes, settled for real."""

from dataclasses import replace
from typing import Any

import pytest

from deskui.domain.change import Assign, Hold, Note, Reply, Resolve
from deskui.domain.fields import SetPriority
from deskui.store import drafts, outbox
from deskui.ui.screens.sync import SyncScreen
from deskui.ui.traffic import upstream_line, upstream_lines
from tests.ui.desk import LARGE, SMALL, WholeDesk, opened, shown, until


def screen(whole: WholeDesk, themes: Any, size: tuple[int, int] = SMALL) -> Any:
    return opened(whole.services, SyncScreen(whole.services), themes, size)


async def test_nothing_waits(whole: WholeDesk, themes: Any) -> None:
    whole.sync()
    async with screen(whole, themes) as (app, _):
        said = shown(app)
    assert "SYNC   OUTBOX 0   CONFLICTS 0   REJECTED 0" in said
    assert " rt           last ok 02:07 (0m ago)" in said
    assert "nothing clashes, nothing waits to be sent" in said


async def test_offline_and_what_waits(whole: WholeDesk, themes: Any) -> None:
    ticket = whole.make()
    whole.faults.offline = True
    whole.do(ticket, Note("kept here", 5), Assign("kim"))
    whole.sync()
    async with screen(whole, themes) as (app, _):
        said = shown(app)
    assert "OUTBOX 2" in said
    assert "OFFLINE since 02:07" in said
    assert f"{ticket} waiting: note (5 min)" in said
    assert f"{ticket} waiting: assign kim" in said
    assert "kept here" in said  # the detail of the first line


async def test_a_conflict_shows_three_sides_and_mine_is_kept(whole: WholeDesk, themes: Any) -> None:
    ticket = whole.make(priority=3)
    whole.clash(ticket, SetPriority(1), SetPriority(2))
    async with screen(whole, themes) as (app, pilot):
        said = shown(app)
        assert "CONFLICTS 1" in said
        assert f" ! {ticket} priority: mine P1 | theirs P2 (kim)" in said
        header, values = said.split("\n")[-4:-2]
        assert [word for word in header.split() if word.isupper()] == ["BASE", "MINE", "THEIRS"]
        assert values.split() == ["priority", "P3", "P1", "P2"]
        await pilot.press("m")
        await until(pilot, lambda: "CONFLICTS 0" in shown(app))
        assert "settled" in shown(app)
    whole.sync()
    assert whole.world.ticket(ticket[3:]).priority == 1


async def test_theirs_is_taken(whole: WholeDesk, themes: Any) -> None:
    ticket = whole.make()
    whole.clash(ticket, Assign("anna"), Assign("kim"))
    async with screen(whole, themes, LARGE) as (app, pilot):
        await pilot.press("t")
        await until(pilot, lambda: "CONFLICTS 0" in shown(app))
        assert "OUTBOX 0" in shown(app)
    whole.sync()
    assert whole.world.ticket(ticket[3:]).owner == "kim"


async def test_a_third_value(whole: WholeDesk, themes: Any) -> None:
    ticket = whole.make()
    whole.clash(ticket, Assign("anna"), Assign("kim"))
    async with screen(whole, themes) as (app, pilot):
        await pilot.press("e")
        await until(pilot, lambda: "the owner to set:" in shown(app))
        await pilot.press("ctrl+u", *"berta", "enter")
        await until(pilot, lambda: "CONFLICTS 0" in shown(app))
    whole.sync()
    assert whole.world.ticket(ticket[3:]).owner == "berta"


async def test_a_settlement_that_cannot_be_says_why(whole: WholeDesk, themes: Any) -> None:
    ticket = whole.make()
    whole.clash(ticket, Hold("vendor"), Resolve("works again"))
    async with screen(whole, themes) as (app, pilot):
        assert "mine WAIT | theirs DONE" in shown(app)
        await pilot.press("m")
        await until(pilot, lambda: "NOT DONE:" in shown(app))
        assert "CONFLICTS 1" in shown(app)


async def test_dropping_asks_first(whole: WholeDesk, themes: Any) -> None:
    ticket = whole.make()
    whole.do(ticket, Note("not this"))
    async with screen(whole, themes) as (app, pilot):
        await pilot.press("d", "enter")  # Cancel is the default
        await pilot.pause(0.1)
        assert "OUTBOX 1" in shown(app)
        await pilot.press("d")
        await until(pilot, lambda: "It will not be sent." in shown(app))
        await pilot.press("d")
        await until(pilot, lambda: "OUTBOX 0" in shown(app))
    assert whole.services.desk.timeline(ticket)[-1].type == "created"


async def test_enter_opens_the_ticket_and_r_syncs(whole: WholeDesk, themes: Any) -> None:
    ticket = whole.make()
    whole.do(ticket, Note("x"))
    asked = []
    whole.services.syncing.soon = lambda name, when: asked.append(name)
    async with screen(whole, themes) as (app, pilot):
        await pilot.press("R")
        assert asked == ["rt"]
        await pilot.press("enter")
        await until(pilot, lambda: shown(app).startswith(f"{ticket} "))


def test_an_upstream_in_words(whole: WholeDesk) -> None:
    now = whole.clock.now
    status = whole.services.syncing.status().upstreams[0]
    assert upstream_line(status, "UTC", now) == " rt           never synced"
    away = replace(
        status, last_ok=now - 540, offline_since=now - 420, error="refused\x1b[31m", next_try=now + 60, offset_s=42.0
    )
    said = upstream_line(away, "UTC", now)
    assert "last ok 01:58 (9m ago)" in said
    assert "OFFLINE since 02:00   next try 02:08 (R:now)   CLOCK OFF by 42 s" in said
    assert "\x1b" not in said


def test_an_upstream_has_its_remarks_whole_on_a_narrow_screen(whole: WholeDesk) -> None:
    now = whole.clock.now
    one = whole.services.syncing.status().upstreams[0]
    one = replace(one, last_ok=now - 540, next_try=now + 60, back_to=now - 400 * 86_400, frozen="another RT")
    assert upstream_line(one, "UTC", now, 80).split("\n") == [
        " rt           last ok 01:58 (9m ago)   next try 02:08",
        "   finished back to 2025-10-20",
        "   FROZEN, nothing is sent: another RT (F takes it so)",
    ]
    assert upstream_line(one, "UTC", now, 160).count("\n") == 1


def test_of_many_upstreams_the_troubled_ones_stand_first_and_none_is_forgotten(whole: WholeDesk) -> None:
    now = whole.clock.now
    one = whole.services.syncing.status().upstreams[0]
    well = [replace(one, name=f"ok{n}", last_ok=now) for n in range(6)]
    away = [replace(one, name=f"bad{n}", offline_since=now - 60, error="refused") for n in range(2)]
    rows = upstream_lines([*well, *away], "UTC", now, 80, 8).split("\n")
    assert [row.split()[0] for row in rows] == ["bad0", "refused", "bad1", "refused", "ok0", "ok1", "ok2", "and"]
    assert rows[-1] == " and 3 more, with which all is well"
    assert [row.split()[0] for row in upstream_lines(well, "UTC", now, 80, 8).split("\n")] == [u.name for u in well]
    wide = [replace(each, name="x" * 90) for each in well[:3]]  # two rows each on a narrow terminal
    assert upstream_lines(wide, "UTC", now, 80, 4).endswith(" and 2 more, with which all is well")
    assert len(upstream_lines(away * 4, "UTC", now, 80, 8).split("\n")) == 16


async def test_what_may_have_arrived_is_looked_for_sent_again_or_dropped(whole: WholeDesk, themes: Any) -> None:
    ticket = whole.make()
    asked: list[str] = []
    whole.services.syncing.soon = lambda name, when: asked.append(name)
    for key in ("l", "s", "d"):
        entry = whole.do(ticket, Reply(f"by {key}"))
        whole.store.write(lambda tx, uid=entry.uid: outbox.mark(tx, uid, "unknown")).result()
        asked.clear()
        async with screen(whole, themes) as (app, pilot):
            assert "UNKNOWN 1" in shown(app)
            await pilot.press("a")
            await until(pilot, lambda: "nobody knows whether this arrived" in shown(app))
            assert "the customer gets this mail twice" in " ".join(shown(app).replace("|", " ").split())
            await pilot.press(key)
            await until(
                pilot, lambda key=key: {"l": "looking", "s": "sent again", "d": "is a draft"}[key] in shown(app)
            )
        state = whole.services.desk.entry(entry.uid).state
        assert (state, asked) == {"l": ("unknown", ["rt"]), "s": ("queued", []), "d": ("dropped", [])}[key]
        if key != "d":
            whole.services.desk.drop(entry.uid).result()
    assert [draft.text for draft in whole.store.read(lambda db: drafts.of(db, ("anna",)))] == ["by d"]


async def test_what_waits_is_not_sent_again(whole: WholeDesk, themes: Any) -> None:
    whole.do(whole.make(), Note("waits"))
    async with screen(whole, themes) as (app, pilot):
        await pilot.press("a")
        await until(pilot, lambda: "only what was refused, or may have arrived" in shown(app))


@pytest.mark.parametrize(("key", "waiting"), [("n", ["create", "note", "assign"]), ("d", ["assign"])])
async def test_a_deleted_ticket_goes_on_as_a_new_one_or_its_words_are_a_draft(
    whole: WholeDesk, themes: Any, key: str, waiting: list[str]
) -> None:
    ticket = whole.make()
    whole.do(ticket, Note("cable swapped"), Assign("kim"))
    whole.world.delete(ticket[3:])
    whole.sync()
    async with screen(whole, themes) as (app, pilot):
        assert f"{ticket} note: mine cable swapped | theirs deleted" in shown(app)
        await pilot.press("m")
        await until(pilot, lambda: f"{ticket} was deleted upstream" in shown(app))
        assert "What waited for it:" in shown(app)
        await pilot.press(key)
        await until(pilot, lambda: f"CONFLICTS {1 if key == 'd' else 0}" in shown(app))
    assert [entry.change.verb for entry in whole.services.desk.outbox()] == waiting
    drafted = [draft.text for draft in whole.store.read(lambda db: drafts.of(db, ("anna",)))]
    assert drafted == (["cable swapped"] if key == "d" else [])


@pytest.mark.parametrize(("keys", "words"), [("m", ""), ("t", "it was the fuse"), ("eh", "")])
async def test_what_was_settled_is_open_again(whole: WholeDesk, themes: Any, keys: str, words: str) -> None:
    ticket = whole.make()
    whole.do(ticket, Resolve("it was the fuse"))
    whole.world.change_as("kim", ticket[3:], Hold("parts"))
    whole.sync()
    (clash,) = whole.services.syncing.conflicts()
    async with screen(whole, themes) as (app, pilot):
        await pilot.press(*keys)
        await until(pilot, lambda: "CONFLICTS 0" in shown(app))
        drafted = [draft.text for draft in whole.store.read(lambda db: drafts.of(db, ("anna",)))]
        assert drafted == ([words] if words else [])
        await pilot.press("u")
        await until(pilot, lambda: "CONFLICTS 1" in shown(app))
        await pilot.press("u")
        await until(pilot, lambda: "nothing was settled here" in shown(app))
    assert whole.services.syncing.conflicts() == [clash]
    assert whole.services.desk.entry(clash.entry).change == Resolve("it was the fuse")
    assert whole.store.read(lambda db: drafts.of(db, ("anna",))) == []


async def test_what_was_sent_is_not_opened_again(whole: WholeDesk, themes: Any) -> None:
    whole.clash(whole.make(priority=3), SetPriority(1), SetPriority(2))
    async with screen(whole, themes) as (app, pilot):
        await pilot.press("m")
        await until(pilot, lambda: "CONFLICTS 0" in shown(app))
        whole.sync()
        await pilot.press("u")
        await until(pilot, lambda: "NOT DONE: priority was sent meanwhile" in shown(app))


async def test_theirs_of_all(whole: WholeDesk, themes: Any) -> None:
    for _ in range(2):
        whole.clash(whole.make(priority=3), SetPriority(1), SetPriority(2))
    async with screen(whole, themes) as (app, pilot):
        await pilot.press("A", "enter")  # Cancel is the default
        await pilot.pause(0.1)
        assert "CONFLICTS 2" in shown(app)
        await pilot.press("A")
        await until(pilot, lambda: "Take theirs of 2 conflicts?" in shown(app))
        await pilot.press("t")
        await until(pilot, lambda: "CONFLICTS 0" in shown(app))
        await pilot.press("u")
        await until(pilot, lambda: "CONFLICTS 2" in shown(app))
