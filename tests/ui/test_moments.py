"""Times as they are typed when somebody tells what has been."""

import pytest

from deskui.domain.when import iso, parse
from deskui.ui import moments

NOW = parse("2026-11-24T02:07:00Z")  # 03:07 in Berlin


@pytest.mark.parametrize(
    ("start", "end", "found"),
    [
        ("01:30", "02:00", ("2026-11-24T00:30:00Z", "2026-11-24T01:00:00Z")),
        ("23:00", "06:00", ("2026-11-23T22:00:00Z", "2026-11-24T05:00:00Z")),
        ("04:00", "03:00", ("2026-11-23T03:00:00Z", "2026-11-24T02:00:00Z")),
        ("2026-11-20 12:00", "now", ("2026-11-20T11:00:00Z", "2026-11-24T02:07:00Z")),
        ("2026-11-20T12:00:00Z", "13:00", ("2026-11-20T12:00:00Z", "2026-11-21T12:00:00Z")),
    ],
)
def test_the_last_such_time_and_the_first_after_it(start: str, end: str, found: tuple[str, str]) -> None:
    at = moments.begin(start, "Europe/Berlin", NOW)
    assert (iso(at), iso(moments.end(end, "Europe/Berlin", NOW, at))) == found


@pytest.mark.parametrize("typed", ["", "25:00", "1:2:3", "soon", "2026-13-01 12:00", "99", "-"])
def test_what_is_no_time_says_what_to_write(typed: str) -> None:
    with pytest.raises(ValueError, match="is no time; write"):
        moments.begin(typed, "UTC", NOW)


def test_what_it_comes_to() -> None:
    assert moments.spoken({"start": "01:30", "end": "-"}, "UTC", NOW) == "Tue 24 Nov 01:30, and it goes on"
    assert (
        moments.spoken({"start": "23:00", "end": "01:00"}, "UTC", NOW) == "Mon 23 Nov 23:00 to Tue 24 Nov 01:00 (2h00)"
    )
    assert moments.spoken({"start": "", "end": ""}, "UTC", NOW) == ""
    assert "BEFORE" in moments.spoken({"start": "now", "end": "2026-11-24 01:00"}, "UTC", NOW)
