"""Impact and urgency to priority: the matrix of SLA.md, and what a CI's business criticality proposes."""

from collections.abc import Iterable, Mapping

from deskui.domain.ticket import LEVELS
from deskui.lazy import dataclass

MATRIX: Mapping[str, Mapping[str, int]] = {  # impact, then urgency
    "high": {"high": 1, "medium": 2, "low": 3},
    "medium": {"high": 2, "medium": 3, "low": 4},
    "low": {"high": 3, "medium": 4, "low": 4},
}


@dataclass(frozen=True)
class Proposal:
    """What the matrix says; `priority` is None while impact or urgency is not known.

    `proposed` is the impact that the CIs propose; `overrides`: the ticket's impact is another, which asks for a reason.
    """

    impact: str | None
    urgency: str | None
    priority: int | None
    proposed: str | None
    overrides: bool
    why: str


def impact_of(criticalities: Iterable[str | None]) -> str | None:
    """The impact that the CIs of a ticket propose: the highest of their business criticalities; None: none is known."""
    known = [level for level in criticalities if level in LEVELS]
    return min(known, key=LEVELS.index) if known else None


def needs_reason(impact: str, criticalities: Iterable[str | None]) -> bool:
    """Whether setting `impact` overrides what the CIs propose, so that a reason is asked for and kept as a note."""
    return impact_of(criticalities) not in (None, impact)


def propose(
    impact: str | None,
    urgency: str | None,
    criticalities: Iterable[str | None] = (),
    matrix: Mapping[str, Mapping[str, int]] = MATRIX,
) -> Proposal:
    """The priority that `impact` (else what the CIs propose) and `urgency` give, with the reason as a sentence."""
    proposed = impact_of(criticalities)
    chosen = impact or proposed
    overrides = impact is not None and proposed not in (None, impact)
    if chosen is None or urgency is None:
        missing = " and ".join(
            name for name, level in (("impact", chosen), ("urgency", urgency)) if level is None
        )  # fmt: skip
        return Proposal(chosen, urgency, None, proposed, overrides, f"{missing} not set")
    if overrides:
        source = f"set against the CI's criticality {proposed}"
    else:
        source = "as set" if impact else "proposed by the CI's criticality"
    priority = matrix[chosen][urgency]
    why = f"impact {chosen} ({source}) x urgency {urgency} = P{priority}"
    return Proposal(chosen, urgency, priority, proposed, overrides, why)
