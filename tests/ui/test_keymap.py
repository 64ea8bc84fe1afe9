"""The registry: no clash, no key that terminals swallow, and everything listed can be done."""

from collections import Counter

import pytest

from deskui.ui import actions, keymap, keynames
from deskui.ui.screens.queue import QueueScreen
from deskui.ui.widgets import whichkey

SCREENS = [QueueScreen]
RESERVED = {"h", "j", "k", "l", "G", "enter", "escape", "tab", "colon", "slash", "question_mark"}


def test_ids_are_unique() -> None:
    assert [id for id, times in Counter(action.id for action in actions.ACTIONS).items() if times > 1] == []


@pytest.mark.parametrize("scope", sorted({action.scope for action in actions.ACTIONS}))
def test_no_key_means_two_things_in_a_scope(scope: str) -> None:
    keys = Counter(key for action in keymap.in_scopes([scope]) for key in action.keys)
    assert [key for key, times in keys.items() if times > 1] == []


def test_the_queue_has_no_clash_between_its_scopes() -> None:
    keys = Counter(key for action in keymap.in_scopes(QueueScreen.SCOPES) for key in action.keys)
    assert [key for key, times in keys.items() if times > 1] == []


def test_no_key_is_also_the_begin_of_a_chord() -> None:
    table = keymap.by_key(QueueScreen.SCOPES)
    assert sorted(keymap.prefixes(table) & set(table)) == []


@pytest.mark.parametrize("action", actions.ACTIONS, ids=lambda action: action.id)
def test_no_key_that_terminals_and_multiplexers_keep(action: actions.Action) -> None:
    for keys in action.keys:
        for key in keys.split(" "):
            assert key not in keynames.FORBIDDEN
            assert not any(key.startswith(part) for part in keynames.FORBIDDEN_WITH)
    assert action.keys != ("ctrl+p",)
    assert action.tip
    assert action.word


def test_verbs_do_not_take_the_keys_of_moving() -> None:
    assert [a.id for a in keymap.in_scopes(["verb"]) if RESERVED & set(a.keys)] == []


@pytest.mark.parametrize("screen", SCREENS)
def test_everything_offered_can_be_done(screen: type) -> None:
    from deskui.ui.app import DeskApp

    missing = [
        action.id for action in keymap.in_scopes(screen.SCOPES)  # type: ignore[attr-defined]
        if not hasattr(screen, action.method) and not hasattr(DeskApp, action.method)
    ]  # fmt: skip
    assert missing == []


def test_the_footer_fits_and_begins_with_help() -> None:
    said = keymap.footer(QueueScreen.SCOPES, 80)
    assert said.startswith("?:help  ::cmd  /:filter")
    assert len(said) <= 80
    assert "u:undo" in said


@pytest.mark.parametrize(
    ("words", "first"), [("pri", "verb.priority"), ("reply", "verb.reply"), ("sync now", "app.sync_now")]
)
def test_search_finds_names_first(words: str, first: str) -> None:
    assert keymap.search(words, QueueScreen.SCOPES)[0].id == first


@pytest.mark.parametrize(("keys", "shown"), [("ctrl+d", "^d"), ("g q", "gq"), ("question_mark", "?"), ("f1", "F1")])
def test_keys_as_people_write_them(keys: str, shown: str) -> None:
    assert keynames.show(keys) == shown


def test_what_may_follow_names_the_views_once() -> None:
    found = [(key, action, None) for key, action in keymap.follows(QueueScreen.SCOPES, "g")]
    said = whichkey.lines(found)
    assert ("1..9", "View 1 to 9 of the list", False) in said
    assert len(said) == len(found) - 8
    assert ("q", "Go to the queue", False) in said
    assert whichkey.lines([("1", actions.BY_ID["queue.view_1"], "no")]) == [("1", "(no)", True)]
    assert whichkey.lines(found[:1])[0][0] == keynames.show(found[0][0])
