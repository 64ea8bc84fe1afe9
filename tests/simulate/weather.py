"""The fault script: what goes wrong between one console and the ticket system, and at which of its steps."""

import random
from collections.abc import Callable, Iterator
from dataclasses import replace

from deskui.upstream.base import Login, Page, Reading, Receipt, Unreachable, Upstream
from deskui.upstream.memory import Adapter
from tests.simulate.doom import Doom

WAIT_S = 30
# Without an answer: (words, kind, hint, whether a write may have arrived).
ANSWERS = {
    "cut": ("the connection was cut", "unreachable", "", True),
    "500": ("the system failed (500)", "unreachable", "", True),
    "503": ("the system is busy (503)", "busy", "", True),
    "429": ("the system is busy (429)", "busy", "", False),
    "429 wait": ("the system is busy (429)", "busy", f"Retry-After: {WAIT_S}", False),
    "401": ("the token has expired (401)", "auth", "", False),
}
PAGES = ("twice", "shuffled", "lagging")
PUSHES = ("answer lost", "412", "rival")
FAULTS = (*ANSWERS, *PAGES, *PUSHES)


class Weather:
    """A queue of faults: each waits for so many steps and then for the first step that it fits; `rate` draws more."""

    def __init__(self, dice: random.Random, doom: Doom, rate: float = 0.0) -> None:
        self.dice, self.doom, self.rate = dice, doom, rate
        self.coming: list[tuple[int, str]] = []  # (steps to wait, fault)
        self.partition = False  # nothing gets through at all
        self.doubling = False  # a proxy delivers each write twice, and gives the answer to the second
        self.only: tuple[str, ...] = FAULTS  # what `rate` draws from
        self.met: dict[str, int] = {}
        self.rival: Callable[[str], None] = lambda remote: None
        self.meanwhile: Callable[[], None] = lambda: None  # while an answer is on its way

    def clear(self) -> None:
        """Quiet from now on."""
        self.coming, self.partition, self.rate = [], False, 0.0

    def fault(self, fitting: tuple[str, ...]) -> str:
        """The fault of this step; an answer that never comes is raised at once."""
        self.doom.step()
        self.meanwhile()
        if self.partition:
            raise Unreachable("no route to the ticket system", maybe_written=False)
        name = self._due(fitting) or self._drawn(fitting)
        if name:
            self.met[name] = self.met.get(name, 0) + 1
        if name in ANSWERS:
            words, kind, hint, maybe = ANSWERS[name]
            raise Unreachable(words, kind, hint, maybe_written=maybe, wait_s=WAIT_S if hint else 0)
        return name

    def _drawn(self, fitting: tuple[str, ...]) -> str:
        return (
            self.dice.choice([each for each in fitting if each in self.only]) if self.dice.random() < self.rate else ""
        )

    def _due(self, fitting: tuple[str, ...]) -> str:
        self.coming = [(wait - 1, name) for wait, name in self.coming]
        for each in self.coming:
            if each[0] <= 0 and each[1] in fitting:
                self.coming.remove(each)
                return each[1]
        return ""


class Layer(Upstream):
    """An adapter behind the weather: the engine speaks to this one."""

    def __init__(self, inner: Adapter, weather: Weather) -> None:
        self.inner, self.weather = inner, weather
        self.name, self.prefix, self.recipients = inner.name, inner.prefix, inner.recipients
        self.links, self.merges, self.attachments = inner.links, inner.merges, inner.attachments
        self.note_files = inner.note_files

    def login(self) -> Login:
        return self._asked(self.inner.login)

    def head(self) -> str:
        return self._asked(self.inner.head)

    def open_tickets(self, after: str) -> Iterator[Page]:
        return self._pages(lambda: self.inner.open_tickets(after))

    def history(self, remote_ids) -> Iterator[Page]:
        return self._pages(lambda: self.inner.history(remote_ids))

    def bodies(self, remote_ids) -> Iterator[Page]:
        return self._pages(lambda: self.inner.bodies(remote_ids))

    def feed(self, cursor: str) -> Iterator[Page]:
        return self._pages(lambda: self.inner.feed(cursor), lags=True)

    def read(self, remote_id: str, seen: str) -> Reading:
        return self._asked(lambda: self.inner.read(remote_id, seen))

    def created(self, token: str) -> tuple[str, ...] | None:
        return self._asked(lambda: self.inner.created(token))

    def push(self, entry, ticket, seen: str) -> Receipt:
        fault = self.weather.fault((*ANSWERS, *PUSHES))
        if fault == "500":  # some systems fail after they have written
            fault = "answer lost"
        if fault == "412" and ticket.remote_id:
            reading = self.inner.read(ticket.remote_id, seen)
            return Receipt(reading.ticket, reading.events, written=False)
        if fault == "rival" and ticket.remote_id:
            self.weather.rival(ticket.remote_id)
        receipt = self.inner.push(entry, ticket, seen)
        if self.weather.doubling:
            receipt = self.inner.push(entry, ticket, seen)
        self.weather.doom.step()
        if fault == "answer lost":
            raise Unreachable("the connection was lost while waiting for the answer")
        return receipt

    def close(self) -> None:
        """Nothing is held open."""

    def _asked(self, ask):
        self.weather.fault(tuple(ANSWERS))
        got = ask()
        self.weather.doom.step()
        return got

    def _pages(self, ask, lags: bool = False) -> Iterator[Page]:
        fault = self.weather.fault((*ANSWERS, *(PAGES if lags else PAGES[:2])))
        if fault == "lagging":  # a replica that is some transactions behind
            self.inner.faults.stale = max(0, self.inner.world.last - self.weather.dice.randint(1, 5))
        try:
            for page in ask():
                if fault == "shuffled":
                    page = self._shuffled(page)
                for _ in range(2 if fault == "twice" else 1):
                    yield page
                    fault = self.weather.fault((*ANSWERS, *PAGES[:2])) or fault
        finally:
            self.inner.faults.stale = None

    def _shuffled(self, page: Page) -> Page:
        tickets, events = list(page.tickets), list(page.events)
        self.weather.dice.shuffle(tickets)
        self.weather.dice.shuffle(events)
        return replace(page, tickets=tuple(tickets), events=tuple(events))
