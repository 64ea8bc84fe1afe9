"""The entry: private files, the environment that Textual reads when it is imported, then the command line."""

import os
import sys


def prepare(environ: "os._Environ[str] | dict[str, str]") -> None:
    """What Textual reads once, at its import: nothing animated, and no more frames than the line can carry."""
    remote = "SSH_CONNECTION" in environ or "SSH_TTY" in environ
    environ.setdefault("TEXTUAL_ANIMATIONS", "none")
    environ.setdefault("TEXTUAL_SMOOTH_SCROLL", "0")
    environ.setdefault("TEXTUAL_FPS", "15" if remote else "120")
    if environ.get("DESKUI_KITTY_KEYS") == "0":
        environ["TEXTUAL_DISABLE_KITTY_KEY"] = "1"


def main() -> None:
    """`deskui`: exits with the command's code."""
    os.umask(0o077)
    prepare(os.environ)
    from deskui.cli.main import run

    sys.exit(run(sys.argv[1:]))


if __name__ == "__main__":
    main()
