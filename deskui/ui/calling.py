"""What is sent to a terminal to call somebody: bell, desktop notification, title.  Pure, and without Textual."""

import os
from collections.abc import Callable, Iterable
from typing import Any

from deskui.domain import alert as alerting
from deskui.text import clip, line

BELL = "\a"
NOTED = 2  # notifications at once; the screen has the rest
CELLS = 120

Environ = Callable[[str], str | None]


def wrapped(sequence: str, environ: Environ = os.environ.get) -> str:
    """An OSC sequence as the terminal behind tmux or screen needs it."""
    if environ("TMUX"):
        escaped = sequence.replace("\x1b", "\x1b\x1b")
        return f"\x1bPtmux;{escaped}\x1b\\"
    return f"\x1bP{sequence}\x1b\\" if (environ("TERM") or "").startswith("screen") else sequence


def title(text: str) -> str:
    """The sequence that sets the terminal's title, from a text that may be hostile."""
    return f"\x1b]2;{line(text)[:CELLS]}\x07"


def known(environ: Environ = os.environ.get) -> str:
    """Which notification this terminal knows, as far as it says: osc9, osc777 or off; what it ignores does no harm."""
    term = environ("TERM") or "dumb"
    if term == "dumb" or term.startswith("linux"):
        return "off"  # these show what they do not know
    return "osc777" if term.startswith(("rxvt", "foot")) or environ("VTE_VERSION") else "osc9"


def notification(text: str, how: str, environ: Environ = os.environ.get) -> str:
    """The sequence that shows `text`, which may be hostile, on the desktop; empty: this terminal is not asked.

    It begins with a word: `4;…` would be a progress bar.
    """
    how = known(environ) if how == "auto" else how
    body = clip(line(text[:2000]), CELLS).replace(";", ",")
    if how == "osc777":
        return wrapped(f"\x1b]777;notify;deskui;{body}\x07", environ)
    return wrapped(f"\x1b]9;deskui: {body}\x07", environ) if how == "osc9" else ""


def sequence(calls: Iterable[Any], manner: Any, night: bool = False, environ: Environ = os.environ.get) -> str:
    """All that is sent for these calls: a notification for the two most urgent, and at most one bell.

    A multiplexer may not let a notification through: there the bell rings with it, except at night.
    """
    ordered = sorted(calls, key=lambda call: alerting.urgency(call.alert))
    noted = [alerting.sentence(call.alert) for call in ordered if alerting.NOTIFY in call.rungs][:NOTED]
    said = "".join(notification(text, manner.notify, environ) for text in noted)
    inside = bool(environ("TMUX")) or (environ("TERM") or "").startswith("screen")
    rings = any(alerting.BELL in call.rungs for call in ordered) or bool(said and inside and not night)
    return said + (BELL if rings and manner.bell else "")
