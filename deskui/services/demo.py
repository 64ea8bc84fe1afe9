"""The demo desk, alive: a night at 02:07 in a memory upstream, a script of what happens, and a disk that fills up."""

import json
import shutil
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

from deskui.domain import asset as assets
from deskui.domain.asset import Asset
from deskui.domain.change import Acknowledge, Assign, Change, Hold, Reply, Resolve
from deskui.domain.fields import SetImpact, SetPriority, SetUrgency
from deskui.domain.outgoing import Entry
from deskui.domain.ticket import LEVELS, Ticket
from deskui.services import demodesk
from deskui.services.stock import Stock
from deskui.upstream.base import Options, Rejected
from deskui.upstream.memory import Adapter, Faults, World

TICK_S = 0.5
MB = 1 << 20
_CONFIG = """# Written by `deskui demo`; the desk disappears when the demo ends.
[desk]
zone = {zone}
[me]
name = {me}
[upstream.{name}]
kind = "memory"
url = {url}
user = {me}
prefix = {prefix}
every_s = 5
"""


def start(folder: Path) -> int:
    """When the demo's clock begins (epoch seconds): 02:07 at the desk."""
    return demodesk.read(folder).start


class Demo:
    """One running demo in `home`, from the files in `folder`; `clock` gives the demo's time in epoch seconds.

    `upstream` is the adapter that the desk syncs with, `contracts` the folder with the customers' contracts.
    """

    def __init__(self, home: Path, folder: Path, clock: Callable[[], int], me: str = "") -> None:
        self.home, self.folder, self.clock = home, folder, clock
        known = demodesk.read(folder)
        self.desk = replace(known, me=me or known.me)
        self.contracts = folder / "contracts"
        self.spool = home / str(self.desk.spool["folder"])
        self.faults = Faults()
        script = demodesk.toml(folder / "script.toml")
        self._steps = sorted(((seconds(step["at"]), step) for step in script["step"]), key=lambda step: step[0])
        self._calm = script["calm"]
        self._next_calm = float(seconds(self._calm["after"]))
        self._stock, self._random = Stock(folder), Random(7)
        self._pieces = 0

    def prepare(self) -> "Demo":
        """Make the upstream with its past, a `config.toml`, the customers and the directory that grows."""
        path = self.home / "upstream.jsonl"
        self.world = World(
            self.clock, str(path), self.desk.first_number, backlog=True, staff=(*self.desk.staff, self.desk.me)
        )
        options = Options(url=f"memory:{path}", user=self.desk.me)
        self.upstream = Adapter(self.desk.upstream, options, world=self.world, faults=self.faults)
        self.upstream.prefix = self.desk.prefix
        if not self.world.rows:
            demodesk.fill(self.world, self.folder, self.desk)
        self._write_config(path)
        shutil.copytree(self.folder / "customers", self.home / "customers", dirs_exist_ok=True)
        self._grow(0)
        return self

    def assets(self) -> tuple[Asset, ...]:
        """The configuration items; one of them is this machine, watching the directory that grows."""
        listed = demodesk.toml(self.folder / "cis.toml")["ci"]
        return tuple(assets.from_json(self._here(item)) for item in listed)

    @contextmanager
    def playing(self) -> Iterator[None]:
        """Play on a thread of its own, until the end of the `with`."""
        stop = threading.Event()
        thread = threading.Thread(target=self.run, args=(stop,), name="demo", daemon=True)
        thread.start()
        try:
            yield
        finally:
            stop.set()
            thread.join(5)

    def run(self, stop: threading.Event) -> None:
        """Play until `stop` is set, then clean up; for a thread of its own."""
        began = self.clock()
        try:
            while not stop.wait(TICK_S):
                self.step(self.clock() - began)
        finally:
            self.close()

    def step(self, elapsed_s: float) -> None:
        """Let happen what is due `elapsed_s` after the start and has not happened yet."""
        while self._steps and self._steps[0][0] <= elapsed_s:
            _, step = self._steps.pop(0)
            with suppress(Rejected):  # somebody merged or deleted the ticket meanwhile: then it just does not happen
                _DO[step["do"]](self, step)
        if elapsed_s >= self._next_calm:
            self._next_calm = elapsed_s + self._calm["every_s"] + self._random.uniform(-1, 1) * self._calm["jitter_s"]
            self._something()
        self._grow(elapsed_s)

    def close(self) -> None:
        """Remove the directory that grew."""
        shutil.rmtree(self.spool, ignore_errors=True)

    # --- the script ---------------------------------------------------------------------------------------------

    def _new(self, step: Mapping[str, Any]) -> None:
        demodesk.make(self.desk, step)(self.world, "", self.clock())

    def _customer(self, step: Mapping[str, Any]) -> None:
        self.world.reply_as_customer(self._find(step["subject"]), step["text"])

    def _note(self, step: Mapping[str, Any]) -> None:
        self.world.note_as(step["who"], self._find(step["subject"]), step["text"])

    def _reply(self, step: Mapping[str, Any]) -> None:
        self.world.change_as(step["who"], self._find(step["subject"]), Reply(step["text"]))

    def _take(self, step: Mapping[str, Any]) -> None:
        """The colleague takes what you changed last, and is faster with the next field that you change, too."""
        who = step["who"]
        self.faults.rival = lambda entry, remote_id: self._race(who, entry, remote_id)
        remote_id = self._newest_of_mine()
        if remote_id and self.world.ticket(remote_id).is_open:
            self._act(who, remote_id, _taken(who, self.world.ticket(remote_id)))
            self.world.note_as(who, remote_id, step["text"])

    def _offline(self, _: Mapping[str, Any]) -> None:
        self.faults.offline = True

    def _online(self, _: Mapping[str, Any]) -> None:
        self.faults.offline = False

    def _race(self, who: str, entry: Entry, remote_id: str) -> None:
        if entry.change.field is None or not self.world.live.alive(remote_id):
            return
        ticket = self.world.ticket(remote_id)
        moves = clash(who, entry.change, ticket)
        if not isinstance(entry.change, Acknowledge):  # an acknowledgement alone does not clash: the next one will
            self.faults.rival = None
        self._act(who, remote_id, moves)

    def _act(self, who: str, remote_id: str, moves: tuple[Change, ...]) -> None:
        for change in moves:
            with suppress(Rejected):  # of the colleague's own change; it must not look like a refusal of ours
                self.world.change_as(who, remote_id, change)

    def _find(self, subject: str) -> str:
        for remote_id, ticket in self.world.live.tickets.items():
            if ticket.subject == subject and self.world.live.alive(remote_id):
                return remote_id
        raise Rejected(f"no ticket {subject!r}")

    def _newest_of_mine(self) -> str:
        """The open ticket that this desk changed last, since the start."""
        for row in reversed(self.world.rows):
            if any(event.author == self.desk.me and event.at >= self.desk.start for event in row.events):
                return row.ticket.remote_id if self.world.live.alive(row.ticket.remote_id) else ""
        return ""

    def _something(self) -> None:
        """A new ticket or an answer, in turn as it falls."""
        waiting = [one for one, ticket in self.world.live.tickets.items()
                   if ticket.is_open and ticket.state != "new" and self.world.live.alive(one)]  # fmt: skip
        if waiting and self._random.random() < 0.55:
            self.world.reply_as_customer(self._random.choice(waiting), self._random.choice(self._calm["answers"]))
        else:
            demodesk.calm(self.desk, self._stock, self._random)(self.world, "", self.clock())

    # --- this machine -------------------------------------------------------------------------------------------

    def _grow(self, elapsed_s: float) -> None:
        """Real files in a real directory, a piece every `every_s`, up to `stop_mb`."""
        spool = self.desk.spool
        size = spool["step_kb"] << 10
        wanted = spool["start_mb"] * MB // size + int(elapsed_s / spool["every_s"])
        wanted = min(wanted, spool["stop_mb"] * MB // size)
        with suppress(OSError):  # a full disk ends the growth, not the demo
            self.spool.mkdir(mode=0o700, parents=True, exist_ok=True)
            for number in range(self._pieces, wanted):
                (self.spool / f"export-{number:05}.xml.tmp").write_bytes(b"<row/>\n " * (size // 8))
                self._pieces = number + 1

    def _here(self, item: Mapping[str, Any]) -> dict[str, Any]:
        watch = [{**each, "path": each["path"].format(spool=self.spool)} for each in item.get("watch", ())]
        return {**item, "watch": watch}

    def _write_config(self, world: Path) -> None:
        path = self.home / "config.toml"
        if not path.exists():
            values = {"zone": self.desk.zone, "me": self.desk.me, "url": f"memory:{world}", "prefix": self.desk.prefix}
            quoted = {
                key: json.dumps(value, ensure_ascii=False) for key, value in values.items()
            }  # TOML quotes so, too
            path.write_text(_CONFIG.format(name=self.desk.upstream, **quoted), "utf-8")
            path.chmod(0o600)


_DO: Mapping[str, Callable[[Demo, Mapping[str, Any]], None]] = {
    "ticket": Demo._new,
    "customer": Demo._customer,
    "note": Demo._note,
    "reply": Demo._reply,
    "take": Demo._take,
    "offline": Demo._offline,
    "online": Demo._online,
}


def seconds(text: str) -> int:
    """Seconds of `m:ss`."""
    minutes, _, rest = text.partition(":")
    return int(minutes) * 60 + int(rest)


def clash(who: str, change: Change, ticket: Ticket) -> tuple[Change, ...]:
    """What `who` does so that `change` of the same ticket cannot simply be written."""
    if isinstance(change, Assign | Acknowledge):
        return _taken(who, ticket)
    if isinstance(change, SetPriority):
        return (SetPriority(next(number for number in (2, 3, 4) if number not in (change.to, ticket.priority))),)
    if isinstance(change, SetImpact | SetUrgency):
        known = (change.to, ticket.impact if isinstance(change, SetImpact) else ticket.urgency)
        return (type(change)(next(level for level in LEVELS if level not in known)),)
    if change.field == "state" and ticket.is_open:
        return (Resolve("Solved on the phone."),) if isinstance(change, Hold) else (Hold("vendor"),)
    return ()


def _taken(who: str, ticket: Ticket) -> tuple[Change, ...]:
    seen = (Acknowledge(),) if ticket.state == "new" else ()
    return (*seen, *(() if ticket.owner == who else (Assign(who),)))
