"""What a key means on a screen, and what the screen says of its keys.

A screen names its scopes; a key means the first action found in them.
"""

from collections.abc import Iterable, Mapping, Sequence

from deskui.ui import status
from deskui.ui.actions import ACTIONS, Action
from deskui.ui.keynames import show


class Force:
    """The keys in force, of this one console: set before its first screen is made."""

    actions: Sequence[Action] = ACTIONS
    preset = "deskui"


force = Force()


def use(actions: Sequence[Action] = ACTIONS, preset: str = "deskui") -> None:
    """From now on these keys are in force."""
    force.actions, force.preset = actions, preset


def in_scopes(scopes: Iterable[str]) -> list[Action]:
    """The actions of these scopes, in the order of the scopes."""
    return [action for scope in scopes for action in force.actions if action.scope == scope]


def shown(keys: str, scopes: Iterable[str]) -> str:
    """The key that is in force for what `keys` mean as delivered; as they are if they mean nothing there."""
    ids = [each.id for scope in scopes for each in ACTIONS if each.scope == scope and keys in each.keys]
    found = next((each for each in force.actions if each.id in ids[:1]), None)
    if found is None or keys in found.keys:
        return show(keys)
    return found.key or f":{found.word}"


def by_key(scopes: Iterable[str]) -> Mapping[str, Action]:
    """What each key and chord means; an earlier scope wins."""
    found: dict[str, Action] = {}
    for action in in_scopes(scopes):
        for keys in action.keys:
            found.setdefault(keys, action)
    return found


def prefixes(keys: Iterable[str]) -> frozenset[str]:
    """The keys that begin a chord."""
    return frozenset(key.split(" ")[0] for key in keys if " " in key)


def hints(scopes: Iterable[str]) -> list[str]:
    """What the bottom line may say, most important first: `?:help`."""
    shown = sorted((each for each in in_scopes(scopes) if each.footer), key=lambda each: each.footer)
    return [f"{each.key}:{each.word}" for each in shown]


def footer(scopes: Iterable[str], width: int = 1000, taken: str = "") -> str:
    """The hints of the bottom line, as many as fit into `width` cells; none of a key that is `taken`."""
    return status.fit((hint for hint in hints(scopes) if not taken or hint[: len(taken) + 1] != f"{taken}:"), width)


def follows(scopes: Iterable[str], begun: str) -> list[tuple[str, Action]]:
    """What may come after the first key of a chord: the second key, and what both mean."""
    found = ((keys.split(" "), action) for keys, action in by_key(scopes).items() if " " in keys)
    return [(keys[1], action) for keys, action in found if keys[0] == begun]


def search(words: str, scopes: Iterable[str]) -> list[Action]:
    """The actions that have all `words` in their name, key or tip; those whose name begins so first."""
    wanted = words.lower().split()
    found = []
    for action in in_scopes(scopes):
        said = f"{action.word} {action.id} {action.tip} {action.key}".lower()
        if all(word in said for word in wanted):
            found.append(action)
    first = wanted[0] if wanted else ""
    return sorted(found, key=lambda action: not action.word.startswith(first))
