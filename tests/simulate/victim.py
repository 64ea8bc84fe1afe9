"""A process that is killed: for each store named on a line of its input it forks a child that writes until it dies."""

import os
import sys
from pathlib import Path

from deskui.domain.change import Note
from deskui.store import tickets
from tests.make import make_store, queue


def write_on(home: Path) -> None:
    """Edit after edit; each is told once it is promised."""
    store = make_store(home)
    uid = store.read(lambda db: tickets.uid_by_remote(db, "rt", "1"))
    assert uid is not None
    while True:
        entry = queue(store, uid, Note("word " * 40, minutes=1))
        os.write(1, f"{entry.uid}\n".encode())


def main() -> None:
    for line in sys.stdin:
        child = os.fork()
        if not child:
            write_on(Path(line.strip()))
        os.write(1, f"pid {child}\n".encode())
        os.waitpid(child, 0)
        os.write(1, b"end\n")


if __name__ == "__main__":
    main()
