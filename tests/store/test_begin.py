"""Two processes on one store: who waits gets in between two writes of the other one."""

import threading
import time
from pathlib import Path

from tests.make import make_store, write

MINE = 40
THEIRS = 10 * MINE  # with SQLite's own waiting it is three times as many, and seconds for one of mine


def test_who_waits_for_one_that_writes_all_the_time_gets_in_soon(tmp_path: Path) -> None:
    with make_store(tmp_path) as store, make_store(tmp_path) as busy:
        stop, theirs = threading.Event(), list[int]()

        def keep_writing() -> None:
            while not stop.is_set():
                write(busy, lambda tx: time.sleep(0.004))
                theirs.append(1)

        writer = threading.Thread(target=keep_writing)
        writer.start()
        try:
            for _ in range(MINE):
                write(store, lambda tx: None)
        finally:
            stop.set()
            writer.join()
    assert len(theirs) < THEIRS
