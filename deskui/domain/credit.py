"""Service credits by a contract's schedule: one for each cause, capped for the period, drafts until approved."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from deskui.domain.terms import PPM, Schedule
from deskui.domain.uptime import Uptime


@dataclass(frozen=True, slots=True)
class Miss:
    """A promise not kept: a clock of a ticket, or the uptime of a service; `cause` is what it has in common."""

    cause: str
    what: str
    clock: str = ""
    priority: int = 0
    service: str = ""
    availability: int | None = None  # millionths


@dataclass(frozen=True, slots=True)
class Credit:
    """`share` in hundredths of a percent of the period's fee, `amount` in hundredths of the currency.

    `state`: draft or approved; `capped`: the schedule would have given more.
    """

    cause: str
    what: str
    share: int
    amount: int
    state: str = "draft"
    capped: bool = False


def misses_of(service: str, measured: Uptime, causes: Iterable[str]) -> list[Miss]:
    """The miss of a service's uptime in a period; its cause is the only one that its outages name, else the service."""
    if not measured.missed:
        return []
    named = {cause for cause in causes if cause}
    cause = named.pop() if len(named) == 1 else f"uptime:{service}"
    percent = f"{(measured.availability or 0) * 100 / PPM:.4f} % of {(measured.guarantee or 0) * 100 / PPM:g} %"
    return [Miss(cause, f"{service} was up {percent}", service=service, availability=measured.availability)]


def draft(schedule: Schedule, fee: int, misses: Sequence[Miss], approved: Iterable[Credit] = ()) -> list[Credit]:
    """What the misses of one period give; `fee` is that of the whole period.

    Of several for one cause the highest counts; with those approved before they give no more than the cap, the highest
    first.  A cause that was approved gives no other.
    """
    best: dict[str, tuple[int, Miss]] = {}
    given_before = {each.cause: each.share for each in approved}
    for miss in misses:
        share = 0 if miss.cause in given_before else _share(schedule, miss)
        if share and share > best.get(miss.cause, (0, miss))[0]:
            best[miss.cause] = (share, miss)
    out, left = [], max(0, schedule.cap - sum(given_before.values()))
    for share, miss in sorted(best.values(), key=lambda pair: (-pair[0], pair[1].cause)):
        given = min(share, left)
        left -= given
        out.append(Credit(miss.cause, miss.what, given, _amount(fee, given), capped=given < share))
    return out


def _share(schedule: Schedule, miss: Miss) -> int:
    if miss.availability is not None:
        steps = [
            step.share for step in schedule.uptime
            if step.service in ("", miss.service) and miss.availability < step.below
        ]  # fmt: skip
        return max(steps, default=0)
    found = [step.share for step in schedule.breach if step.clock == miss.clock and step.priority in (0, miss.priority)]
    return max(found, default=0)


def _amount(fee: int, share: int) -> int:
    return (fee * share + 5_000) // 10_000
