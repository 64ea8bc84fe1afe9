"""Whether the colours of a theme can be read and told apart, wherever they may be drawn.  Pure."""

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any

from rich.color import Color, ColorSystem

from deskui.ui.contrast import contrast, nearest
from deskui.ui.palette import DEFAULT, GROUNDS, SIXTEEN, Problem
from deskui.ui.sixteen import TERMINALS, on_terminal

SIGNALS = ("error", "warning", "success")
READABLE = 4.5  # WCAG 2.2, success criterion 1.4.3 (AA)
APART = 5.0  # CIEDE2000; a difference of 1 is just noticed, side by side
STEPS = 100

Look = Callable[[str, bool], str]  # (colour, whether it is a ground) -> #rrggbb


def problems(table: Mapping[str, Any]) -> list[Problem]:
    """What cannot be read or told apart in a theme, which must have the right form."""
    return [*_faint(table), *_alike(table)]


def _looks(table: Mapping[str, Any]) -> dict[str, Look]:
    """Where the theme will be seen, and what becomes of its colours there."""
    if table.get("ansi"):
        dark = bool(table.get("dark", True))
        return {f" in {name}": partial(on_terminal, terminal=name, dark=dark) for name in TERMINALS}
    return {"": lambda said, ground: said.lower(), " with 256 colours": lambda said, ground: rounded(said)}


def rounded(colour: str) -> str:
    """`#rrggbb` as it is drawn where there are only 256 colours: Rich, which Textual paints with, picks it."""
    return Color.parse(colour).downgrade(ColorSystem.EIGHT_BIT).get_truecolor().hex


def _faint(table: Mapping[str, Any]) -> Iterator[Problem]:
    """The texts that cannot be read on their ground, each where it is worst."""
    looks = _looks(table)
    for ground, texts in GROUNDS.items():
        for text in texts:
            ratio, where = min(
                (contrast(look(table[text], False), look(table[ground], True)), where) for where, look in looks.items()
            )
            if ratio < READABLE:
                said = f"contrast {ratio:.2f} on {ground}{where}, {READABLE} is needed"
                yield Problem(text, said, _better(table, text, ground, looks))


def _better(table: Mapping[str, Any], text: str, ground: str, looks: Mapping[str, Look]) -> str:
    """A colour near this one that can be read."""
    fits = partial(_fits, table[ground], looks)
    if table.get("ansi"):
        good = [name for name in (DEFAULT, *SIXTEEN) if fits(name)]
        return f"Use one of: {', '.join(good)}." if good else f"Use another {ground}."
    mixed = (_mixed(table[text], end, step) for step in range(1, STEPS + 1) for end in ("#ffffff", "#000000"))
    found = next(filter(fits, mixed), None)
    return f'{text} = "{found}" would do; or change {ground}.' if found else f"Make {ground} darker or lighter."


def _fits(ground: str, looks: Mapping[str, Look], text: str) -> bool:
    return all(contrast(look(text, False), look(ground, True)) >= READABLE for look in looks.values())


def _mixed(colour: str, end: str, percent: int) -> str:
    """`percent` of the way from one `#rrggbb` to another."""
    parts = [(int(colour[at : at + 2], 16), int(end[at : at + 2], 16)) for at in (1, 3, 5)]
    return "#" + "".join(f"{round(begin + (stop - begin) * percent / STEPS):02x}" for begin, stop in parts)


def _alike(table: Mapping[str, Any]) -> Iterator[Problem]:
    """The signals that somebody with a colour deficiency takes for each other; without colour there are none."""
    if all(table[name] == DEFAULT for name in SIGNALS):
        return
    for where, look in _looks(table).items():
        distance, kind, one, other = nearest({name: look(table[name], False) for name in SIGNALS})
        if distance < APART:
            said = f"{one} and {other} differ by {distance:.1f} under {kind}{where}, {APART:g} is needed (CIEDE2000)"
            yield Problem(one, said, f"Make {one} or {other} lighter or darker, or one of them bluer.")
            return
