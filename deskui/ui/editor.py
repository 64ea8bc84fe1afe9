"""A text in the person's own editor: the terminal is lent to it, and whatever it does, no text is lost."""

import os
import shlex
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from deskui import text as text_

LOOK_S = 0.5  # how often the file is looked at: what the editor saved is kept, should nobody come back
GIVE_UP_S = 1.0  # for an editor that is asked to end
MOST = 1_000_000  # bytes
LEFT_S = 30 * 86_400  # how long a file stays that was not taken over, or that a kill left behind
_ENDING = (signal.SIGHUP, signal.SIGTERM)
_ITS_OWN = (signal.SIGINT, signal.SIGQUIT)  # keys meant for the editor reach us as well


@dataclass(frozen=True, slots=True)
class Edited:
    """What came back: the text (None: as it was), and what is to be said."""

    text: str | None
    said: str


def command(environment: Mapping[str, str] = os.environ) -> list[str]:
    """The editor with its options: VISUAL, EDITOR, else vi.  ValueError: it cannot be read."""
    return shlex.split(environment.get("VISUAL") or environment.get("EDITOR") or "vi") or ["vi"]


def edit(app: Any, text: str, folder: Path, name: str, keep: Callable[[str], Any]) -> Edited:
    """Let the editor have a private file with `text`; nothing is sent by leaving it.

    `keep` is called with what the editor has saved so far.  A file that is not taken over is left where it is.
    """
    try:
        argv = command()
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        number, made = tempfile.mkstemp(prefix=f"{name}-", suffix=".txt", dir=folder)  # 0600
        with os.fdopen(number, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
    except (OSError, ValueError) as error:
        return Edited(None, f"no editor: {error}")
    path = Path(made)
    _sweep(path)
    with _terminal(app):
        code, problem = _run([*argv, str(path)], path, keep)
    edited = _taken(path, text, argv[0], code, problem)
    if edited.text is not None or not _left(path, text):
        with suppress(OSError):
            path.unlink()
        return edited
    return Edited(None, f"{edited.said}; what it wrote is in {path}")


def on_file(app: Any, path: Path) -> str:
    """Let the editor have a file of the person's own, as it is; what is to be said of it."""
    try:
        argv, before = command(), path.read_bytes()
    except (OSError, ValueError) as error:
        return f"no editor: {error}"
    with _terminal(app):
        code, problem = _run([*argv, str(path)], path, lambda _: None)
    if problem or code:
        return problem or f"{argv[0]} ended with {code}"
    changed = path.exists() and path.read_bytes() != before
    return (
        f"{path.name} is changed: keys follow at once, the rest at the next start" if changed else "nothing is changed"
    )


def pipe(app: Any, line: str, fed: str) -> str:
    """Let a command of the person's shell have the terminal, with `fed` to read; what is to be said of it."""
    shell = os.environ.get("SHELL") or "/bin/sh"
    with _terminal(app) as lent:
        with _signals() as born:
            try:
                child = subprocess.Popen([shell, "-c", line], stdin=subprocess.PIPE)
            except OSError as error:
                return f"{shell} does not start: {error.strerror or error}"
            born(child)
            child.communicate(fed.encode("utf-8", "replace"))  # one that does not read all of it is no failure
        said = f"ended with {child.returncode}: {text_.line(line)}"
        if lent:
            _back(said)
    return said


def _back(said: str) -> None:
    """What the command wrote stays until somebody has read it."""
    with suppress(OSError, ValueError):  # the terminal is gone
        print(f"\n-- {said} -- Enter goes back to deskui ", end="", file=sys.__stdout__, flush=True)
        if sys.__stdin__ is not None:
            sys.__stdin__.readline()


def _sweep(new: Path) -> None:
    """Private words do not lie about for ever."""
    with suppress(OSError):
        now = new.stat().st_mtime
        for path in new.parent.glob("*.txt"):
            if now - path.stat().st_mtime > LEFT_S:
                path.unlink()


def _left(path: Path, text: str) -> bool:
    """Whether the file holds something else than what it was given."""
    try:
        return path.read_bytes() not in (text.encode(), b"")
    except OSError:
        return False


def _taken(path: Path, text: str, editor: str, code: int | None, problem: str) -> Edited:
    """What the file says now, if the editor ended well."""
    if problem or code:
        return Edited(None, problem or f"{editor} ended with {code}: the text is as it was")
    try:
        now = _read(path)
    except (OSError, ValueError) as error:
        return Edited(None, f"what {editor} wrote cannot be used ({error}): the text is as it was")
    now = now if text.endswith("\n") else now.removesuffix("\n")
    return Edited(now, f"back from {editor}: nothing is sent yet" if now != text else f"back from {editor}: unchanged")


def _read(path: Path) -> str:
    if path.stat().st_size > MOST:
        raise ValueError(f"more than {MOST} bytes")
    return path.read_text(encoding="utf-8").replace("\r\n", "\n")


def _run(argv: list[str], path: Path, keep: Callable[[str], Any]) -> tuple[int | None, str]:
    """Its exit code, and what kept it from running."""
    with _signals() as born:  # before it is there: its keys reach us at once
        try:
            child = subprocess.Popen(argv)
        except OSError as error:
            return None, f"{argv[0]} does not start ({error.strerror or error}): set EDITOR"
        born(child)
        seen = _stamp(path)
        while True:
            try:
                return child.wait(LOOK_S), ""
            except subprocess.TimeoutExpired:
                now = _stamp(path)
                if now != seen:
                    seen = now
                    with suppress(OSError, ValueError):  # half written: the next look is soon
                        keep(_read(path))


def _stamp(path: Path) -> tuple[int, int] | None:
    try:
        found = path.stat()
    except OSError:  # editors put a new file in its place
        return None
    return found.st_mtime_ns, found.st_size


@contextmanager
def _terminal(app: Any) -> Iterator[bool]:
    """The terminal as it was before us; where there is none (a test), nothing: then False."""
    can = app._driver is not None and app._driver.can_suspend
    with app.suspend() if can else nullcontext():
        yield can


@contextmanager
def _signals() -> Iterator[Callable[["subprocess.Popen[bytes]"], None]]:
    """A terminal that goes, or a `kill`, ends the editor first; then our own loop hears of it and ends us in order.

    What it gives is told of the editor once that has been started.
    """
    children: list[subprocess.Popen[bytes]] = []
    asked: list[int] = []

    def end(number: int, _frame: object) -> None:
        asked.append(number)
        for child in children:
            _end(child, number)

    def born(child: "subprocess.Popen[bytes]") -> None:
        children.append(child)
        for number in asked:
            _end(child, number)

    if threading.current_thread() is not threading.main_thread():
        yield born
        return
    before = {number: signal.getsignal(number) for number in (*_ENDING, *_ITS_OWN)}
    try:
        for number in before:  # a handler, not SIG_IGN: that the editor would inherit
            signal.signal(number, end if number in _ENDING else lambda *_: None)
        yield born
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _end(child: "subprocess.Popen[bytes]", number: int) -> None:
    """Asks it to end; one that does not is made to."""
    with suppress(OSError):
        child.send_signal(number)
    timer = threading.Timer(GIVE_UP_S, child.kill)
    timer.daemon = True
    timer.start()
