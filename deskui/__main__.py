"""The entry: private files, the first frame, the environment that Textual reads at its import, the command line."""

import os
import sys
import time


def prepare(environ: "os._Environ[str] | dict[str, str]") -> None:
    """What Textual reads once, at its import: nothing animated, and no more frames than the line can carry."""
    remote = "SSH_CONNECTION" in environ or "SSH_TTY" in environ
    environ.setdefault("TEXTUAL_ANIMATIONS", "none")
    environ.setdefault("TEXTUAL_SMOOTH_SCROLL", "0")
    environ.setdefault("TEXTUAL_FPS", "15" if remote else "120")
    if environ.get("DESKUI_KITTY_KEYS") == "0":
        environ["TEXTUAL_DISABLE_KITTY_KEY"] = "1"


def console_of(argv: list[str]) -> dict[str, str] | None:
    """The values of the options of a console that is asked for without a command; None: something else is asked for."""
    found, words = dict[str, str](), iter(argv)
    for word in words:
        name, given, said = word.partition("=")
        if name in ("--home", "--as"):
            found[name] = said if given else next(words, "")
            if not found[name] or (not given and found[name].startswith("-")):
                return None
        elif word in ("--read-only", "--no-color"):
            found[word] = "1"
        else:
            return None
    return found


def home_of(named: str, environ: "os._Environ[str] | dict[str, str]") -> str:
    """The folder of the desk, as the command line will find it."""
    named = named or environ.get("DESKUI_HOME", "")
    if named:
        return os.path.abspath(os.path.expanduser(named))
    if sys.platform == "darwin":
        return os.path.expanduser("~/Library/Application Support/deskui")
    return os.path.join(environ.get("XDG_DATA_HOME") or os.path.expanduser("~/.local/share"), "deskui")


def first_frame(argv: list[str]) -> None:
    """Shows the queue as it is now, if that is surely what the console will show."""
    options = console_of(argv)
    if options is None:
        return
    if "--as" in options:
        os.environ["DESKUI_USER"] = options["--as"]  # the same, and what is kept for the next start goes with it
    if "--no-color" in options:
        os.environ["NO_COLOR"] = "1"
    from deskui.ui import firstframe

    size = firstframe.wanted(os.environ)
    if size[0]:
        from deskui.store import firstpage

        now = int(time.time())
        page = firstpage.read(home_of(options.get("--home", ""), os.environ), now, size[1])
        try:
            if page is not None:
                firstframe.show(page, now, size, os.environ.get)
        except firstpage.FAILURES:
            pass


def leave() -> None:
    """Takes the first frame away, if there is one and the console has not taken it over."""
    if "deskui.ui.firstframe" in sys.modules:
        from deskui.ui import firstframe

        firstframe.leave()


def main() -> None:
    """`deskui`: exits with the command's code."""
    os.umask(0o077)
    prepare(os.environ)
    try:
        first_frame(sys.argv[1:])
        if any(name.startswith("DESKUI_SECRET_") for name in os.environ):
            from deskui import secrets

            secrets.take(os.environ)
        from deskui.cli.main import run

        code = run(sys.argv[1:], leave)
    except KeyboardInterrupt:
        code = 130
    finally:
        leave()
    sys.exit(code)


if __name__ == "__main__":
    main()
