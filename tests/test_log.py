"""The log keeps no secret and no control byte."""

import logging
from pathlib import Path

import pytest

from deskui import log

SECRET = "hunter2-canary"


@pytest.fixture
def written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Log a few things; the file's text."""
    monkeypatch.setattr(log, "_hidden", set())

    def write(*messages: str, secret: str = "") -> str:
        handler = log.start(tmp_path)
        log.redact(secret)
        for message in messages:
            logging.getLogger("deskui.test").warning("%s", message)
        try:
            raise ValueError(f"in a traceback: {secret}")
        except ValueError:
            logging.getLogger("library").exception("failed")
        log.stop(handler)
        return (tmp_path / "log" / "deskui.log").read_text(encoding="utf-8")

    return write


def test_a_secret_in_use_is_never_written(written):
    said = written(f"login with {SECRET} failed", secret=SECRET)
    assert SECRET not in said
    assert said.count("[secret]") == 2


def test_without_a_secret_nothing_is_blotted_out(written):
    assert "plain words" in written("plain words")


def test_hostile_text_is_inert(written):
    said = written("title \x1b]0;owned\x07 and \x9b31m")
    assert not [char for char in said if char != "\n" and not char.isprintable()]


def test_after_the_end_nothing_is_written(written, tmp_path: Path):
    before = written("x")
    logging.getLogger("deskui.test").warning("too late")
    assert (tmp_path / "log" / "deskui.log").read_text(encoding="utf-8") == before
