"""What the filter offers while it is typed, what Tab takes, and which character is marked."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deskui.domain.query import QueryError, parse
from deskui.ui.offering import completed
from deskui.ui.widgets.filterfield import FilterField
from tests.ui.desk import SMALL, WholeDesk
from tests.ui.test_viewing import console, press

KNOWN = {"owner": ("anna", "Kim"), "customer": ("Kranz AG", "Nordkauf", "Söhne, Kranz"), "tag": ("vpn",), "ci": ()}


@pytest.mark.parametrize(
    ("text", "shown", "taken"),
    [
        ("cus", "customer:", "customer:"),
        ("vpn -pri", "vpn -prio:", "vpn -prio:"),
        ("is", "is:", "is:"),
        ("(ow", "(owner:", "(owner:"),
        ("-(ow", "-(owner:", "-(owner:"),
        ("owner:k", "owner:kim", "owner:Kim"),
        ("owner:me,an", "owner:me,anna", "owner:me,anna"),
        ("owner:n", "owner:none", "owner:none"),
        ("customer:kr", "customer:kranz AG", 'customer:"Kranz AG"'),
        ('x customer:"kr', 'x customer:"kranz AG', 'x customer:"Kranz AG"'),
        ("customer:nord", "customer:nordkauf", "customer:Nordkauf"),
        ("customer:s", "customer:söhne, Kranz", 'customer:"Söhne, Kranz"'),
        ("STATE:in", "STATE:in_progress", "STATE:in_progress"),
        ("is:late,pa", "is:late,paused", "is:late,paused"),
        ("due:to", "due:today", "due:today"),
        ("tag:v", "tag:vpn", "tag:vpn"),
    ],
)
def test_what_is_offered(text: str, shown: str, taken: str) -> None:
    found = completed(text, KNOWN)
    assert found is not None
    assert (found[0].casefold(), found[1]) == (shown.casefold(), taken)
    assert found[0].startswith(text)


@pytest.mark.parametrize(
    "text", ["", "c", "xyz", "owner:", "owner:zz", "http:x", '"cus', "sla:<3", "owner:kim", "cus "]
)
def test_where_nothing_is_offered(text: str) -> None:
    assert completed(text, KNOWN) is None


@given(
    st.lists(st.sampled_from(("cus", "owner:", "k", " ", '"', ",", "-", "(", ")", "is:", "p", "Kr", ":")), max_size=8)
)
def test_what_is_taken_is_no_worse_than_what_was_typed(parts: list[str]) -> None:
    text = "".join(parts)
    found = completed(text, KNOWN)
    if found is None or found[1].endswith(":"):
        return
    assert found[0].startswith(text)
    place = len(text)
    try:
        parse(found[1])
    except QueryError as error:  # what stands before it was wrong already
        place = error.position
    assert place <= len(text)


async def test_tab_takes_what_is_shown_dim_and_the_wrong_character_is_marked(whole: WholeDesk, themes: Any) -> None:
    whole.make("A", priority=1)
    app = console(whole, themes)
    async with app.run_test(size=SMALL) as pilot:
        await pilot.pause(0.2)
        await press(pilot, "slash", *"cust")
        field = app.screen.query_one(FilterField)
        await press(pilot, "tab")
        assert field.value == "customer:"
        await press(pilot, *"no", "tab")
        assert field.value == "customer:none"
        await press(pilot, "backspace", "backspace", "r", "d", "right")
        assert field.value == "customer:Nordkauf"
        await press(pilot, *" state:opn")
        assert field.mark.at == field.value.index("opn")
        assert "no state 'opn'" in app.screen.query_one("#status").plain  # type: ignore[attr-defined]
        await press(pilot, "backspace", "e", "n")
        assert (field.mark.at, "no state" in app.screen.query_one("#status").plain) == (None, False)  # type: ignore[attr-defined]
