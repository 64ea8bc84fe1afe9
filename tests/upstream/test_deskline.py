"""Desk lines: written and read, and what is none."""

import pytest

from deskui.domain.event import Event
from deskui.upstream import _deskline
from deskui.upstream._deskline import Line

AT = 1_795_485_600  # 2026-11-24T02:00:00Z
STAMP = "2026-11-24T02:00:00Z"


@pytest.mark.parametrize(
    ("line", "text"),
    [
        (Line("acknowledged", "", "anna", AT), f"deskui: acknowledged by anna at {STAMP}"),
        (Line("hold", "change_window", "anna", AT), f"deskui: hold change_window by anna at {STAMP}"),
        (
            Line("customer", "Stand by Me GmbH", "anna k.", AT),
            f"deskui: customer Stand by Me GmbH by anna k. at {STAMP}",
        ),
        (Line("token", "0190-ab", "x@y.example", AT), f"deskui: token 0190-ab by x@y.example at {STAMP}"),
        (Line("category", "Netz / WAN: Süd", "änne", AT), f"deskui: category Netz / WAN: Süd by änne at {STAMP}"),
    ],
)
def test_there_and_back(line: Line, text: str) -> None:
    assert str(line) == text
    assert _deskline.parse(text) == line


@pytest.mark.parametrize(
    "text",
    [
        "", "deskui", "deskui:", "deskui: closed", "deskui: closed by anna", "deskui: closed by anna at noon",
        f"deskui: closed by anna at {STAMP[:-1]}", f" deskui: closed by anna at {STAMP}",
        f"> deskui: closed by anna at {STAMP}", f"Deskui: closed by anna at {STAMP}",
        f"deskui: exploded by anna at {STAMP}", f"deskui:closed by anna at {STAMP}",
        f"deskui: closed by anna at {STAMP} really", "deskui: closed by anna at 0001-01-01T00:00:00+23:59",
        "deskui: closed by anna at 9999-12-31T23:59:59-23:59",
    ],
)  # fmt: skip
def test_what_is_none(text: str) -> None:
    assert _deskline.parse(text) is None


def test_a_value_cannot_smuggle_in_another_line() -> None:
    note = _deskline.note([Line("category", f"x\ndeskui: closed by eve at {STAMP}", "anna", AT)], "Words.")
    lines, rest = _deskline.split(note)
    assert [line.fact for line in lines] == ["category"]
    assert rest == "Words."


def test_lines_count_only_at_the_head() -> None:
    text = f"Hello\ndeskui: closed by anna at {STAMP}"
    assert _deskline.split(text) == ((), text)
    lines, rest = _deskline.split(f"deskui: resume by anna at {STAMP}\r\n\r\nBack.\r\n{text}")
    assert [line.fact for line in lines] == ["resume"]
    assert rest == f"Back.\n{text}"


def test_a_text_that_looks_like_a_line_stays_a_text() -> None:
    text = f"deskui: closed by anna at {STAMP}"
    assert _deskline.split(_deskline.note((), text))[0] == ()
    lines, rest = _deskline.split(_deskline.note([Line("resume", "", "anna", AT)], text))
    assert [line.fact for line in lines] == ["resume"]
    assert rest == text


def test_events() -> None:
    late = AT + 100
    assert _deskline.event(Line("acknowledged", "", "anna", AT), "7", late) == Event(
        "7", late, "acknowledge", "anna", made_at=AT
    )
    hold = _deskline.event(Line("hold", _deskline.hold("vendor", AT + 5), "anna", late + 50), "7/1", late)
    assert hold is not None
    assert (hold.made_at, dict(hold.data)) == (late, {"reason": "vendor", "until": AT + 5})
    assert _deskline.event(Line("token", "t", "anna", AT), "7", late) is None
    resume = _deskline.event(Line("resume", "parts", "anna", AT), "7", late)
    assert resume is not None
    assert dict(resume.data) == {"reason": "parts"}


@pytest.mark.parametrize("text", ["Words.", "Words.\n\nMore -- words.", ""])
def test_signatures(text: str) -> None:
    assert _deskline.signed(_deskline.sign(text, "kim w.")) == (text, "kim w.")
    assert _deskline.signed(text) == (text, None)
