"""The log file: rotating, readable by its owner alone, and without any secret in use."""

import contextlib
import logging
import os
from pathlib import Path

from deskui import text

_hidden: set[str] = set()  # secrets in use, never written


def redact(secret: str, user: str = "") -> None:
    """From now on this word is never written to the log, nor as it travels: in JSON, in a URL, in a Basic header."""
    if secret:
        _hidden.update(_forms(secret, user))


def _forms(secret: str, user: str) -> set[str]:
    import json
    from base64 import b64encode
    from urllib.parse import quote, quote_plus

    packed = (b64encode(said.encode("utf-8", "replace")).decode() for said in (secret, f"{user}:{secret}"))
    quoted = (quote(secret, safe="", errors="replace"), quote_plus(secret, errors="replace"))
    return {secret, *packed, *quoted, json.dumps(secret)[1:-1], repr(secret)[1:-1], *_lines(secret)}


def _lines(secret: str) -> list[str]:
    """Those of a key of several lines that say something."""
    return [line for line in secret.splitlines() if len(line) > 16 and not line.startswith("-----")]


def hidden(said: str) -> str:
    """The words without any secret in use."""
    for secret in sorted(_hidden, key=len, reverse=True):
        said = said.replace(secret, "[secret]")
    return said


class _Redacted(logging.Formatter):
    """One inert line per record (and its traceback's), without any secret in use."""

    def format(self, record: logging.LogRecord) -> str:
        return text.block(hidden(super().format(record)))


class _Rotating(logging.Handler):
    """A rotating file that is opened, and its module imported, with the first record: most starts say nothing."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self._path = path
        self._file: logging.Handler | None = None

    def emit(self, record: logging.LogRecord) -> None:
        """Writes it."""
        if self._file is None:
            from logging.handlers import RotatingFileHandler

            self._file = RotatingFileHandler(
                self._path, maxBytes=1 << 20, backupCount=3, encoding="utf-8", delay=True, errors="backslashreplace"
            )  # opened by its own `emit`, which lets nobody feel what the disk refuses
            self._file.setFormatter(self.formatter)
        self._file.handle(record)

    def close(self) -> None:
        """Closes the file, if it was opened."""
        if self._file is not None:
            self._file.close()
        super().close()


def start(home: Path) -> logging.Handler:
    """Write to `<home>/log/deskui.log`, rotating, readable by its owner alone; the caller closes it.

    Where this user may not write there is no log.
    """
    folder = home / "log"
    with contextlib.suppress(OSError):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    handler = _Rotating(folder / "deskui.log") if os.access(folder, os.W_OK) else logging.Handler(logging.CRITICAL + 1)
    handler.setFormatter(_Redacted("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    logging.getLogger("deskui").setLevel(logging.INFO)
    logging.getLogger().addHandler(handler)  # the libraries' warnings too: nothing may write over the screen
    return handler


def stop(handler: logging.Handler) -> None:
    """Close it again."""
    logging.getLogger().removeHandler(handler)
    handler.close()
