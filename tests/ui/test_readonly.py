"""A desk that belongs to somebody else: the console opens for reading, and says so."""

import os
from pathlib import Path

import pytest

from tests.ui.home import Home, make_home
from tests.ui.terminal_walk import walk

# Another user who may read everything, so that Python finds its modules, and write nothing that is not theirs.
NOBODY = """
import ctypes, os, struct, sys
libc = ctypes.CDLL(None, use_errno=True)
libc.prctl(8, 1, 0, 0, 0)  # keep the capabilities when the user changes
os.setresgid(65534, 65534, 65534)
os.setresuid(65534, 65534, 65534)
reads = 1 << 2  # CAP_DAC_READ_SEARCH
header, data = struct.pack("Ii", 0x20080522, 0), struct.pack("6I", reads, reads, 0, 0, 0, 0)
assert libc.capset(header, data) == 0
sys.argv = ["deskui", *sys.argv[1:]]
from deskui.__main__ import main
main()
"""
pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="needs root to become somebody else")


@pytest.fixture
def home(tmp_path: Path) -> Home:
    made = make_home(tmp_path)
    made.path.chmod(0o755)
    for path in made.path.rglob("*"):
        path.chmod(0o755 if path.is_dir() else 0o644)
    return made


def tree(home: Home) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in home.path.rglob("*") if path.is_file()}


def test_the_console_opens_for_reading_and_says_so(home: Home) -> None:
    before = tree(home)
    with walk("-c", NOBODY, env=home.env, deskui=False, size=(120, 30)) as screen:
        screen.wait("Tills offline")
        screen.wait("READ-ONLY")
        screen.press("\r")
        screen.wait("it is so")
        screen.press("C")
        screen.wait("read-only")
        screen.press("q")
    assert tree(home) == before


def test_commands_read_and_refuse_to_write(home: Home) -> None:
    before = tree(home)
    for argv, said in (
        (("list",), "Tills offline"), (("do", "M-1", "note", "-m", "x"), "read-only"),
        (("sync", "--once"), "may not be opened by this user"), (("outbox",), "nothing waits"),
    ):  # fmt: skip
        with walk("-c", NOBODY, *argv, env=home.env, deskui=False, size=(160, 30)) as screen:
            screen.wait(said)
            assert "Traceback" not in screen.text
    assert tree(home) == before
