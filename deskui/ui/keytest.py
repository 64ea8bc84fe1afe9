"""What a terminal sends for each key: the bytes, the name that deskui gives them, and what that would do."""

import os
import select
import signal
import termios
import tty
from collections.abc import Iterator, Sequence
from typing import Any

from textual import constants, events

from deskui.ui import keynames
from deskui.ui.actions import SCREENS, Action
from deskui.ui.terminal import Keyboard

LONE_S = 0.15  # so long an Esc waits for what may belong to it
ASK, LET_GO = "\x1b[>25u", "\x1b[<u"  # kitty's protocol, with the flags that the console asks for
HEAD = "Press any key; Esc twice or ^C ends it.  What never shows up here is kept by the terminal or by tmux.\r\n"


def run(fd: int, out: int, actions: Sequence[Action]) -> None:
    """Shows a line on `out` for each key that arrives at the terminal `fd`, which is left as it was found."""
    before = termios.tcgetattr(fd)
    handlers = {number: signal.signal(number, _stop) for number in (signal.SIGTERM, signal.SIGHUP)}
    asks = not constants.DISABLE_KITTY_KEY
    try:
        tty.setraw(fd)
        _write(out, HEAD + (ASK if asks else ""))
        _read(fd, out, actions)
    except KeyboardInterrupt:
        pass
    finally:
        if asks:
            _write(out, LET_GO)
        termios.tcsetattr(fd, termios.TCSAFLUSH, before)
        for number, handler in handlers.items():
            signal.signal(number, handler)


def _stop(*_: Any) -> None:
    raise KeyboardInterrupt


def _write(out: int, text: str) -> None:
    os.write(out, text.encode())


def _read(fd: int, out: int, actions: Sequence[Action]) -> None:
    keyboard, last, begun = Keyboard(), "", ""
    while True:
        data = b""
        if select.select([fd], [], [], LONE_S)[0]:
            data = os.read(fd, 1024)
            if not data:
                return
        found = list(keyboard.feed(data.decode(errors="replace"))) if data else list(keyboard.tick())
        for key in (each.key for each in found if isinstance(each, events.Key)):
            begun = _chord(begun, key, actions)
            _write(out, line(data or b"\x1b", key, begun, actions) + "\r\n")
            if key == "ctrl+c" or key == last == "escape":
                return
            last = key


def _chord(begun: str, key: str, actions: Sequence[Action]) -> str:
    """The keys so far: the second of a chord stands behind the first."""
    starts = {keys.split(" ")[0] for action in actions for keys in action.keys if " " in keys}
    return f"{begun} {key}" if begun in starts else key


def line(data: bytes, key: str, keys: str, actions: Sequence[Action]) -> str:
    """`bytes  name  what it would do`, with a warning where other terminals keep it."""
    said = ", ".join(_means(keys, actions)) or "nothing"
    warning = "  (do not rely on it: many terminals or multiplexers keep it)" if keynames.swallowed(key) else ""
    return f"{ascii(data)[2:-1]:<14} {keynames.show(keys):<6} {key:<12} {said}{warning}"


def _means(keys: str, actions: Sequence[Action]) -> Iterator[str]:
    seen = set()
    for scopes in SCREENS:
        for action in (each for scope in scopes for each in actions if each.scope == scope and keys in each.keys):
            if action.id not in seen:
                seen.add(action.id)
                yield action.id
            break
    follows = [each for action in actions for each in action.keys if each.startswith(f"{keys} ")]
    if follows:
        yield f"begins {' '.join(dict.fromkeys(map(keynames.show, follows)))}"
