"""The line that sets a key, in every way in which TOML can write it."""

import pytest

from deskui.tomllines import line_among, line_of

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


@pytest.mark.parametrize(
    ("table", "number", "key", "line"),
    [("a", 1, "x", 3), ("a", 2, "x", 6), ("a", 2, "y", 5), ("a", 3, "x", None), ("b", 1, "x", 8), ("c", 1, "x", None)],
)
def test_the_line_of_a_key_of_one_among_several(table: str, number: int, key: str, line: int | None):
    text = "x = 0\n[[a]]\nx = 1\n\n[[ a ]]\nx = 2\n[[b]]\nx = 3\n[c]\nx = 4\n"
    assert line_among(text, table, number, key) == line
