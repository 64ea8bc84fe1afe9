"""Two processes of one technician on one desk, and the schedule that each of them has."""

from collections.abc import Callable
from pathlib import Path

from deskui.sync.engine import Result
from tests.simulate.console import NAME, Console

EVERY_S = 60


class Turns:
    """One process's schedule: a turn every `EVERY_S` seconds, and sooner where it is asked for."""

    def __init__(self, now: Callable[[], int], phase: int) -> None:
        self.now, self.at = now, float(now() + phase)

    def soon(self, _name: str, in_s: float) -> None:
        self.at = min(self.at, self.now() + in_s)

    def due(self) -> bool:
        """Whether its turn has come; then the next one is planned."""
        if self.now() < self.at:
            return False
        self.at += EVERY_S
        return True


class Session(Console):
    """A process beside others on the same folder: killed, it leaves the files to them."""

    def _open(self, home: Path) -> None:
        super()._open(home)
        self.turns = Turns(self.now, self.dice.randint(0, EVERY_S))
        self.syncing.soon = self.turns.soon
        self.doom.last, self.next = lambda: None, home

    def turn(self, die: int = 0) -> Result | None:
        """Its schedule's job, if its turn has come."""
        if not self.turns.due():
            return None
        self.syncs += 1
        return self.mortal(die, self.syncing.scheduled, NAME)
