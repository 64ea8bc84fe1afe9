"""What `deskui` offers on a terminal where there is no desk yet: a demo, the setup, where to read on; plain text."""

import os
import select
import sys
import termios
import tty
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from deskui.cli import output
from deskui.cli.context import Context

LEAVE = ("q", "\x1b", "\x04", "")
OTHER = "\0"
SEQUENCE_S = 0.05  # within which the rest of a function key's sequence has come: then it was not Esc
ASKED = """\
deskui: there is no desk in {home} yet.

  d  demo   look around in a made-up desk; nothing is real, nothing stays
  i  init   set up yours: ticket system, login, password
  ?         where to read on
  q  leave
"""
DOCS = """
  deskui --help            every command
  deskui man | man -l -    the manual page, with every key
  README.md                "The first ten minutes with your ticket system", in deskui's sources
"""


def ask(context: Context, demo: Callable[[Context], int]) -> int:
    """Ask until one is chosen, and do it: the exit code."""
    output.say(ASKED.format(home=context.home))
    with _key_by_key(sys.stdin.fileno()):
        chosen = _chosen(sys.stdin.fileno())
    if chosen == "d":
        return demo(context)
    return _init(context) if chosen == "i" else output.DONE


def _chosen(fd: int) -> str:
    while True:
        sys.stderr.write("d, i, ? or q: ")
        sys.stderr.flush()
        key = _key(fd)
        sys.stderr.write(f"{key if key.isprintable() else ''}\n")
        if key in ("d", "i", *LEAVE):
            return key
        if key == "?":
            output.say(DOCS)


def key(wanted: Sequence[str]) -> str:
    """One of the keys that are wanted; "" for leaving."""
    fd = sys.stdin.fileno()
    with _key_by_key(fd):
        while True:
            sys.stderr.write(f"{', '.join(wanted)} or q: ")
            sys.stderr.flush()
            typed = _key(fd)
            sys.stderr.write(f"{typed if typed.isprintable() else ''}\n")
            if typed in wanted:
                return typed
            if typed in LEAVE:
                return ""


def _init(context: Context) -> int:
    """`deskui init` with the options that were given here."""
    from argparse import Namespace

    from deskui.cli import first

    unasked = dict.fromkeys(("upstream", "kind", "url", "user", "auth", "zone"))
    return first.run(Context(Namespace(**{**vars(context.args), **unasked, "secret_stdin": False})))


@contextmanager
def _key_by_key(fd: int) -> Iterator[None]:
    """Keys come without Enter and are not echoed."""
    before = termios.tcgetattr(fd)
    try:
        tty.setcbreak(fd)
        yield
    finally:
        termios.tcsetattr(fd, termios.TCSADRAIN, before)


def _key(fd: int) -> str:
    """One key; "" at the end of the input, `OTHER` for a key that sends more than one character."""
    typed = os.read(fd, 1)
    if typed == b"\x1b" and select.select([fd], [], [], SEQUENCE_S)[0]:
        while not (last := os.read(fd, 1)).isalpha() and last not in (b"~", b""):
            pass
        return OTHER
    return typed.decode("ascii", "replace")
