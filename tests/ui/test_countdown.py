"""The countdown is a table: what stands in its eleven cells."""

import pytest

from deskui.ui.countdown import CELLS, age, countdown

NOW = 1_000_000
H, D = 3600, 86_400


@pytest.mark.parametrize(
    ("left", "shown", "level"),
    [
        (-252, "!! -04:12 R", "late"),
        (-1, "!! -00:01 R", "late"),
        (-3599, "!! -59:59 R", "late"),
        (-3600, "!!  -1h00 R", "late"),
        (-(3 * H + 300), "!!  -3h05 R", "late"),
        (-(2 * D + 4 * H), "!! -2d04h R", "late"),
        (-(120 * D), "!!  -120d R", "late"),
        (0, " !  00:00 R", "soon"),
        (461, " !  07:41 R", "soon"),
        (599, " !  09:59 R", "soon"),
        (600, " >    10m R", "near"),
        (22 * 60 + 59, " >    22m R", "near"),
        (3599, " >    59m R", "near"),
        (3600, "     1h00 R", "far"),
        (3 * H + 5 * 60, "     3h05 R", "far"),
        (23 * H + 59 * 60 + 59, "    23h59 R", "far"),
        (2 * D + 4 * H, "    2d04h R", "far"),
        (400 * D, "     400d R", "far"),
    ],
)
def test_running(left: int, shown: str, level: str) -> None:
    assert countdown("run", "response", NOW + left, None, NOW) == (shown, level)


@pytest.mark.parametrize(
    ("args", "shown", "level"),
    [
        (("paused", "resolution", None, H + 720, NOW), " =   1h12 F", "paused"),
        (("paused", "resolution", None, -(H + 720), NOW), " =-  1h12 F", "paused"),
        (("paused", "resolution", NOW - 9, 59, NOW), " =  00:59 F", "paused"),
        (("run", "resolution", NOW + 3 * H + 300, None, NOW, True), " z   3h05 F", "asleep"),
        (("run", "resolution", NOW - 60, None, NOW), "!! -01:00 F", "late"),
        (("run", "resolution", NOW - 60, None, NOW, True), "!! -01:00 F", "late"),
        # used up exactly at closing: in time until the next opening, and in its first second
        (("run", "resolution", NOW - 60, None, NOW, True, False, NOW + 1), " z  00:00 F", "asleep"),
        (("run", "resolution", NOW - 60, None, NOW, False, False, NOW + 1), " !  00:00 F", "soon"),
        (("run", "resolution", NOW - 60, None, NOW, False, False, NOW), "!! -01:00 F", "late"),
        (("run", "resolution", NOW + 5 * D, None, NOW, True), " z  5d00h F", "asleep"),
        (("none", "", None, None, NOW), "        -  ", "none"),
        (("doubt", "response", NOW + 5, None, NOW), "        ?  ", "doubt"),
        (("run", "response", NOW + 461, None, NOW, False, True), " !  07:41*R", "soon"),
    ],
)
def test_other_situations(args: tuple, shown: str, level: str) -> None:  # type: ignore[type-arg]
    assert countdown(*args) == (shown, level)


@pytest.mark.parametrize("mode", ["run", "paused", "none", "doubt"])
@pytest.mark.parametrize("left", [-400 * D, -99 * D, -D, -H, -1, 0, 1, H, D, 99 * D, 5000 * D])
def test_always_eleven_cells(mode: str, left: int) -> None:
    assert len(countdown(mode, "resolution", NOW + left, left, NOW, pending=True)[0]) == CELLS


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [(-5, "0m"), (59, "0m"), (240, "4m"), (H, "1h"), (23 * H, "23h"), (D, "1d"), (69 * D, "69d"), (70 * D, "10w")],
)
def test_age(seconds: int, shown: str) -> None:
    assert age(seconds) == shown
