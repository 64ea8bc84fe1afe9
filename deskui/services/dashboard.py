"""The SLA dashboard: how the promises are kept, what will be missed next, and what is left of the uptime budgets."""

from collections.abc import Mapping
from concurrent.futures import Future
from dataclasses import dataclass, field

from deskui.domain import forecast, metrics
from deskui.domain.contract import Contract
from deskui.domain.forecast import Outlook
from deskui.domain.metrics import Row
from deskui.services.desk import Desk
from deskui.services.uptimes import Claim, Figures, Uptimes
from deskui.store import figures
from deskui.store.driver import Connection


@dataclass(frozen=True, slots=True)
class Board:
    """All of it at `now` (epoch seconds); targets in working seconds by priority and clock."""

    now: int
    whole: Row
    priorities: Mapping[str, Row]
    customers: Mapping[str, Row]
    outlooks: tuple[Outlook, ...]
    targets: Mapping[int, Mapping[str, int]]
    contracts: Mapping[str, str]  # a customer's contract by name, with what it promises otherwise
    uptimes: tuple[Figures, ...] = ()
    credits: tuple[Claim, ...] = field(default=())


class Dashboard:
    """The figures of `desk`."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def board(self, now: int) -> "Future[Board]":
        """Everything, from the reader thread; a newer call cuts an older one off and cancels its future."""
        return self._desk.store.ask("board", lambda db: self._board(db, now))

    def _board(self, db: Connection, now: int) -> Board:
        facts = figures.facts(db, now, now - metrics.DAYS * metrics.DAY)
        uptimes, table = Uptimes(self._desk), metrics.table(facts, now)
        return Board(
            now, *table,
            tuple(forecast.forecast(facts, now, forecast.windows(now, self._desk.zone))),
            _targets(self._desk.rules.default), self._contracts(now),
            tuple(each for each in uptimes.show(None, now) if each.uptime.guarantee is not None),
            tuple(uptimes.credits(None, now)),
        )  # fmt: skip

    def _contracts(self, now: int) -> dict[str, str]:
        rules, usual = self._desk.rules, _targets(self._desk.rules.default)
        out = {}
        for customer in rules.contracts:
            contract = rules.of(customer, now)
            other = [f"P{priority}" for priority, plan in _targets(contract).items() if plan != usual.get(priority)]
            out[customer] = contract.name + (f" (own targets: {' '.join(other)})" if other else "")
        return out


def _targets(contract: Contract) -> dict[int, dict[str, int]]:
    return {
        priority: {name: target.seconds for name, target in plan.items()}
        for priority, plan in sorted(contract.policy.targets.items())
    }
