"""How a ticket ended, and what an article says helps: tables."""

import pytest

from deskui.domain import knowledge
from deskui.domain.event import Event

T = 1_795_000_000
RESOLVED = Event("9", T, "resolve", "kim")


def note(text: str | None, at: int = T - 60, kind: str = "internal_note") -> Event:
    return Event("5", at, kind, "kim", text=text)


@pytest.mark.parametrize(
    ("events", "said"),
    [
        ([note("still looking")], ""),  # not resolved
        ([note("first"), note("cable replaced"), RESOLVED], "cable replaced"),
        ([note("cable replaced"), Event("9", T, "resolve", "kim", text=" failover off ")], "failover off"),
        ([RESOLVED, note("written a moment later", T + 10)], "written a moment later"),
        ([note("the fix"), RESOLVED, note("thanks, invoice sent", T + 9000)], "the fix"),
        ([note("Dear customer", kind="public_reply"), RESOLVED], ""),
        ([note(None), note("  "), RESOLVED], ""),
        ([Event("1", T - 9, "resolve", "kim", text="old"), Event("9", T, "resolve", "kim", text="new")], "new"),
    ],
)
def test_how_it_ended(events: list[Event], said: str) -> None:
    assert knowledge.resolution(events) == said


@pytest.mark.parametrize(
    ("text", "title", "helps"),
    [
        ("# LTE failover #2\n\nTurn it on.\n", "LTE failover #2", "Turn it on."),
        ("\n\nno heading\nbody", "no heading", "body"),
        ("only a title", "only a title", "only a title"),
        ("", "net/lte", "net/lte"),
        ("# T\nlong\r\n## Workaround\r\nboot it\r\n### Then\r\nbe\r\n## Cause\r\nISP", "T", "boot it\n### Then\nbe"),
        ("# T\n## Fix:\nswap\n", "T", "swap"),
        ("# T\n## Workaround\n## Cause\nISP", "T", "## Workaround\n## Cause\nISP"),  # nothing under it
    ],
)  # fmt: skip
def test_an_article(text: str, title: str, helps: str) -> None:
    found = knowledge.article("net/lte", text)
    assert (found.title, found.helps, found.is_article) == (title, helps, True)


def test_a_word_in_the_title_counts_double_and_begins_a_word() -> None:
    found = knowledge.article("net/lte", "# Tills offline\nSwitch to LTE; no rebooting.")
    assert knowledge.hits(found, ["till", "lte", "switch", "boot"]) == {"till": 2, "lte": 2, "switch": 1}
