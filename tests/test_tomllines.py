"""The line that sets a key, in every way in which TOML can write it."""

import pytest

from deskui.tomllines import line_of

TEXT = """\
zone = "UTC"
[desk]  # how it works
# undo = 3
undo = 10
[upstream."my.rt"]
url = "https://rt.example/?a=b"
fields.hold_reason = "Why"
[calendars.office]
weekly = { mon = ["08:00-17:00"] }
[[credits]]
below = 99.5
"""


@pytest.mark.parametrize(
    ("path", "line"),
    [
        ("zone", 1),
        ("desk", 2),
        ("desk undo", 4),
        ("desk undo nothing", 4),
        ("desk other", 2),
        ("upstream my.rt", 5),
        ("upstream my.rt url", 6),
        ("upstream my.rt fields hold_reason", 7),
        ("upstream my.rt fields other", 5),
        ("upstream", None),
        ("calendars office weekly mon", 9),
        ("credits below", 11),
        ("nothing", None),
    ],
)
def test_the_line_of_a_key(path: str, line: int | None):
    assert line_of(TEXT, path.split()) == line
