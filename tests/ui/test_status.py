"""The words of the top and bottom lines, as a table."""

from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest

from deskui.text import width
from deskui.ui import status

AT = int(datetime(2026, 11, 24, 2, 15, tzinfo=UTC).timestamp())


def local(at: int) -> datetime:
    return datetime.fromtimestamp(at, UTC)


def upstream(**over: Any) -> Any:
    values = {"name": "rt", "error": "", "offset_s": 0.0, "offline_since": None, "last_ok": AT, "next_try": None,
              "frozen": ""}  # fmt: skip
    return SimpleNamespace(**{**values, **over})


def state(*upstreams: Any, **over: Any) -> Any:
    values = {"queued": 0, "conflicts": 0, "rejected": 0, "unknown": 0, "last_ok": AT, "offline_since": None}
    return SimpleNamespace(**{**values, "upstreams": upstreams or (upstream(),), **over})


@pytest.mark.parametrize(
    ("found", "said"),
    [
        (state(), []),
        (state(queued=1), ["1 change waiting to send"]),
        (state(queued=3, conflicts=2), ["3 changes waiting to send", "2 conflicts (gs)"]),
        (state(rejected=1, unknown=1), ["1 unsure if sent (gs)", "1 rejected (gs)"]),
        (state(upstream(offline_since=AT, error="refused")), ["OFFLINE rt since 02:15"]),
        (state(upstream(offline_since=AT, next_try=AT + 600)), ["OFFLINE rt since 02:15, next try 02:25 (R: now)"]),
        (state(upstream(error="login refused")), ["rt: login refused"]),
        (state(upstream(frozen="swapped"), queued=1), ["FROZEN rt: nothing is sent (gs)", "1 change waiting to send"]),
        (state(upstream(offset_s=29.0)), []),
        (state(upstream(offset_s=-31.0)), ["clock off by 31 s"]),
    ],
)
def test_waiting(found: Any, said: list[str]) -> None:
    assert [words for words, _ in status.waiting(found, local)] == said


@pytest.mark.parametrize(
    ("found", "said"),
    [
        (state(), "sync 02:15"),
        (state(offline_since=AT), "OFFLINE 9m"),
        (state(upstream(offline_since=AT), offline_since=AT), "OFFLINE 9m"),
        (state(upstream(), upstream(name="acme", offline_since=AT), offline_since=AT), "acme OFFLINE 9m"),
        (state(upstream(), *2 * [upstream(name="a" * 40, offline_since=AT)], offline_since=AT), "2/3 OFFLINE 9m"),
        (state(upstream(), upstream(name="a" * 40, offline_since=AT), offline_since=AT), "aaaaaaaaaa OFFLINE 9m"),
        (state(*2 * [upstream(offline_since=AT)], offline_since=AT), "OFFLINE 9m"),
        (state(last_ok=None), "never synced"),
        (state(last_ok=AT - 3 * 86_400), "sync 3d ago"),
        (SimpleNamespace(upstreams=(), last_ok=None, offline_since=None), "no upstream"),
    ],
)
def test_sync_age(found: Any, said: str) -> None:
    assert status.sync_age(found, AT + 540, local) == said


@pytest.mark.parametrize(("hour", "said"), [(2, "02:00 NIGHT"), (6, "06:00"), (21, "21:00"), (22, "22:00 NIGHT")])
def test_clock(hour: int, said: str) -> None:
    assert status.clock(datetime(2026, 11, 24, hour, tzinfo=UTC)) == said


def test_stops() -> None:
    assert status.stops(SimpleNamespace(stops=0, first_due=None), local) == ""
    assert status.stops(SimpleNamespace(stops=3, first_due=AT), local) == "3 stops to send, first due 02:15"


@pytest.mark.parametrize(
    ("parts", "right", "room", "line"),
    [
        ([("left", "")], "right", 12, "left   right"),
        ([("left", "")], "", 6, "left  "),
        ([("much too long", "")], "right", 12, "much … right"),
        ([("one", "a"), (" two", "b"), (" three", "c")], "", 9, "one two …"),
        ([("one", "a"), (" | ", ""), ("two", "b")], "r", 6, "one… r"),
        ([("測試測試", "")], "r", 8, "測試…  r"),
        ([("a\x1b[31mb\n", "")], "\x07", 14, "a^[[31mb    ^G"),
        ([("left", "")], "right", 3, "ri…"),
    ],
)
def test_a_line_is_exactly_as_wide_as_its_room(parts: Any, right: str, room: int, line: str) -> None:
    found = status.laid(parts, right, room)
    assert "".join(said for said, _ in found).rstrip() == line.rstrip()
    assert width("".join(said for said, _ in found)) == room
    assert [style for _, style in found[:-1]] == [style for _, style in parts][: len(found) - 1]


def test_remarks_are_set_apart() -> None:
    assert status.joined([]) == []
    assert status.joined([("a", "error"), ("b", "")]) == [("a", "error"), (" | ", ""), ("b", "")]


@pytest.mark.parametrize(("size", "said"), [((80, 24), []), ((80, 23), ["80x23"]), ((79, 50), ["79x50"])])
def test_a_small_terminal_is_told(size: tuple[int, int], said: list[str]) -> None:
    assert [words.split(",")[0].removeprefix("terminal ") for words, _ in status.small(*size)] == said


def test_hints_that_do_not_fit_make_room_for_shorter_ones() -> None:
    assert status.fit(["a:one", "b:much-longer", "c:x"], 12) == "a:one  c:x"
    assert status.fit(["a:one"], 4) == ""


@pytest.mark.parametrize(("cursor", "total", "said"), [(0, 0, "0/0"), (0, 7, "1/7"), (6, 7, "7/7")])
def test_the_place_in_the_list(cursor: int, total: int, said: str) -> None:
    assert status.place(cursor, total) == f"sort:sla {said}"
