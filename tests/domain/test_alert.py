"""The ladder as a table: what happened, how urgent, at night, muted; and the words for it."""

from dataclasses import replace
from datetime import datetime

import pytest

from deskui.domain import alert as alerting
from deskui.domain.alert import Alert
from deskui.domain.night import is_night

NOW = 1_000_000
LETTERS = {"S": "status", "T": "title", "B": "bell", "N": "notify", "C": "command", "!": "banner"}


def made(what: str, priority: int = 3, share: int = 0, left: int | None = None, **values: object) -> Alert:
    due = None if left is None else NOW + left
    known = {"ticket": "RT-1", "subject": "Tills", "customer": "Nordkauf", "clock": "response", **values}
    return Alert("key", what, NOW, priority=priority, share=share, due=due, **known)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("what", "priority", "share", "left", "day", "night", "muted", "both"),
    [
        # what        P  share  left  by day    night     muted  at night and muted
        ("p1", 1, 0, 900, "STBNC!", "STBNC!", "ST!", "ST!"),
        ("breach", 1, 100, -1, "STBNC!", "STBNC!", "ST!", "ST!"),
        ("breach", 4, 100, -1, "STBNC!", "STBNC!", "S", "S"),
        ("threshold", 1, 90, 90, "STBNC", "STBNC", "ST", "ST"),
        ("threshold", 2, 90, 599, "STBNC", "STBNC", "S", "S"),
        ("threshold", 2, 90, 600, "STBNC", "STNC", "S", "S"),
        ("threshold", 2, 90, None, "STBNC", "STNC", "S", "S"),
        ("threshold", 3, 90, 4000, "STBN", "STN", "S", "S"),
        ("threshold", 1, 75, 4000, "STBN", "STBN", "ST", "ST"),
        ("threshold", 2, 75, 300, "ST", "ST", "S", "S"),
        ("threshold", 1, 50, 300, "S", "S", "S", "S"),
        ("threshold", 4, 50, 9000, "S", "S", "S", "S"),
        ("conflict", 1, 0, None, "SN", "SN", "S", "S"),
        ("rejected", 3, 0, None, "SN", "SN", "S", "S"),
        ("offline", 9, 0, None, "SN", "SN", "S", "S"),
        ("online", 9, 0, None, "S", "S", "S", "S"),
    ],
)
def test_the_ladder(what, priority, share, left, day, night, muted, both):
    alert = made(what, priority, share, left)
    for wanted, dark, quiet in ((day, False, False), (night, True, False), (muted, False, True), (both, True, True)):
        found = alerting.rungs(alert, NOW, night=dark, muted=quiet)
        assert found == {LETTERS[letter] for letter in wanted}, (dark, quiet)
        assert not alerting.rungs(replace(alert, silent=True), NOW, night=dark, muted=quiet)


@pytest.mark.parametrize(
    ("left", "title"),
    [(461, "!07:41 RT-1"), (599, "!09:59 RT-1"), (600, "!10m RT-1"), (11100, "!3h05 RT-1"), (0, "!00:00 RT-1"),
     (-252, "!-04:12 RT-1"), (-3599, "!-59:59 RT-1"), (-11100, "!-3h05 RT-1"), (None, "!P3 RT-1")],
)  # fmt: skip
def test_the_title_says_what_is_left(left, title):
    assert alerting.title(made("threshold", share=90, left=left), NOW) == title


def test_the_words():
    said = [alerting.sentence(each) for each in (
        made("threshold", 2, 90, clock="resolution"), made("breach", 1, 100), made("p1", 1, customer=""),
        made("conflict", 3, text="owner (kim)"),
        Alert("k", "offline", NOW, text="rt"), Alert("k", "online", NOW, text="rt"),
    )]  # fmt: skip
    assert said == [
        "P2 RT-1 Nordkauf: 90 % of F used: Tills", "P1 RT-1 Nordkauf: R missed: Tills", "P1 RT-1: new P1: Tills",
        "P3 RT-1 Nordkauf: conflict: owner (kim): Tills", "OFFLINE rt", "rt is back",
    ]  # fmt: skip


def test_a_p1_is_the_worst_then_what_is_due_first():
    late, soon, p1 = made("breach", 3, 100, -50), made("threshold", 2, 90, 50), made("p1", 1, left=800)
    assert alerting.worst([soon, late, p1]) is p1
    assert alerting.worst([soon, late]) is late
    assert alerting.worst([]) is None


def test_of_a_clock_only_the_highest_share_is_told():
    low, high = made("threshold", 2, 75), made("threshold", 2, 90)
    other, new = made("threshold", 2, 50, clock="resolution"), made("p1", 1, clock="")
    assert alerting.highest([low, high, other, new]) == [high, other, new]
    assert alerting.highest([high, low]) == [high]


@pytest.mark.parametrize(
    ("window", "times"),
    [((1320, 360), {"21:59": 0, "22:00": 1, "00:00": 1, "05:59": 1, "06:00": 0}),
     ((60, 120), {"00:59": 0, "01:00": 1, "01:59": 1, "02:00": 0}), (None, {"00:00": 0, "23:00": 0})],
)  # fmt: skip
def test_night(window, times):
    for time, wanted in times.items():
        assert is_night(datetime.fromisoformat(f"2026-11-24T{time}:00"), window) is bool(wanted), time
