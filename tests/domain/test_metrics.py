"""The dashboard's figures: what counts as kept, when, and what will be missed next."""

from typing import Any

import pytest

from deskui.domain import forecast, metrics
from deskui.domain.metrics import DAY, Fact, Share, Verdict
from deskui.domain.when import iso, parse

NOW = parse("2026-11-24T02:07:00Z")


def run(elapsed: int = 0, stopped: int | None = None, target: int = 3600) -> dict[str, Any]:
    made: dict[str, Any] = {"target": target, "elapsed": elapsed}
    return made if stopped is None else {**made, "stopped_at": stopped}


def fact(
    *, owner: str | None = "anna", late: bool = False, due: dict[str, int] | None = None, missed: str = "", **runs: Any
) -> Fact:  # fmt: skip
    return Fact(2, "Nordkauf", owner, True, late, due or {}, runs, tuple(missed.split()))


@pytest.mark.parametrize(
    ("given", "found"),
    [
        (fact(response=run(3600, NOW - 60)), [Verdict("response", NOW - 60, True)]),  # equality is in time
        (fact(response=run(3601, NOW - 60)), [Verdict("response", NOW - 60, False)]),
        (fact(response=run(10, NOW - DAY)), []),  # judged before
        (fact(response=run(10)), []),  # not judged yet
        (fact(response=run(10), due={"response": NOW}), []),
        (fact(response=run(10), missed="response"), [Verdict("response", NOW, False)]),  # missed, and goes on
        (fact(resolution=run(3700)), [Verdict("resolution", NOW, False)]),  # missed, and on hold
        (fact(response=run(1, NOW - 9), resolution=run(4000, NOW - 5)),
         [Verdict("response", NOW - 9, True), Verdict("resolution", NOW - 5, False)]),
        (fact(missed="response"), [Verdict("response", NOW, False)]),  # its runs were left out
        (fact(), []),
    ],
)  # fmt: skip
def test_verdicts(given: Fact, found: list[Verdict]) -> None:
    assert metrics.verdicts(given, NOW, NOW - DAY) == found


def test_a_row_counts_each_clock_and_each_day_apart() -> None:
    facts = [
        fact(response=run(1, NOW - 60), resolution=run(9999, NOW - 50), late=True, missed="resolution"),
        fact(response=run(1, NOW - DAY - 1)),
        fact(response=run(9999, NOW - 7 * DAY + 1), due={"resolution": NOW + 3600}),
        fact(response=run(1, NOW - 7 * DAY)),
    ]
    found = metrics.row("P2", facts, NOW)
    assert (found.open, found.late, found.risk) == (4, 1, 1)
    assert found.now == {"response": Share(2, 3), "resolution": Share(0, 1)}
    none = Share()
    assert found.trend["response"] == (Share(0, 1), none, none, none, none, Share(1, 1), Share(1, 1))
    assert sum(day.total for day in found.trend["response"]) == found.now["response"].total


@pytest.mark.parametrize(
    ("share", "percent"), [(Share(), None), (Share(2, 3), 66), (Share(999, 1000), 99), (Share(1, 1), 100)]
)
def test_percent_never_looks_better_than_it_was(share: Share, percent: int | None) -> None:
    assert share.percent == percent
    assert share.missed == share.total - share.met


def test_rows_by_what_is_asked() -> None:
    made = ((3, None), (1, "Nordkauf"), (3, "Nordkauf"))
    facts = [Fact(priority, name, None, True, False, {}, {"response": run(5, NOW)}) for priority, name in made]
    found = metrics.table(facts, NOW)
    assert {name: row.open for name, row in found.priorities.items()} == {"P1": 1, "P3": 2}
    assert {name: row.open for name, row in found.customers.items()} == {"Nordkauf": 2, "none": 1}
    assert found.whole == metrics.row("all", facts, NOW)


def test_the_night_ends_in_the_morning_of_the_desk() -> None:
    assert [(each.name, iso(each.end), each.query) for each in forecast.windows(NOW, "Europe/Berlin")] == [
        ("15 min", "2026-11-24T02:22:00Z", "due:<15m"),
        ("60 min", "2026-11-24T03:07:00Z", "due:<1h"),
        ("tonight, to 06:00", "2026-11-24T05:00:00Z", "due:<06:00"),
    ]


def test_the_forecast_counts_tickets_once_and_leaves_out_what_is_late() -> None:
    facts = [
        fact(missed="response", due={"resolution": NOW + 100}, owner=None),  # late with one, and soon with the other
        fact(due={"response": NOW + 900, "resolution": NOW + 100}),
        fact(due={"resolution": NOW + 901}),
        fact(missed="resolution"),
    ]
    found = forecast.forecast(facts, NOW, forecast.windows(NOW, "UTC"))
    assert [(each.tickets, each.unowned) for each in found] == [(2, 1), (3, 1), (3, 1)]
