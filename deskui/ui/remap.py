"""The keys in force: a preset, then what the configuration says; whatever does not fit is named with its remedy."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from difflib import get_close_matches
from typing import NamedTuple

from deskui.ui import keynames, presets
from deskui.ui.actions import ACTIONS, SCREENS, Action

KEPT = frozenset(
    ("h", "j", "k", "l", "g", "G", "enter", "escape", "tab", "colon", "slash", "question_mark", *"0123456789")
)  # fmt: skip
"""The keys that mean the same on every desk, whatever a configuration says."""

TYPING = ("write", "new")  # scopes in which letters are text


class Fault(NamedTuple):
    """What is wrong with a line of `[keys]`: the action's id as it stands there, what is wrong, and what to do."""

    id: str
    problem: str
    remedy: str


class Keys(NamedTuple):
    """The actions with their keys in force, and what is wrong with the configuration."""

    actions: Sequence[Action]
    faults: Sequence[Fault]


def in_force(preset: str, given: Mapping[str, Sequence[str]]) -> Keys:
    """The table with the keys of a preset and of `[keys]`; faulty lines change nothing."""
    table = {action.id: action for action in presets.table(preset)}
    faults: list[Fault] = []
    for name, keys in given.items():
        wrong, read = _read(name, keys, table.get(name))
        faults += wrong
        if not wrong:
            table[name] = replace(table[name], keys=read)
    actions = tuple(table.values())
    return Keys(actions, (*faults, *_clashes(actions, given)))


def _read(name: str, keys: Sequence[str], action: Action | None) -> tuple[list[Fault], tuple[str, ...]]:
    if action is None:
        near = get_close_matches(name, [each.id for each in ACTIONS], 1)
        return [Fault(name, "there is no such action", _did_you_mean(near))], ()
    read, faults = [], []
    for written in keys:
        try:
            found = keynames.read(written)
        except ValueError as wrong:
            faults.append(Fault(name, str(wrong), 'Write it as in "x", "g x", "^d", "F5" or "Space".'))
            continue
        read.append(found)
        faults += [Fault(name, *said) for said in _unfit(written, found, action)]
    for lost in [key for key in action.keys if key in KEPT and key not in read]:
        said = f"{keynames.show(lost)} must stay with it"
        faults.append(Fault(name, said, f'Add "{keynames.show(lost)}" to the list.'))
    return faults, tuple(dict.fromkeys(read))


def _did_you_mean(near: Sequence[str]) -> str:
    known = "`deskui keys` lists them all."
    return f'Did you mean "{near[0]}"? {known}' if near else known


def _unfit(written: str, keys: str, action: Action) -> Iterator[tuple[str, str]]:
    """Why an action cannot have these keys."""
    parts = keys.split(" ")
    for part in parts:
        if keynames.swallowed(part):
            yield f"{written}: terminals keep {keynames.show(part)} or send another key for it", "Take another key."
    first, chord = parts[0], len(parts) > 1
    if first in KEPT and not (chord and first == "g") and keys not in action.keys:
        yield f"{written}: {keynames.show(first)} means the same everywhere", "Take another key."
    typed = action.scope in TYPING and not (len(first) > 1 and first.startswith(("f", "ctrl+")))
    if typed and keys not in action.keys:
        yield f"{written} is text while somebody types", "Take a function key, or one with Ctrl."


def _clashes(actions: Iterable[Action], given: Mapping[str, Sequence[str]]) -> Iterator[Fault]:
    """Keys that mean two things on one screen, through a line of the configuration."""
    every, before = list(actions), set(_pairs(ACTIONS))
    seen = set()
    for one, other, key, begun in _pairs(every):
        mine = one if one in given else other
        theirs = other if mine == one else one
        if (one, other, key, begun) in before or mine not in given or (mine, theirs, key) in seen:
            continue
        seen.add((mine, theirs, key))
        said = f"{keynames.show(key)} " + (f"begins keys of {theirs} too" if begun else f"is a key of {theirs} already")
        yield Fault(mine, said, f"Take another key, or give {theirs} another one under [keys].")


def _pairs(actions: Iterable[Action]) -> Iterator[tuple[str, str, str, bool]]:
    """Two actions of one screen that want the same key, or one of them a key with which the other's begin."""
    every = list(actions)
    for scopes in SCREENS:
        owned = [(key, action.id) for action in every if action.scope in scopes for key in action.keys]
        first: dict[str, str] = {}
        chords: dict[str, str] = {}
        for key, owner in owned:
            if key in first and first[key] != owner:
                yield first[key], owner, key, False
            first.setdefault(key, owner)
            if " " in key:
                chords.setdefault(key.split(" ")[0], owner)
        for key, owner in chords.items():
            if key in first:
                yield first[key], owner, key, True
