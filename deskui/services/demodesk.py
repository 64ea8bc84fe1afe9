"""The demo desk's past: reads `data/demo` and makes it happen in a memory upstream, in the order of time."""

import re
import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random
from typing import Any

from deskui.domain.change import Acknowledge, Assign, Change, Close, Create, Hold, Note, Reply, Resolve, Resume
from deskui.domain.fields import SetPriority
from deskui.services.stock import Case, Stock
from deskui.upstream.memory import World

CLOSED = 300
CLOSED_DAYS = 45
DAY = 86_400
_AGO = re.compile(r"(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?")
_FIELDS = ("category", "impact", "urgency")
_STAFF = ("kim", "anna", "tom", "berta", "me")
_BY_HAND: Mapping[str, Callable[[str], Change]] = {
    "ack": lambda _: Acknowledge(),
    "assign": Assign,
    "hold": Hold,
    "resume": lambda reason: Resume(reason or None),
    "priority": lambda number: SetPriority(int(number)),
    "note": Note,
    "reply": Reply,
    "resolve": Resolve,
}


@dataclass(frozen=True, slots=True)
class Deed:
    """Something that happened to the ticket `key` at `at` (epoch seconds)."""

    at: int
    key: int
    do: Callable[[World, str, int], str | None]  # world, remote id, at -> the remote id of a new ticket


@dataclass(frozen=True, slots=True)
class Desk:
    """`desk.toml`: who is here and when it begins (epoch seconds)."""

    zone: str
    start: int
    upstream: str
    prefix: str
    first_number: int
    me: str
    staff: tuple[str, ...]
    spool: Mapping[str, Any]
    customers: Mapping[str, Any]

    def address(self, customer: str, key: str) -> str:
        """A person's mail address; people without a customer (NOC) have their name."""
        people = self.customers.get(customer, {}).get("people", ())
        return f"{key}@{self.customers[customer]['domain']}" if key in people else key


def read(folder: Path) -> Desk:
    """The desk file of `folder`."""
    data = toml(folder / "desk.toml")
    return Desk(**{**data, "start": int(data["start"].timestamp()), "staff": tuple(data["staff"])})


def toml(path: Path) -> dict[str, Any]:
    """The values of a TOML file."""
    return tomllib.loads(path.read_text("utf-8"))


def fill(world: World, folder: Path, desk: Desk, closed: int = CLOSED) -> None:
    """Make everything happen that happened before the start."""
    deeds = [*_opened(folder, desk), *_finished(folder, desk, closed)]
    deeds.sort(key=lambda deed: deed.at)
    ids: dict[int, str] = {}
    with world.turn():
        for deed in deeds:
            ids[deed.key] = deed.do(world, ids.get(deed.key, ""), deed.at) or ids[deed.key]


def make(desk: Desk, data: Mapping[str, Any]) -> Callable[[World, str, int], str]:
    """The deed of a new ticket as the TOML files describe it."""
    customer = data["customer"]
    requestor = desk.address(customer, data["from"])
    change = Create(
        data["subject"], data["text"].strip(), desk.customers[customer]["queue"], customer, requestor,
        data.get("priority", 4), data.get("kind", "incident"), data.get("ci"),
    )  # fmt: skip
    fields: dict[str, Any] = {name: data.get(name) for name in _FIELDS} | {"tags": tuple(data.get("tags", ()))}
    side = "customer" if "@" in requestor else "staff"
    files = [(file["name"], file["type"], file["text"].encode()) for file in data.get("files", ())]
    return lambda world, _, at: world.make(change, side=side, at=at, files=files, **fields)


def from_case(case: Case) -> dict[str, Any]:
    """A case of the stock as the TOML files would describe it."""
    return {
        "customer": case.customer, "from": case.requestor.partition("@")[0], "subject": case.subject,
        "text": case.text, "priority": case.priority, "kind": case.kind, "category": case.category, "ci": case.ci,
    }  # fmt: skip


def ago(text: str) -> int:
    """Seconds of `2d3h10m`."""
    found = _AGO.fullmatch(text)
    if not found or not text:
        raise ValueError(f"{text!r} is no time: write it as 2d3h10m")
    days, hours, minutes = (int(part or 0) for part in found.groups())
    return (days * 24 + hours) * 3600 + minutes * 60


def _opened(folder: Path, desk: Desk) -> Iterator[Deed]:
    for key, data in enumerate(toml(folder / "open.toml")["ticket"]):
        yield Deed(desk.start - ago(data["ago"]), key, make(desk, data))
        for line in data.get("log", ()):
            when, who, what, *rest = line.split(" ", 3)
            yield Deed(desk.start - ago(when), key, _logged(desk, data["customer"], who, what, "".join(rest)))


def _logged(desk: Desk, customer: str, who: str, what: str, rest: str) -> Callable[[World, str, int], None]:
    if what == ">":
        return lambda world, one, at: (world.reply_as_customer(one, rest, desk.address(customer, who), at=at), None)[1]
    if what == "auto":
        return lambda world, one, at: world.auto_reply(one, rest, at=at)
    return _by(_name(desk, who), _BY_HAND[what](_name(desk, rest)))


def _name(desk: Desk, word: str) -> str:
    return desk.me if word == "me" else word


def _by(who: str, change: Change) -> Callable[[World, str, int], None]:
    return lambda world, one, at: (world.change_as(who, one, change, at=at), None)[1]


def _finished(folder: Path, desk: Desk, count: int) -> Iterator[Deed]:
    """The finished tickets of the last weeks, each with a short and plausible life."""
    random, stock = Random(desk.start), Stock(folder)
    for key in range(-count, 0):
        case, who = stock.draw(random), _name(desk, random.choice(_STAFF))
        began = _office(random, desk.start - random.randint(2 * DAY, CLOSED_DAYS * DAY))
        yield Deed(began, key, make(desk, from_case(case)))
        at = began + random.randint(240, 2400)
        for change in (Acknowledge(), Assign(who), *_middle(random, case)):
            yield Deed(at, key, _by(who, change))
            at += random.randint(300, 5400)
        yield Deed(at, key, _by(who, Note(case.fix, case.minutes)))
        yield Deed(at + 60, key, _by(who, Resolve()))
        if at + DAY < desk.start and random.random() < 0.7:
            yield Deed(at + DAY, key, _by("dispatch", Close()))


def _middle(random: Random, case: Case) -> tuple[Change, ...]:
    reply = Reply(random.choice((
        "Thank you for the report, we are looking into it.", "Danke, wir kümmern uns.",
        "Can you tell us the name of the device, please?", "We have changed something, please try again.",
    )))  # fmt: skip
    if random.random() < 0.2:
        return reply, Hold(random.choice(("customer", "vendor", "parts"))), Resume()
    return (reply,) if random.random() < 0.7 or case.priority < 3 else ()


def _office(random: Random, at: int) -> int:
    """The same day, at a time when people work."""
    return at - at % DAY + random.randint(6 * 3600, 16 * 3600)


def calm(desk: Desk, stock: Stock, random: Random) -> Callable[[World, str, int], str]:
    """One more ordinary ticket for the quiet part of the night; never a P1."""
    case = stock.draw(random)
    return make(desk, from_case(replace(case, priority=max(3, case.priority))))
