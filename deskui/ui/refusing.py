"""When an action is disabled, and why: what the table says that it `needs`, looked at on the screen that offers it."""

from collections.abc import Callable, Mapping
from typing import Any

from deskui.ui.actions import WHERE, Action

MOST = 1000  # marked tickets that one verb may touch


def _has(name: str) -> Callable[[Any], bool]:
    """Whether the screen has something there (screens that know nothing of it do not refuse)."""
    return lambda screen: bool(getattr(screen, name, True))


def _ticket(screen: Any) -> bool:
    return screen.selected_id() is not None if hasattr(screen, "selected_id") else False


def _writable(screen: Any) -> bool:
    return not screen.app.services.desk.read_only


def _few(screen: Any) -> bool:
    return len(getattr(screen, "marks", tuple)()) <= MOST


def _alerts(screen: Any) -> bool:
    return getattr(screen.app.services, "alerts", None) is not None


def _demo(screen: Any) -> bool:
    return bool(screen.app.services.demo)


def _rows(screen: Any) -> bool:
    view = getattr(screen, "jump_view", lambda: None)()
    return bool(getattr(view, "jumps", list)())


NEEDS: Mapping[str, tuple[Callable[[Any], bool], str]] = {
    "ticket": (_ticket, "no ticket is under the cursor"),
    "few": (_few, f"more than {MOST} tickets are marked: narrow the filter"),
    "write": (_writable, "this is a read-only session: nothing is changed"),
    "ssh": (_writable, "this is a read-only session: no SSH"),
    "demo": (_demo, "the tour is only in the demo: deskui demo"),
    "alerts": (_alerts, "this session has no alerts"),
    "rows": (_rows, "there are no rows here to go to"),
    "line": (_has("chosen"), "no line is under the cursor"),
    "frozen": (_has("frozen"), "no upstream is frozen"),
    "conflict": (_has("clash"), "no conflict is under the cursor"),
    "change": (_has("change"), "only a change in the outbox can be dropped; m or t settle a conflict"),
    "stuck": (_has("stuck"), "only what was refused, or may have arrived (UNKNOWN), can be sent again"),
    "number": (_has("number"), "no number is under the cursor"),
    "credit": (_has("credit"), "the cursor is not on a service credit"),
    "run": (_has("running"), "nothing is running"),
    "saved": (_has("path"), "nothing was saved here yet"),
    "findings": (_has("findings"), "there is nothing to attach yet"),
}
"""Word -> (whether it is so on a screen, what is said if not)."""


def why_not(screen: Any, action: Action) -> str | None:
    """Why it cannot be done on this screen now, as a sentence; None: it can."""
    if screen.method(action) is None:
        here = action.scope in screen.SCOPES
        return f"{action.word} is not available here" if here else f"{action.word} is only offered {place(action)}"
    for need in action.needs.split():
        so, sentence = NEEDS[need]
        if not so(screen):
            return sentence
    return None


def place(action: Action) -> str:
    """Where it is offered, as the end of a sentence."""
    where = WHERE[action.scope]
    return where if where.startswith(("in ", "on ", "while ", "everywhere")) else f"in: {where}"
