"""Whatever a stranger writes: nothing of it reaches the terminal as a command, and cells are counted as they fall."""

import subprocess
import sys
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from deskui import text

ANY = st.text(st.characters(codec=None, min_codepoint=0, max_codepoint=0x10FFFF))
NASTY = st.lists(
    st.sampled_from(
        ["\x1b[31m", "\x1b]0;x\x07", "\x9b1m", "\x9d", "‮", "⁦", "\ud800", "\r", "\n", "\t", "\x00", "é", "測", "👩‍💻",
         "🇩🇪", "❤️", "a", " "]
    )
).map("".join)  # fmt: skip


def controls(shown: str, allowed: str = "") -> list[str]:
    return [
        char for char in shown
        if char not in allowed and (unicodedata.category(char) in ("Cc", "Cf", "Cs", "Cn", "Co", "Zl", "Zp"))
    ]  # fmt: skip


@given(ANY | NASTY)
def test_no_control_byte_survives(raw: str) -> None:
    shown = text.line(raw)
    assert controls(shown) == []
    shown.encode()  # no lone surrogate is left
    assert controls(text.block(raw), "\n") == []


@given(ANY | NASTY, st.integers(0, 40))
def test_a_cell_is_exactly_as_wide_as_it_should_be(raw: str, cells: int) -> None:
    shown = text.cell(raw, cells)
    assert text.width(shown) == cells
    assert cell_len(shown) == cells  # and Textual counts the same


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("plain", "plain"),
        ("", ""),
        ("\x1b[31mred", "^[[31mred"),
        ("\x07\x7f", "^G^?"),
        ("\x9b2J", "<9B>2J"),
        ("a‮b", "a<U+202E>b"),
        ("\ud800", "<U+D800>"),
        ("a\tb\nc\r\nd", "a b c  d"),
        ("no break", "no break"),
        ("Zürich 測試", "Zürich 測試"),
        ("👩‍💻 ❤️ 👍🏽 🇩🇪", "👩💻 ❤ 👍 DE"),
        ("zero​width﻿", "zerowidth"),
    ],
)
def test_line(raw: str, shown: str) -> None:
    assert text.line(raw) == shown


def test_a_block_keeps_its_lines_and_says_what_is_missing() -> None:
    assert text.block("a\r\nb\tc\x1b[0m") == "a\nb       c^[[0m"
    assert text.block("x" * 30, 10) == "x" * 10 + "\n[20 more characters]"


@pytest.mark.parametrize(
    ("raw", "cells", "clipped"),
    [
        ("abcdef", 6, "abcdef"),
        ("abcdef", 5, "abcd…"),
        ("測試", 3, "測…"),
        ("測試測", 4, "測…"),
        ("ab", 0, ""),
        ("a" * 999, 2, "a…"),
    ],
)
def test_clip_never_cuts_a_wide_character(raw: str, cells: int, clipped: str) -> None:
    assert text.clip(raw, cells) == clipped


def test_pad() -> None:
    assert text.pad("ab", 4) == "ab  "
    assert text.pad("ab", 4, right=True) == "  ab"
    assert text.pad("測試", 3) == "測…"


def test_every_character_is_as_wide_as_textual_thinks() -> None:
    odd = [
        hex(code) for code in range(0x20, 0x3FFFF) if text.width(text.line(chr(code))) != cell_len(text.line(chr(code)))
    ]
    assert odd == []


@pytest.mark.parametrize("module", ["deskui.text", "deskui.ui.rows", "deskui.ui.countdown"])
def test_what_the_first_frame_needs_is_light(module: str) -> None:
    heavy = ("dataclasses", "typing", "re", "json", "pathlib", "argparse", "tomllib", "textual", "rich")
    code = f"import sys; import {module}; print([name for name in {heavy!r} if name in sys.modules])"
    run = subprocess.run([sys.executable, "-I", "-S", "-c", f"import sys; sys.path.insert(0, '.'); {code}"],
                         capture_output=True, text=True, check=True)  # fmt: skip
    assert run.stdout.strip() == "[]"
