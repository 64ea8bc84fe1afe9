"""The differ by cells: whatever was shown, what it writes makes the terminal show what is wanted."""

import random

import pytest

from deskui.ui.cells import HALF, ODD, UNKNOWN, Glyphs, Grid, cut
from deskui.ui.looks import PLAIN, Look, Looks, parse, way
from deskui.ui.output import Output
from deskui.ui.output import way as cursor_way
from tests.ui.emulator import Terminal, differences

WORDS = [
    "RT-4711", "NEW", "", " ", "      ", " " * 17, "Kranz AG", "Tills offline in 14 stores", "測試", "山…", "🔥", "0",
    "12", "e\u0301a\u0308", "Grüße aus Łódź", "-" * 9, "メールの添付ファイル", "x測", "✅ done", "│─┐",
]  # fmt: skip
LOOKS = [
    "", "1", "7", "1;7;38;5;209;48;5;233", "38;5;188;48;5;233", "1;38;5;231;48;5;23", "38;2;1;2;3;48;2;20;23;26",
    "4;31", "3;9;97;104", "39;49", "5;33", "48;5;23",
]  # fmt: skip


class Twin:
    """Two terminals: one is told what differs, the other everything, as Textual does it."""

    def __init__(self, columns: int, lines: int, erases: bool = True) -> None:
        self.output = Output(erases)
        self.thin, self.plain = Terminal(columns, lines, erases), Terminal(columns, lines, erases)
        self.size = (columns, lines)

    def show(self, pieces: list[tuple[int, int, list[tuple[str, str]]]]) -> str:
        """Pieces are row, column and segments (SGR parameters, text)."""
        found = []
        for y, x, segments in pieces:
            self.plain.feed(f"\x1b[{y + 1};{x + 1}H")
            self.plain.feed("".join(f"\x1b[{ansi}m{text}\x1b[0m" for ansi, text in segments if text))
            texts = [self.output.glyphs.cells(text) for _, text in segments]
            looks = [self.output.looks.char(ansi) * len(text) for (ansi, _), text in zip(segments, texts, strict=True)]
            found.append((y, x, "".join(texts), "".join(looks)))
        written = self.output.frame(*self.size, found)
        self.thin.feed(written)
        return written

    def check(self) -> None:
        assert not differences(self.thin, self.plain)
        shown = self.output.shown
        for y, (text, row) in enumerate(zip(shown.text, self.thin.cells(), strict=True)):
            for x, (cell, found) in enumerate(zip(text, row, strict=True)):
                if cell not in (UNKNOWN, HALF) and cell < ODD:
                    assert cell == found[0], (y, x)


def row(dice: random.Random, width: int, x: int = 0) -> list[tuple[str, str]]:
    """Segments that reach exactly from column `x` to the width."""
    segments, used = [], x
    while used < width:
        text = dice.choice(WORDS)
        cells = len(Glyphs().cells(text))
        if used + cells > width:
            text = " " * (width - used)
            cells = width - used
        segments.append((dice.choice(LOOKS), text))
        used += cells
    return segments


def piece(dice: random.Random, width: int, height: int) -> tuple[int, int, list[tuple[str, str]]]:
    """Some words somewhere."""
    y, x = dice.randrange(height), dice.randrange(width)
    segments, used = [], x
    for _ in range(dice.randrange(1, 4)):
        text = dice.choice(WORDS)
        used += len(Glyphs().cells(text))
        if used <= width:
            segments.append((dice.choice(LOOKS), text))
    return y, x, segments


@pytest.mark.parametrize("seed", range(60))
def test_any_frames_show_what_is_wanted(seed: int) -> None:
    dice = random.Random(seed)
    width, height = dice.choice([(12, 4), (33, 9), (80, 24)])
    twin = Twin(width, height, erases=dice.random() < 0.7)
    rows = [row(dice, width) for _ in range(height)]
    twin.show([(y, 0, segments) for y, segments in enumerate(rows)])
    twin.check()
    for _ in range(25):
        if dice.random() < 0.4:
            rows = turned(dice, rows, width)
            twin.show([(y, 0, segments) for y, segments in enumerate(rows)])
        else:
            twin.show([piece(dice, width, height) for _ in range(dice.randrange(6))])
        if dice.random() < 0.1:
            twin.output.forget()
        twin.check()


def turned(dice: random.Random, rows: list, width: int) -> list:  # type: ignore[type-arg]
    """Some of the rows moved, and some are new."""
    top, by = dice.randrange(len(rows)), dice.randrange(1, 4)
    bottom = dice.randrange(top, len(rows)) + 1
    band, new = rows[top:bottom], [row(dice, width) for _ in range(by)]
    band = [*band, *new][-len(band) :] if dice.random() < 0.5 else [*new, *band][: len(band)]
    return [row(dice, width) if dice.random() < 0.1 else each for each in (*rows[:top], *band, *rows[bottom:])]


# --- bytes


def written(before: str, after: str, looks: tuple[str, str] = ("", ""), erases: bool = True) -> str:
    """What is written when a row of a small screen changes, and its look."""
    twin = Twin(30, 3, erases)
    twin.show([(y, 0, [(looks[0], before.ljust(30))]) for y in range(3)])
    found = twin.show([(1, 0, [(looks[1], after.ljust(30))])])
    twin.check()
    return found


@pytest.mark.parametrize(
    ("before", "after", "found"),
    [
        ("same", "same", ""),
        ("12:41", "12:42", "\x1b[2;5H2"),
        ("12:41", "13:51", "\x1b[2;2H3:5"),  # what is equal between is written again
        ("1    :    1", "2    :    2", "\x1b[2H2\x1b[9C2"),  # or jumped over
        ("Tills offline", "Tills", "\x1b[2;7H\x1b[K"),
        ("a b", "", "\x1b[2H   "),
        ("0123456789", "x" + " " * 27 + "y", "\x1b[2Hx         \x1b[29Gy"),
        ("." * 30, "x" + " " * 28 + "y", "\x1b[2H\x1b[Kx\x1b[30Gy"),
        ("." * 30, "x" + " " * 28 + ".", "\x1b[2Hx\x1b[28X"),
        ("a" * 20, "b" * 8 + "a" * 6 + "b" * 6, "\x1b[2H" + "b" * 8 + "a" * 6 + "b" * 6),  # most of it differs
        ("測試", "測x試", "\x1b[2;3Hx試"),
        ("e\u0301 1", "e\u0301 2", "\x1b[2;3H2"),
        ("a🔥c", "b🔥d", "\x1b[2Hb\x1b[4Gd"),  # odd glyphs are not written again
        ("abc", "🔥c", "\x1b[2H🔥"),
        ("abcd", "🔥xd", "\x1b[2H🔥\x1b[3Gx"),  # where it ends nobody can be sure
    ],
)
def test_what_is_written(before: str, after: str, found: str) -> None:
    assert written(before, after) == found


def test_looks_are_changed_in_the_shortest_way() -> None:
    looks = ("38;5;188;48;5;233", "1;38;5;188;48;5;233")
    assert written("Tills", "Tills", looks)[:29] == "\x1b[2H\x1b[1;38;5;188;48;5;233m\x1b[K"
    for old, new, found in (
        ("", "1;31", "\x1b[1;31m"),
        ("1;31", "", "\x1b[m"),
        ("1;7;38;5;209;48;5;233", "38;5;188;48;5;233", "\x1b[22;27;38;5;188m"),
        ("1;7;38;5;231", "1;38;5;231", "\x1b[27m"),
        ("1;2", "2", "\x1b[0;2m"),
        ("1;2;38;2;1;2;3;48;2;1;2;3", "2;38;2;1;2;3;48;2;1;2;3", "\x1b[22;2m"),
        ("38;5;188;48;5;233", "48;5;233", "\x1b[39m"),
        ("31;44", "97;104", "\x1b[97;104m"),
        ("39;49", "", ""),
        ("4;9", "9;21", "\x1b[24;21m"),
    ):
        assert way(parse(old), parse(new)) == found
    assert way(parse("1"), parse("1", "\x1b]8;;x\x1b\\")) == "\x1b]8;;x\x1b\\"
    assert way(parse("1", "\x1b]8;;x\x1b\\"), parse("1")) == "\x1b]8;;\x1b\\"


def test_what_comes_first_is_what_takes_the_fewer_changes_of_looks() -> None:
    """A cursor that goes down: its row loses its ground, the next one gets it."""
    clock, text, clock_here, text_here = (
        "1;7;38;5;209;48;5;233", "38;5;188;48;5;233", "1;7;38;5;231;48;5;23", "1;38;5;231;48;5;23",
    )  # fmt: skip
    twin = Twin(20, 2)
    here, there = [(clock_here, "!! -04:12 R"), (text_here, "Mail down")], [(clock, "!!  -3h05 F"), (text, "VPN flaps")]
    twin.show([(0, 0, here), (1, 0, there)])
    before = [(clock, "!! -04:12 R"), (text, "Mail down")]
    after = [(clock_here, "!!  -3h05 F"), (text_here, "VPN flaps")]
    assert twin.show([(0, 0, before), (1, 0, after)]) == (
        "\x1b[1;12H\x1b[38;5;188;48;5;233mMail down\r\x1b[1;7;38;5;209m!! -04:12 R"
        "\r\n\x1b[38;5;231;48;5;23m!!  -3h05 F\x1b[27mVPN flaps\x1b[m"
    )
    twin.check()
    blank = [(text_here[2:], " " * 20)]
    assert twin.show([(0, 0, [(text_here, "Mail queue growing..")]), (1, 0, blank)]).count("m") == 3


def test_coloured_blanks_are_erased_only_where_that_colours_them() -> None:
    looks = ("48;5;23", "48;5;233")
    assert written("", "", looks) == "\x1b[2H\x1b[48;5;233m\x1b[K\x1b[m"
    assert written("", "", looks, erases=False) == "\x1b[2H\x1b[48;5;233m" + " " * 30 + "\x1b[m"
    assert written("x" * 20, "x", ("", ""), erases=False) == "\x1b[2;2H\x1b[K"  # the terminal's own ground
    assert written("x" * 20, "", ("", "7")) == "\x1b[2H\x1b[7m" + " " * 30 + "\x1b[m"  # none erases reversed


def test_rows_that_moved_are_moved() -> None:
    twin = Twin(60, 12)
    texts = [f"{number:>6} Till {number * 7919 % 997} of the store is offline" for number in range(20)]
    twin.show([(y, 0, [("", texts[y].ljust(60))]) for y in range(12)])
    down = twin.show([(y, 0, [("", texts[y + 1].ljust(60))]) for y in range(2, 10)])
    assert down.startswith("\x1b[3;10r\x1b[3H\x1b[M\x1b[r")
    assert len(down) < 80
    up = twin.show([(y, 0, [("", texts[y].ljust(60))]) for y in range(2, 10)])
    assert up.startswith("\x1b[3;10r\x1b[3H\x1b[L\x1b[r")
    assert len(up) < 80
    twin.check()
    assert twin.output.moved
    assert twin.show([(0, 0, [("", "x")])]) == "\x1b[Hx"
    assert not twin.output.moved


def test_rows_move_under_a_panel_that_stays() -> None:
    twin = Twin(120, 20)

    def rows(first: int) -> list[tuple[int, int, list[tuple[str, str]]]]:
        return [
            (y, 0, [("1", f"{-y:>9}"), ("", f" RT-47{y + first:02} Till {(y + first) * 7919 % 997} offline".ljust(71)),
                    ("7", f"panel {y}".ljust(40))])
            for y in range(20)
        ]  # fmt: skip

    twin.show(rows(0))
    assert len(twin.show(rows(1))) < len(twin.show(rows(9))) * 0.8
    twin.check()
    twin.show([(y, x, segments[:2]) for y, x, segments in rows(10)[2:]])  # of the panel nothing is said
    assert twin.output.moved
    twin.check()


def test_where_nothing_is_known_everything_is_written_once() -> None:
    twin = Twin(30, 3)
    whole = [(y, 0, [("", "abc".ljust(30))]) for y in range(3)]
    assert twin.show(whole[:1]).startswith("\x1b[m\x1b[r\x1b[H\x1b[Kabc")
    assert twin.show(whole[:1]) == ""
    assert "abc" in twin.show(whole[1:])
    twin.output.forget()
    assert twin.show(whole).count("abc") == 3
    assert twin.show(whole) == ""
    twin.check()


def test_a_screen_of_another_size_is_unknown() -> None:
    output = Output()
    row_ = ("abc", PLAIN * 3)
    output.frame(3, 1, [(0, 0, *row_)])
    assert output.frame(3, 2, [(0, 0, *row_)]) == "\x1b[m\x1b[r\x1b[Habc"
    assert output.frame(3, 2, [(7, 0, *row_), (0, 9, *row_)]) == ""  # of a screen that was larger


def test_the_cursor_goes_to_its_place_when_it_has_one() -> None:
    output = Output()
    piece_ = (0, 0, "abc", PLAIN * 3)
    assert output.frame(9, 2, [piece_], (4, 1)).endswith("abc\x1b[2;5H")
    assert output.frame(9, 2, [piece_], (4, 1)) == ""
    assert output.frame(9, 2, [piece_], (5, 1)) == "\x1b[2;6H"
    assert output.frame(9, 2, [piece_]) == ""
    assert output.frame(9, 2, [(0, 0, "x", PLAIN)], (5, 1)) == "\x1b[Hx\x1b[2;6H"


@pytest.mark.parametrize("start", [(-1, -1), (5, -1), (5, 0), (5, 20), (0, 79)])
def test_the_cursor_takes_the_shortest_way(start: tuple[int, int]) -> None:
    y, x = start
    for to in ((0, 0), (5, 0), (5, 21), (6, 0), (6, 20), (5, 17), (4, 20), (23, 79), (5, 5)):
        found = Terminal(80, 24)
        found.cursor.y, found.cursor.x = (y, x) if y >= 0 and x >= 0 else (max(y, 0) or 9, 33)
        found.feed(cursor_way(y, x, *to))
        assert (found.cursor.y, found.cursor.x) == to
        assert len(cursor_way(y, x, *to)) <= len(f"\x1b[{to[0] + 1};{to[1] + 1}H")


def test_a_glyph_of_doubtful_width_shifts_nothing() -> None:
    """Here the terminal takes it for one cell: what stands behind it stands where it should all the same."""
    found = Terminal(20, 2, narrow="🔥")
    output = Output()
    for text in ("a🔥b 12 | end", "a🔥b 13 | end", "x🔥y 14 | 🔥end"):
        cells = output.glyphs.cells(text)
        found.feed(output.frame(20, 2, [(0, 0, cells, PLAIN * len(cells))]))
        assert found.display[0][4:].rstrip() == text[4:]
    assert found.buffer[0][3].data == "y"


# --- cells


def test_texts_become_cells() -> None:
    glyphs = Glyphs()
    assert glyphs.cells("abc") == "abc"
    assert glyphs.cells("ö測x") == f"ö測{HALF}x"
    odd = glyphs.cells("e\u0301🔥")
    assert [cell == HALF for cell in odd] == [False, False, True]
    assert (glyphs.odd(odd[0]), glyphs.odd(odd[1])) == ("e\u0301", "🔥")
    assert glyphs.cells("\u0301") == ""
    assert glyphs.cells(UNKNOWN) != UNKNOWN
    assert cut(f"a測{HALF}", 2) == "a "
    assert cut(f"a測{HALF}", 3) == f"a測{HALF}"
    assert cut("abc", 0) == ""


def test_half_a_wide_character_becomes_a_blank() -> None:
    grid = Grid.of(6, 1, " ")
    grid.put(0, 1, f"測{HALF}試{HALF}", PLAIN * 4)
    grid.put(0, 2, "xy", PLAIN * 2)
    assert grid.text[0] == "  xy  "
    grid.put(0, 4, f"測{HALF}試{HALF}", PLAIN * 4)
    assert grid.text[0] == f"  xy測{HALF}"
    grid.put(0, 5, "", "")
    assert grid.text[0] == f"  xy測{HALF}"
    twin = Twin(6, 1)
    for y, x, text, found in ((0, 0, "測測試", ""), (0, 1, "x", "\x1b[H x"), (0, 2, "y", "\x1b[1;3Hy ")):
        assert twin.show([(y, x, [("", text)])]).endswith(found)  # not left to the terminal


def test_there_are_never_too_many_looks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("deskui.ui.looks.MOST", 5)
    looks = Looks()
    assert looks.char("31") == looks.char("31;49") != looks.char("1;31")
    with pytest.raises(ValueError, match="looks"):
        [looks.char(f"38;5;{number}") for number in range(9)]


def test_what_is_seen_on_blanks() -> None:
    looks = Looks()
    assert looks.blank[looks.char("1;31;44")] == looks.char("44")
    assert looks.blank[looks.char("1;31")] == PLAIN
    assert looks.blank[looks.char("4;31;44")] == looks.char("4;31;44")
    assert looks.blank[looks.char("7")] == looks.char("7")
    assert {looks.char("44"), PLAIN} <= looks.bare
    assert looks.char("7") not in looks.bare
    assert parse("1;38;5;9;48;2;1;2;3") == Look(("1",), "38;5;9", "48;2;1;2;3")
