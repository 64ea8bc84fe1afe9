"""kill -9, as far as one process can: at a chosen step the disk is as it is, and nothing more happens."""

import shutil
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path

ENDLESS_S = 1e9


class Death(BaseException):
    """Nothing may catch it."""


class Doom:
    """Counts the steps of one console; at step `at` it leaves the disk as it is and dies.  0: it lives."""

    def __init__(self) -> None:
        self.at, self.steps = 0, 0
        self.last: Callable[[], None] = lambda: None

    def in_steps(self, count: int) -> None:
        self.at = self.steps + count if count else 0

    def step(self) -> None:
        self.steps += 1
        if self.steps == self.at:
            self.at = 0
            self.last()
            raise Death


class OneThread:
    """Stands in for the store's writer thread: the same transactions, done at once on this one."""

    def __init__(self, store, doom: Doom) -> None:
        self.store, self.doom, self.asked = store, doom, 0

    @property
    def hurried(self) -> bool:
        """A slice ends at every fourth step: by count, since the machine's own time does not come again."""
        self.asked += 1
        return self.asked % 4 == 0

    def put(self, job) -> None:
        self.doom.step()  # before anything of it
        job.steps = self._halved(job.steps)
        if job.slice_s is not None:
            job.slice_s = ENDLESS_S
        try:
            while not self.store._transact(job):
                self.doom.step()  # between two slices
        except Exception as error:
            job.future.set_exception(error)
            return
        self.doom.step()  # it is on the disk, and nobody has heard of it
        if isinstance(job.future, Future):
            job.future.set_result(job.result)

    def _halved(self, steps):
        for step in steps:
            yield step
            self.doom.step()  # done, not committed: the generator goes on inside the transaction

    def close(self) -> None:
        self.store._close_writer()


def image(home: Path, to: Path) -> None:
    """What a process that is killed now leaves: the file and its write-ahead log."""
    to.mkdir(mode=0o700)
    for name in ("desk.db", "desk.db-wal"):
        if (home / name).exists():
            shutil.copyfile(home / name, to / name)
