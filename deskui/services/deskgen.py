"""A made-up desk of any size, always the same for the same seed: for benchmarks and for trying things at scale."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import count, islice
from pathlib import Path
from random import Random
from typing import Any

from deskui.domain.event import Event
from deskui.domain.ticket import Ticket
from deskui.services.stock import Case, Stock
from deskui.store import bulk
from deskui.store.store import Store

UPSTREAM, PREFIX = "gen", "T-"
SLICE = 250  # tickets in one transaction
HOT = 40  # tickets whose countdown moves each second: the first screen
HOUR, DAY = 3600, 86_400
_STAFF = ("kim", "anna", "tom", "berta", "me")
_ANSWERS = ("Thank you, we are looking into it.", "Danke, wir kümmern uns.", "Please try again, we changed something.")
_RECEIVED: tuple[str, str, dict[str, Any], str | None] = ("auto_reply", "system", {}, "We have your message.")
_CONFIG = f"""# Written by `deskui desk-gen`; its upstream is empty and keeps what you send it in memory only.
[desk]
zone = "UTC"
[me]
name = "me"
[upstream.{UPSTREAM}]
kind = "memory"
url = "memory:"
user = "me"
prefix = "{PREFIX}"
every_s = 3600
"""

Facts = list[tuple[str, str, dict[str, Any], str | None]]  # type, author, data, text
Lives = Iterator[tuple[Ticket, Sequence[Event]]]


@dataclass(frozen=True, slots=True)
class Fate:
    """What will become of a ticket made at `created` (epoch seconds)."""

    created: int
    priority: int
    open: bool
    acknowledged: bool = True
    hold: str = ""


def generate(
    store: Store, n: int, *, open_percent: float = 5.0, seed: int = 1, now: int, folder: Path,
    progress: Callable[[int], object] = lambda _: None,
) -> None:  # fmt: skip
    """Fill an empty `store` with `n` tickets, T-000001 the oldest, and write a `config.toml` beside it.

    `folder` is `data/demo`, where the words come from; `now` (epoch seconds) is what is late or not; `progress` hears
    how many are done.  What the store refuses (StoreError) comes out of here.
    """
    write_config(store.path.parent)
    store.prefixes[UPSTREAM] = PREFIX
    desk = lives(n, open_percent, seed, now, Stock(folder))
    done = 0
    while some := list(islice(desk, SLICE)):
        done += store.write(lambda tx, some=some: bulk.load(tx, some)).result()  # type: ignore[misc]
        progress(done)


def write_config(home: Path) -> None:
    """The settings with which the desk opens, if there are none."""
    path = home / "config.toml"
    if not path.exists():
        path.write_text(_CONFIG, "utf-8")
        path.chmod(0o600)


def lives(n: int, open_percent: float, seed: int, now: int, stock: Stock) -> Lives:
    """`n` tickets with their histories, the oldest first."""
    random, keys = Random(seed), count(1)
    unfinished = round(n * open_percent / 100)
    finished = n - unfinished
    for number in range(finished):
        created = now - 400 * DAY + (398 * DAY * number) // max(1, finished) + random.randint(0, 600)
        fate = Fate(created, random.choices((1, 2, 3, 4), (2, 10, 50, 38))[0], False)
        yield _life(random, keys, number + 1, stock.draw(random), fate, now)
    fates = sorted((_fate(random, now, place) for place in range(unfinished)), key=lambda fate: fate.created)
    for number, fate in enumerate(fates, finished + 1):
        yield _life(random, keys, number, stock.draw(random), fate, now)


def _fate(random: Random, now: int, place: int) -> Fate:
    """An open ticket: the first ones are about to breach or just have, the others have time by the default policy."""
    if place < HOT:
        due = now + random.randint(-50 * 60, 9 * 60)
        priority, acknowledged, target = random.choice(((1, False, HOUR // 4), (1, True, 4 * HOUR), (2, False, HOUR),
                                                        (2, True, 8 * HOUR)))  # fmt: skip
        return Fate(due - target, priority, True, acknowledged)
    hold = random.choice(("customer", "vendor", "parts")) if random.random() < 0.1 else ""
    priority = random.choices((1, 2, 3, 4), (1, 6, 53, 40))[0]
    acknowledged = bool(hold) or random.random() < 0.8
    longest = {(1, True): 3.5 * HOUR, (1, False): 240, (2, True): 7 * HOUR, (2, False): 2400,
               (3, True): 1.5 * DAY, (3, False): 3 * HOUR, (4, True): 6 * DAY, (4, False): 7 * HOUR}  # fmt: skip
    age = random.randint(60, int(longest[priority, acknowledged]))
    return Fate(now - age, priority, True, acknowledged, hold)


def _life(
    random: Random, keys: Iterator[int], number: int, case: Case, fate: Fate, now: int
) -> tuple[Ticket, list[Event]]:
    """The ticket and what happened to it, evenly over the time it had."""
    owner = random.choice(_STAFF) if fate.acknowledged else None
    facts: Facts = [("created", case.requestor, {"priority": fate.priority, "state": "new"}, case.text)]
    facts += _handled(random, case, fate, owner) if owner else [_RECEIVED]
    end = now if fate.open else min(now, fate.created + random.randint(HOUR, 30 * HOUR))
    step = max(1, (end - fate.created) // (len(facts) + 1))
    soon = min(step, random.randint(60, 600))  # the first answer does not wait
    times = [fate.created, *(fate.created + soon + step * place for place in range(len(facts) - 1))]
    events = [
        Event(str(next(keys)), at, kind, who, _side(kind, who), None, data, text)
        for at, (kind, who, data, text) in zip(times, facts, strict=True)
    ]
    ticket = Ticket(
        UPSTREAM, f"{number:06}", subject=case.subject, state=_state(fate), priority=fate.priority, kind=case.kind,
        owner=owner, customer=case.customer, category=case.category, cis=(case.ci,) if case.ci else (),
        requestors=(case.requestor,), created=fate.created, updated=times[-1],
        minutes=0 if fate.open else case.minutes,
    )  # fmt: skip
    return ticket, events


def _handled(random: Random, case: Case, fate: Fate, owner: str) -> Facts:
    facts: Facts = [("acknowledge", owner, {}, None), ("assign", owner, {"from": None, "to": owner}, None)]
    facts.append(("public_reply", owner, {}, random.choice(_ANSWERS)))
    if fate.hold:
        facts.append(("hold", owner, {"reason": fate.hold}, None))
    elif fate.open:
        facts.append(("internal_note", owner, {}, f"Looked at it: {case.category}, not yet sure."))
    else:
        facts += [("internal_note", owner, {"minutes": case.minutes}, case.fix), ("resolve", owner, {}, None)]
        if fate.created % 3:
            facts.append(("close", "dispatch", {}, None))
    return facts


def _state(fate: Fate) -> str:
    if not fate.open:
        return "closed" if fate.created % 3 else "resolved"
    if fate.hold:
        return "pending"
    return "in_progress" if fate.acknowledged else "new"


def _side(kind: str, who: str) -> str:
    if kind == "auto_reply":
        return "system"
    return "customer" if kind == "created" and "@" in who else "staff"
