"""One technician's machine in the simulator: the real store on one thread, the real engine, the weather between."""

import random
from dataclasses import dataclass, field
from pathlib import Path

from deskui.domain.change import Change, Create
from deskui.domain.ticket import Ticket
from deskui.services.settling import Unsettled
from deskui.services.syncing import Syncing
from deskui.store import conflicts, drafts, outbox, tickets
from deskui.store.ids import uuid7
from deskui.store.lock import SyncLock
from deskui.sync.engine import Engine
from deskui.sync.result import Result
from deskui.upstream.base import Options
from deskui.upstream.memory import Adapter, Faults, World
from tests.make import make_store
from tests.simulate.doom import Death, Doom, OneThread, image
from tests.simulate.weather import Layer, Weather

NAME = "mem"


@dataclass
class Op:
    """An edit that was promised: `entry` is its uid in the outbox, `ticket` the uid here."""

    entry: str
    ticket: str
    change: Change
    acknowledged: bool = False
    given_up: bool = False  # a person took the other value
    insisted: bool = False  # a person saw the other value and kept this one


@dataclass
class Console:
    """`skew`: how far its clock is ahead of the system's, in seconds."""

    home: Path
    world: World
    dice: random.Random
    user: str
    skew: int = 0
    deaths: int = 0
    syncs: int = 0
    ops: list[Op] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.doom = Doom()
        self.weather = Weather(self.dice, self.doom)
        self.adapter = Adapter(NAME, Options(user=self.user), world=self.world, faults=Faults(offset_s=self.skew))
        self.adapter.page_size = 7
        self.home.mkdir(parents=True, exist_ok=True)
        self._open(self.home / "0")

    def now(self) -> int:
        return self.world.clock() + self.skew

    def _open(self, home: Path) -> None:
        self.store = make_store(home, clock=self.now, prefixes={NAME: "M-"})
        self.store._writer = OneThread(self.store, self.doom)
        self.engine = Engine(self.store, Layer(self.adapter, self.weather), self.now)
        self.syncing = Syncing(self.store, {NAME: self.engine}, SyncLock(home), self.now, {NAME: 60})
        self.doom.last = self._left_behind
        self.next = home.parent / str(int(home.name) + 1)

    def _left_behind(self) -> None:
        image(self.store.path.parent, self.next)

    def reopen(self) -> None:
        """The next process, on what the killed one left."""
        self.deaths += 1
        self.store.close()
        self._open(self.next)
        assert self.store.read(lambda db: db.execute("PRAGMA integrity_check").fetchall()) == [("ok",)]

    def mortal(self, steps: int, what, *args):
        """Do `what`, but be killed after so many steps (0: never), and start again; what it gave, or None."""
        self.doom.in_steps(steps)
        try:
            return what(*args)
        except Death:
            self.reopen()
            return None
        finally:
            self.doom.in_steps(0)

    def sync(self, **how) -> Result:
        self.syncs += 1
        return self.engine.run(**how)

    def do(self, uid: str, change: Change) -> Op:
        """As the desk does it: one transaction; it is promised once that is committed."""
        op = Op(uuid7(), uid, change)
        self.ops.append(op)

        def work(tx) -> None:
            outbox.add(tx, uid, change, author=self.user, entry=op.entry)
            tickets.rebuild(tx, [uid])

        self.store.write(work).result()
        op.acknowledged = True
        return op

    def create(self, change: Create) -> Op:
        op = Op(uuid7(), "", change)
        self.ops.append(op)

        def work(tx) -> str:
            uid = tickets.new(tx, NAME)
            outbox.add(tx, uid, change, author=self.user, entry=op.entry)
            tickets.rebuild(tx, [uid])
            return uid

        op.ticket = self.store.write(work).result()
        op.acknowledged = True
        return op

    def decide(self) -> None:
        """A person looks at each conflict and takes one value."""
        for conflict in self.conflicts():
            how = self.dice.choice(("mine", "theirs"))
            try:
                self.syncing.settle(conflict.uid, how).result()
            except Unsettled:
                how = "theirs"
                self.syncing.settle(conflict.uid, how).result()
            for op in self.ops:
                if op.entry == conflict.entry:
                    op.given_up, op.insisted = op.given_up or how == "theirs", op.insisted or how == "mine"

        for entry in self.unsure():
            self.store.write(lambda tx, entry=entry: self._given_up(tx, entry)).result()
            for op in self.ops:
                op.given_up = op.given_up or op.entry == entry.uid

    def _given_up(self, tx, entry) -> None:
        """As `drop` does it: they look upstream, and it is there or a draft."""
        outbox.mark(tx, entry.uid, "dropped")
        tickets.rebuild(tx, [entry.ticket])
        drafts.back(tx, entry)

    # what is there

    def uids(self) -> list[str]:
        """The tickets that can be worked on, in the order they came."""
        rows = self.store.read(lambda db: db.execute("SELECT uid FROM ticket WHERE gone = 0 ORDER BY pk").fetchall())
        return [uid for (uid,) in rows]

    def uid(self, remote: str) -> str | None:
        return self.store.read(lambda db: tickets.uid_by_remote(db, NAME, remote))

    def shown(self, uid: str) -> Ticket | None:
        return self.store.read(lambda db: tickets.shown(db, uid))

    def base(self, uid: str) -> Ticket | None:
        return self.store.read(lambda db: tickets.base(db, uid))

    def events(self, uid: str):
        return self.store.read(lambda db: tickets.events(db, uid))

    def entries(self):
        return self.store.read(lambda db: outbox.entries(db))

    def unsure(self):
        """Of which a person has to find out whether they arrived: their ticket was merged before that was known."""
        return [entry for entry in self.entries() if entry.state == "unknown" and "look there" in entry.error]

    def conflicts(self):
        return self.store.read(conflicts.open_)

    def drafts(self):
        return self.store.read(lambda db: drafts.of(db, [self.user]))
