"""Keys of one's own: presets, `[keys]`, and everything in it that cannot be."""

import string
from collections.abc import Iterator
from typing import Any

import pytest
from textual.keys import _character_to_key

from deskui.ui import actions, keymap, keynames, presets, remap
from deskui.ui.dispatch import Keys
from deskui.ui.screens.queue import QueueScreen
from deskui.ui.screens.sync import SyncScreen
from deskui.ui.widgets.ticketlist import TicketList
from tests.ui.desk import opened, shown, until


@pytest.fixture(autouse=True)
def _as_delivered() -> Iterator[None]:
    yield
    keymap.use()


def faults(**given: list[str]) -> list[str]:
    found = remap.in_force("deskui", {name.replace("__", "."): keys for name, keys in given.items()}).faults
    return [f"{fault.id}: {fault.problem}. {fault.remedy}" for fault in found]


def test_a_key_of_ones_own_is_in_force() -> None:
    found = remap.in_force("deskui", {"verb.take": ["b", "g t"]})
    assert found.faults == ()
    assert next(each for each in found.actions if each.id == "verb.take").keys == ("b", "g t")
    assert [each.id for each in found.actions] == [each.id for each in actions.ACTIONS]


@pytest.mark.parametrize(
    ("name", "keys", "said"),
    [
        ("verb.tke", ["b"], 'there is no such action. Did you mean "verb.take"'),
        ("nothing.at_all", ["b"], "there is no such action. `deskui keys`"),
        ("verb.take", ["nokey"], "'nokey' is no key. Write it"),
        ("verb.take", ["a b c"], "neither a key nor two keys"),
        ("verb.take", ["^s"], "^s: terminals keep ^s"),
        ("verb.take", ["alt+x"], "alt+x: terminals keep alt+x"),
        ("verb.take", ["f11"], "terminals keep F11"),
        ("verb.take", ["j"], "j: j means the same everywhere"),
        ("verb.take", ["7"], "7 means the same everywhere"),
        ("verb.take", ["Enter"], "Enter means the same everywhere"),
        ("verb.take", ["/ x"], "/ means the same everywhere"),
        ("list.down", ["n"], 'j must stay with it. Add "j"'),
        ("app.help", ["F1"], '? must stay with it. Add "?"'),
        ("verb.take", ["s"], "s is a key of verb.state already"),
        ("verb.take", ["z"], "z begins keys of queue.preview too"),
        ("verb.take", ["s x"], "s begins keys of"),
        ("verb.take", ["g s"], "gs is a key of app.sync already"),
        ("sync.mine", ["R"], "R is a key of app.sync_now already"),
        ("write.save", ["w"], "w is text while somebody types"),
    ],
)  # fmt: skip
def test_what_cannot_be_says_so(name: str, keys: list[str], said: str) -> None:
    assert any(said in fault for fault in faults(**{name.replace(".", "__"): keys})), faults(
        **{name.replace(".", "__"): keys}
    )


@pytest.mark.parametrize(
    "given",
    [
        {"list__down": ["j", "down", "b"]}, {"app__help": ["?", "F1", "F8"]}, {"verb__take": []},
        {"verb__take": ["b"], "verb__note": ["a"]}, {"sync__mine": ["v"]}, {"write__save": ["F9", "^w"]},
        {"verb__take": ["g t"]},
    ],
)  # fmt: skip
def test_what_can_be_is_taken(given: dict[str, list[str]]) -> None:
    assert faults(**given) == []


def test_every_key_of_the_table_can_be_written_as_it_is_shown() -> None:
    for action in actions.ACTIONS:
        for keys in action.keys:
            assert keynames.read(" ".join(keynames.show(key) for key in keys.split(" "))) == keys


@pytest.mark.parametrize("character", string.ascii_letters + string.digits + string.punctuation)
def test_a_character_has_the_name_that_textual_gives_it(character: str) -> None:
    assert keynames.read(character) == _character_to_key(character)
    assert keynames.show(keynames.read(character)) == character


def test_the_presets_are_whole() -> None:
    ids = {action.id for action in actions.ACTIONS}
    assert set(presets.VIM) <= ids
    for name in presets.NAMES:
        assert remap.in_force(name, {}).faults == ()
        for scopes in actions.SCREENS:
            keymap.use(presets.table(name), name)
            table = keymap.by_key(scopes)
            assert sorted(keymap.prefixes(table) & set(table)) == [], (name, scopes)
    assert all(not key.isdigit() for action in presets.table("vim") for key in action.keys)


def test_every_screen_is_among_those_that_clashes_are_looked_for_in() -> None:
    import pkgutil
    from importlib import import_module

    import deskui.ui.screens as package

    for module in pkgutil.iter_modules(package.__path__):
        import_module(f"deskui.ui.screens.{module.name}")
    kinds = [kind for kind in _below(Keys) if kind.__module__.startswith("deskui.")]
    assert len(kinds) > 10
    unknown = [kind.__name__ for kind in kinds if not any(set(kind.SCOPES) <= set(one) for one in actions.SCREENS)]
    assert unknown == []


def _below(kind: Any) -> list[Any]:
    return [each for child in kind.__subclasses__() for each in (child, *_below(child))]


async def test_footer_help_and_keys_speak_of_the_keys_in_force(console: Any, services: Any) -> None:
    keymap.use(remap.in_force("deskui", {"verb.state": ["b"], "app.queue": ["g w"], "app.drafts": []}).actions)
    async with console.run_test(size=(80, 24)) as pilot:
        assert "b:state" in shown(console)
        assert "s:state" not in shown(console)
        await pilot.press("s")
        await pilot.pause()
        assert len(console.screen_stack) == 1
        await pilot.press("b")
        await until(pilot, lambda: "what now?" in shown(console))
        await pilot.press("escape", "g")
        await until(pilot, lambda: " w    Go to the queue" in shown(console))
        await pilot.press("w", "question_mark", *"go to the queue")
        await until(pilot, lambda: "gw" in shown(console))


@pytest.mark.parametrize(
    ("keys", "cursor"), [("5j", 5), ("12j3k", 9), ("7G", 6), ("4gg", 3), ("9jG", 39), ("10j", 10), ("9999j", 39)]
)
async def test_vim_counts_before_a_move(console: Any, keys: str, cursor: int) -> None:
    keymap.use(presets.table("vim"), "vim")
    async with console.run_test(size=(80, 24)) as pilot:
        await pilot.press(*keys)
        await until(pilot, lambda: console.screen.query_one(TicketList).cursor == cursor)


async def test_escape_takes_a_count_back(console: Any) -> None:
    keymap.use(presets.table("vim"), "vim")
    async with console.run_test(size=(80, 24)) as pilot:
        await pilot.press("5", "escape", "j")
        await until(pilot, lambda: console.screen.query_one(TicketList).cursor == 1)
        assert isinstance(console.screen, QueueScreen)


async def test_vims_words_leave_a_screen(console: Any) -> None:
    keymap.use(presets.table("vim"), "vim")
    async with console.run_test(size=(80, 24)) as pilot:
        await console.screen.run(next(each for each in actions.ACTIONS if each.id == "explain.back"))
        await pilot.press("Z", "Z")
        await until(pilot, lambda: "Leave deskui?" in shown(console))
        await pilot.press("escape", "colon", *"q", "enter")
        await until(pilot, lambda: "Leave deskui?" in shown(console))


async def test_vims_q_is_one_level_back(whole: Any, themes: Any) -> None:
    keymap.use(presets.table("vim"), "vim")
    async with opened(whole.services, SyncScreen(whole.services), themes) as (app, pilot):
        await until(pilot, lambda: shown(app).startswith("SYNC"))
        await pilot.press("colon", "w", "enter")
        await until(pilot, lambda: "nothing to write here" in shown(app))
        await pilot.press("backspace", "q", "enter")
        await until(pilot, lambda: "SYNC" not in shown(app))


async def test_a_command_of_another_screen_is_named_with_its_place(console: Any) -> None:
    async with console.run_test(size=(80, 24)) as pilot:
        await pilot.press("colon", *"sync.mine", "enter")
        await until(pilot, lambda: "keep mine is only offered in: sync and conflicts" in shown(console))
