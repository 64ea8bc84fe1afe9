"""What service desks hear every week: cases with slots (`data/demo/stock.toml`), filled by a seeded generator."""

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

_SLOT = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True, slots=True)
class Case:
    """One case ready to become a ticket; `minutes` of work, `fix` is how it ended."""

    customer: str
    requestor: str
    subject: str
    text: str
    fix: str
    category: str
    kind: str
    priority: int
    minutes: int
    ci: str | None


class Stock:
    """Draws cases for the customers of a desk file; the same generator state gives the same case."""

    def __init__(self, folder: Path) -> None:
        data = _read(folder / "stock.toml")
        self.customers: Mapping[str, Any] = _read(folder / "desk.toml")["customers"]
        self._fill: Mapping[str, Sequence[str]] = data["fill"]
        self._cases: Sequence[Mapping[str, Any]] = data["case"]
        self._names = tuple(self.customers)

    def draw(self, random: Random) -> Case:
        """One more case."""
        case = random.choice(self._cases)
        customer = case.get("customer") or random.choice(self._names)
        return Case(
            customer, case.get("from") or self.address(random, customer), self._text(random, case["subject"]),
            self._text(random, case["text"]).strip(), self._text(random, case["fix"]), case["category"],
            case.get("kind", "incident"), case.get("priority") or random.choice((3, 3, 3, 4, 4)),
            case["minutes"], case.get("ci"),
        )  # fmt: skip

    def address(self, random: Random, customer: str) -> str:
        """The mail address of somebody there."""
        people = self.customers[customer]["people"]
        return f"{random.choice(people)}@{self.customers[customer]['domain']}"

    def _text(self, random: Random, template: str) -> str:
        def fill(slot: re.Match[str]) -> str:
            name = slot[1]
            if name == "n":
                return str(random.randint(1, 9))
            return str(random.randint(10, 99)) if name == "nn" else random.choice(self._fill[name])

        return _SLOT.sub(fill, template)


def _read(path: Path) -> dict[str, Any]:
    return tomllib.loads(path.read_text("utf-8"))
