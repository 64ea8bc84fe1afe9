"""One game: a world with people in it, some consoles, and dice that say what happens next."""

import random
from collections.abc import Sequence
from contextlib import suppress
from itertools import count
from pathlib import Path

from deskui.domain.change import (
    Acknowledge,
    Assign,
    Cancel,
    Change,
    Close,
    Create,
    Hold,
    Note,
    Reopen,
    Reply,
    Resolve,
    Resume,
)  # fmt: skip
from deskui.domain.event import Event
from deskui.domain.fields import SetCategory, SetCi, SetImpact, SetPriority, SetUrgency
from deskui.domain.ticket import Ticket
from deskui.upstream.base import Rejected
from deskui.upstream.memory import World
from tests.simulate.console import Console

START = 1_790_000_000
SKEW = 600
USERS = ("anna", "berta", "carla", "dora")
LEVELS = ("high", "medium", "low")
MERGES = 0.3


class Automatic(World):
    """It answers by itself, as RT's scrips do: whoever writes a ticket hears of it, and of its end."""

    def make(self, change: Create, who: str = "", **more) -> str:
        with self.turn():
            remote = super().make(change, who, **more)
            self.auto_reply(remote, "We have it.")
            return remote

    def change_as(self, who: str, remote_id: str, change: Change, **more) -> tuple[Event, ...]:
        with self.turn():
            made = super().change_as(who, remote_id, change, **more)
            if isinstance(change, Resolve):
                self.auto_reply(remote_id, "We believe that it is done.")
            return made


class Play:
    """`consoles` technicians, each with an own clock up to ten minutes off, on one system."""

    def __init__(
        self, folder: Path, seed: int, consoles: int = 3, tickets: int = 12, skews: Sequence[int] = (),
        desk: type[Console] = Console,
    ) -> None:  # fmt: skip
        self.seed, self.dice = seed, random.Random(seed)
        self.time, self.n, self.merges = START, count(1), 0
        self.world = Automatic(clock=lambda: self.time)
        for _ in range(tickets):
            self.others_make()
        self.consoles = []
        for user in USERS[:consoles]:
            skew = skews[len(self.consoles)] if skews else self.dice.randint(-SKEW, SKEW)
            self.consoles.append(desk(folder / user, self.world, random.Random(self.dice.random()), user, skew))
        for console in self.consoles:
            console.weather.rival = self.others_move
            console.sync()

    def close(self) -> None:
        for console in self.consoles:
            console.store.close()

    def word(self, what: str = "word") -> str:
        """One that nobody has said before."""
        return f"{what}-{next(self.n)}"

    # --- the others

    def others_make(self) -> str:
        subject = self.word("printer")
        return self.world.make(Create(subject, f"it burns: {subject}", requestor="carl@kunde.example", priority=3))

    def living(self) -> list[str]:
        return [remote for remote in self.world.live.tickets if self.world.live.alive(remote)]

    def others_move(self, remote: str) -> None:
        """kim moves a field; a ticket that does not allow it stays as it is."""
        change = self.dice.choice([
            Assign(self.word("kim")), SetPriority(self.dice.randint(1, 4)), SetCategory(self.word("cat")),
            Resolve(self.word("done")), Hold("vendor"), SetImpact(self.dice.choice(LEVELS)),
        ])  # fmt: skip
        self._tried("kim", remote, change)

    def others_act(self) -> None:
        """Somebody else does something to some ticket."""
        remote, what = self.dice.choice(self.living()), self.dice.randint(1, 10)
        if what <= 4:
            self.world.reply_as_customer(remote, self.word("please"))
        elif what <= 6:
            self.world.note_as("kim", remote, self.word("seen"))
        elif what <= 7:
            self.others_make()
        elif what == 8 and self.dice.random() < MERGES:
            self.others_merge(remote)
        else:
            self.others_move(remote)

    def others_merge(self, remote: str) -> None:
        """kim makes one ticket part of another, as long as there are some."""
        if len(others := [each for each in self.living() if each != remote]) > 1:
            self.world.merge(remote, self.dice.choice(others), "kim")
            self.merges += 1

    def _tried(self, who: str, remote: str, change: Change) -> None:
        with suppress(Rejected):
            self.world.change_as(who, remote, change)

    # --- the technicians

    def harmless(self) -> Change:
        """An edit that nobody can clash with: words."""
        text = self.word("said")
        return self.dice.choice([Note(text), Note(text, minutes=5), Reply(text)])

    def clashing(self, ticket: Ticket) -> Change:
        """An edit of any kind that the ticket allows as it is shown."""
        text = self.word("why")
        choices = [
            Note(text), Reply(text), Acknowledge(), Assign(self.word("who")), Hold("customer"), Hold("parts"), Resume(),
            Resolve(text), Resolve(), Reopen(text), Close(text), Cancel(text), SetPriority(self.dice.randint(1, 4)),
            SetImpact(self.dice.choice(LEVELS), why=text), SetUrgency(self.dice.choice(LEVELS)),
            SetCategory(self.word("cat")), SetCi(self.word("ci")),
        ]  # fmt: skip
        return self.dice.choice([change for change in choices if change.refused(ticket) is None])

    def new(self) -> Create:
        subject = self.word("phoned")
        return Create(subject, f"text of {subject}", priority=2, received=self.time - 600, token=self.word("token"))

    def edit(self, console: Console, *, clashing: bool = True, die: int = 0) -> None:
        """One technician does one thing."""
        if self.dice.random() < 0.04:
            console.mortal(die, console.create, self.new())
            return
        uid = self.dice.choice(console.uids())
        ticket = console.shown(uid)
        assert ticket is not None
        console.mortal(die, console.do, uid, self.clashing(ticket) if clashing else self.harmless())

    def pass_time(self) -> None:
        self.time += self.dice.choice((0, 1, 1, 7, 60, 3600))

    # --- the end

    def quiet(self) -> None:
        """All faults end; three rounds."""
        for console in self.consoles:
            console.weather.clear()
        for _ in range(3):
            for console in self.consoles:
                self.time += 1
                result = console.sync()
                assert result.error is None, result

    def decided(self) -> int:
        """People settle what clashes, until nothing does; how many conflicts that were."""
        settled = 0
        for _ in range(20):
            open_ones = sum(len(console.conflicts()) + len(console.unsure()) for console in self.consoles)
            if not open_ones:
                return settled
            settled += open_ones
            for console in self.consoles:
                console.decide()
            self.quiet()
        raise AssertionError("conflicts without end")
