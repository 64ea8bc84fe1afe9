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


def home_of(argv: list[str], environ: "os._Environ[str] | dict[str, str]") -> str:
    """The desk of a console that is asked for without a command or another option; "": something else is asked for."""
    if argv and (len(argv) != 2 or argv[0] != "--home"):
        return ""
    named = argv[1] if argv else environ.get("DESKUI_HOME")
    if named:
        return os.path.abspath(os.path.expanduser(named))
    if sys.platform == "darwin":
        return os.path.expanduser("~/Library/Application Support/deskui")
    return os.path.join(environ.get("XDG_DATA_HOME") or os.path.expanduser("~/.local/share"), "deskui")


def first_frame(argv: list[str]) -> None:
    """Shows the queue as it is now, if that is surely what the console will show."""
    home = home_of(argv, os.environ)
    if not home:
        return
    from deskui.ui import firstframe

    size = firstframe.wanted(os.environ)
    if size[0]:
        from deskui.store import firstpage

        now = int(time.time())
        page = firstpage.read(home, now, size[1])
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
        from deskui.cli.main import run

        code = run(sys.argv[1:], leave)
    except KeyboardInterrupt:
        code = 130
    finally:
        leave()
    sys.exit(code)


if __name__ == "__main__":
    main()
