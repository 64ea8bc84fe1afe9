"""What only tests of screens may do to be quick: styles are parsed once a process, and idleness is asked for often."""

import asyncio
from time import monotonic, process_time
from typing import Any
from weakref import WeakKeyDictionary

from textual import app, pilot
from textual.css.stylesheet import Stylesheet

LOOK_S = 0.004
LOOKS = 3  # in succession: between two of them a thread that reads may have its turn
REST_S = 0.001  # of processor time within LOOK_S: less is idleness
_parse = Stylesheet._parse_rules
_parsed: dict[Any, Any] = {}
_variables: "WeakKeyDictionary[Stylesheet, tuple[Any, int]]" = WeakKeyDictionary()
_numbers: dict[Any, int] = {}  # sets of variables, numbered


def _variables_of(sheet: Stylesheet) -> int:
    """The number of the sheet's variables; a sheet gets a new dictionary when they change."""
    known = _variables.get(sheet)
    if known is None or known[0] is not sheet._variables:
        number = _numbers.setdefault(frozenset(sheet._variables.items()), len(_numbers))
        known = _variables[sheet] = (sheet._variables, number)
    return known[1]


def parse_rules(sheet: Stylesheet, css: str, read_from: Any, *more: Any, **named: Any) -> Any:
    """Textual's own answer to the same text with the same variables."""
    key = (css, read_from, more, tuple(sorted(named.items())), _variables_of(sheet))
    if key not in _parsed:
        _parsed[key] = _parse(sheet, css, read_from, *more, **named)
    return _parsed[key]


async def wait_for_idle(min_sleep: float = LOOK_S, max_sleep: float = 1.0) -> None:
    """As Textual's, which looks 50 times a second: until this process has nothing to do."""
    begun, loop, idle = monotonic(), asyncio.get_running_loop(), 0
    while (spent := monotonic() - begun) < max_sleep:
        before = process_time()
        await asyncio.sleep(LOOK_S)
        resting = process_time() - before < REST_S and not loop._ready  # type: ignore[attr-defined]
        idle = idle + 1 if resting else 0
        if spent >= min_sleep and idle >= LOOKS:
            return


def install() -> None:
    """For good, in this process."""
    patched: Any = Stylesheet
    patched._parse_rules = parse_rules
    for module in (app, pilot):
        patched = module
        patched.wait_for_idle = wait_for_idle
