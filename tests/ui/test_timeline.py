"""The timeline as lines: kinds told apart by words, text made inert, long bodies in pages."""

import pytest

from deskui.domain.event import Event
from deskui.text import width
from deskui.ui import timeline

NOW = 1_795_485_240  # 2026-11-24 01:54 UTC


def plain(*events: Event, cells: int = 60, pages: dict[str, int] | None = None) -> list[str]:
    shown = timeline.lines(events, cells, "UTC", NOW, pages)
    return ["".join(words for words, _ in line) for line in shown.lines]


@pytest.mark.parametrize(
    ("event", "head", "gutter"),
    [
        (Event("1", NOW, "customer_reply", "max", "customer", text="hi"), " 01:54 >> CUSTOMER  max", "  > hi"),
        (Event("1", NOW, "public_reply", "me", text="hi"), " 01:54 << REPLY (public)  me", "  < hi"),
        (Event("1", NOW, "internal_note", "me", text="hi"), " 01:54 ## note  me", "  # hi"),
        (Event("1", NOW, "auto_reply", "RT_System", "system", text="hi"), " 01:54 .. auto-reply  RT_System", "  . hi"),
        (Event("1", NOW, "created", "max", "customer", text="hi"), " 01:54 >> CREATED  max", "  > hi"),
        (
            Event("1", NOW, "internal_note", "me", made_at=NOW, text="hi", pending=True),
            "*01:54 ## note  me  * waiting to send",
            "  # hi",
        ),
    ],
)
def test_messages_differ_without_colour(event: Event, head: str, gutter: str) -> None:
    assert plain(event) == [head, gutter]


@pytest.mark.parametrize(
    ("type", "data", "said"),
    [
        ("assign", {"from": None, "to": "kim"}, "assigned to kim"),
        ("assign", {"from": "kim", "to": None}, "assigned to nobody"),
        ("hold", {"reason": "vendor"}, "HOLD: waiting for vendor"),
        ("resume", {}, "resumed"),
        ("priority", {"from": 3, "to": 1}, "priority P3 -> P1"),
        ("field", {"field": "state", "from": "new", "to": "in_progress"}, "state: new -> in_progress"),
        ("field", {"field": "cis", "from": [], "to": ["sw1"]}, "cis: none -> sw1"),
        ("time", {"minutes": 15}, "15 minutes worked"),
        ("acknowledge", {}, "acknowledged"),
        ("resolve", {}, "RESOLVED"),
    ],
)
def test_facts_in_words(type: str, data: dict[str, object], said: str) -> None:
    assert plain(Event("1", NOW, type, "me", data=data)) == [f" 01:54 -- {said}  me"]


def test_minutes_and_missing_text_are_said() -> None:
    rows = plain(Event("1", NOW, "internal_note", "me", data={"minutes": 5}))
    assert rows == [" 01:54 ## note  me (5 min)", "  # (text not read yet: comes with the next sync)"]


def test_another_day_has_its_date() -> None:
    assert plain(Event("1", NOW - 86_400, "acknowledge", "me"))[0].startswith(" 23 Nov 01:54 ")
    assert plain(Event("1", NOW - 400 * 86_400, "acknowledge", "me"))[0].startswith(" 20 Oct 2025 01:54 ")


def test_hostile_text_is_inert() -> None:
    rows = plain(
        Event("1", NOW, "customer_reply", "ev\x1b[31mil", "customer", text="a\x1b]0;title\x07b [@click=app.quit]x[/]")
    )
    said = "\n".join(rows)
    assert "\x1b" not in said
    assert "\x07" not in said
    assert "[@click=app.quit]x[/]" in said  # shown as it is, never run


@pytest.mark.parametrize("body", ["word " * 100, "x" * 500, "日本語テキスト" * 40, "é" * 300, "a\tb\n\n\n\nc"])
def test_every_line_fits(body: str) -> None:
    rows = plain(Event("1", NOW, "customer_reply", "max", "customer", text=body), cells=40)
    assert max(width(row) for row in rows) <= 40
    assert "".join(body.split()) == "".join("".join(row[4:].split()) for row in rows[1:])


def test_a_long_body_comes_in_pages() -> None:
    event = Event("1", NOW, "customer_reply", "max", "customer", text="0123456789\n" * 5_000)
    first = timeline.lines([event], 80, "UTC", NOW)
    assert first.lines[-1][0][0] == "  > [54 kB more: + shows the next part]"
    assert first.more == {len(first.lines) - 1: "1"}
    assert len(first.lines) == timeline.LINES + 2
    page = timeline.lines([event], 80, "UTC", NOW, {"1": 1})
    assert page.lines[-1][0][0] == "  > [35 kB more: + shows the next part]"
    assert sum(len(line[-1][0]) for line in page.lines) < timeline.PAGE + 200
    everything = timeline.lines([event], 80, "UTC", NOW, {"1": 3})
    assert not everything.more
    assert len(everything.lines) == 5_001


def test_a_body_of_many_lines_is_folded() -> None:
    event = Event("1", NOW, "internal_note", "me", text="short\n" * 50)
    assert plain(event)[-1] == "  # [a few lines more: + shows the next part]"
    assert len(plain(event, pages={"1": 1})) == 51


def test_old_long_bodies_give_way_to_new_ones() -> None:
    events = [Event(str(n), NOW, "internal_note", "me", text="x" * 19_000) for n in range(40)]
    shown = timeline.lines(events, 80, "UTC", NOW)
    ends = sorted(shown.more)
    assert ends[0] < ends[-1] - ends[-2]  # the oldest has fewer lines than the newest
    assert len(shown.lines) < 40 * (timeline.LINES + 3)
