"""What a terminal lacks, for `deskui doctor`: colours, locale, terminfo, and the settings of a tmux around it."""

import locale
import re
import subprocess
from collections.abc import Callable, Iterator, Mapping

ESC_MS = 50  # longer than that, and Esc is felt to hang
PATIENCE_S = 2
Found = tuple[str, str, str]  # name, status, detail
Ask = Callable[[str], str]  # a tmux option's value, "" where this tmux does not know it


def lacks(environ: Mapping[str, str]) -> Iterator[Found]:
    """One finding per subject, each with its remedy."""
    yield _colours(environ)
    yield _locale(environ)
    yield from _terminfo(environ.get("TERM", ""))
    if environ.get("TMUX"):
        yield from _tmux(environ, _option)


def _colours(environ: Mapping[str, str]) -> Found:
    term = environ.get("TERM", "")
    if "NO_COLOR" in environ:
        return "colours", "ok", "none, since NO_COLOR is set: unset it to have some"
    if environ.get("COLORTERM", "") in ("truecolor", "24bit"):
        return "colours", "ok", "24 bits"
    if "256color" in term or term.startswith(("xterm-kitty", "alacritty", "foot")):
        return "colours", "ok", "256; with COLORTERM=truecolor the themes are exact, if the terminal can"
    if term == "linux":
        return "colours", "ok", "16, all that this console has"
    remedy = "set TERM to what the terminal is, as in xterm-256color"
    if "SSH_CONNECTION" in environ:
        remedy += ", or let ssh send it (SendEnv COLORTERM, and AcceptEnv on this host)"
    return "colours", "warn", f"16, by TERM={term or 'not set'}: {remedy}"


def _locale(environ: Mapping[str, str]) -> Found:
    name = next((environ[key] for key in ("LC_ALL", "LC_CTYPE", "LANG") if environ.get(key)), "")
    try:
        before = locale.setlocale(locale.LC_CTYPE)
        locale.setlocale(locale.LC_CTYPE, name)
        locale.setlocale(locale.LC_CTYPE, before)
    except locale.Error:
        return "locale", "warn", f"{name} is not installed here: generate it (locale-gen), or set LANG=C.UTF-8"
    if not name or name in ("C", "POSIX"):
        said = f"{name or 'none is set'}: tmux, ssh and editors show no umlauts: set LANG=C.UTF-8"
        return "locale", "warn", said
    return "locale", "ok", name


def _terminfo(term: str) -> Iterator[Found]:
    import curses

    try:
        curses.setupterm(term or "unknown", 1)
    except curses.error:
        remedy = "install ncurses-term, copy it here (infocmp | tic), or set TERM=xterm-256color"
        yield "terminfo", "warn", f"TERM={term or 'not set'} is not known here, editors and pagers fail: {remedy}"


def _tmux(environ: Mapping[str, str], ask: Ask) -> Iterator[Found]:
    """What a tmux swallows or delays."""
    wrong = []
    delay = ask("escape-time")
    if delay.isdigit() and int(delay) > ESC_MS:
        wrong.append(f"Esc waits {delay} ms: set -sg escape-time 10")
    if ask("allow-passthrough") == "off":
        wrong.append("copying and notifications do not get through: set -g allow-passthrough on")
    if not re.match(r"tmux|screen", environ.get("TERM", "")):
        wrong.append(f"TERM={environ.get('TERM', '')} is not tmux's: set -g default-terminal tmux-256color")
    if not wrong:
        yield "tmux", "ok", "lets everything through"
    for each in wrong:
        yield "tmux", "warn", f"{each} (in ~/.tmux.conf; then tmux source ~/.tmux.conf)"


def _option(name: str) -> str:
    """The option's value in the tmux around us; -A: wherever it was set."""
    scope = "-sv" if name == "escape-time" else "-Apv"
    try:
        done = subprocess.run(
            ["tmux", "show-options", scope, name], capture_output=True, text=True, timeout=PATIENCE_S, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.strip()
