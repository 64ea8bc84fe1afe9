"""Is it in scope?  IN, OUT or NOT SAID by a contract's own clauses, which are quoted."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal, NamedTuple

from deskui.domain.terms import Clause, Service, Terms

Verdict = Literal["in", "out", "not_said"]
SAID = {"in": "IN", "out": "OUT", "not_said": "NOT SAID"}


@dataclass(frozen=True, slots=True)
class Scope:
    """What the contract says; `clause` quotes it, `why` names what of the ticket the clause means."""

    verdict: Verdict
    service: str = ""
    clause: str = ""
    why: str = ""


class _Hit(NamedTuple):
    rank: tuple[int, int]  # an exception beats its service; CI and category beat words
    service: Service
    clause: Clause
    why: str


def check(terms: Terms, subject: str, category: str | None = None, cis: Iterable[str] = ()) -> Scope:
    """What `terms` say of such a ticket.

    A category or CI that a clause names counts more than words of the subject, an exception more than its service;
    where clauses of equal weight disagree, nothing is said.
    """
    there = tuple(cis)
    hits = [hit for service in terms.services.values() for hit in _hits(service, subject, category, there)]
    if not hits:
        return Scope("not_said", why="no clause means it" if terms.services else "the contract lists no services")
    best = max(hit.rank for hit in hits)
    chosen = [hit for hit in hits if hit.rank == best]
    first = chosen[0]
    if len({hit.clause.covered for hit in chosen}) > 1:
        both = " / ".join(hit.clause.text for hit in chosen)
        return Scope("not_said", clause=both, why="its clauses disagree")
    return Scope("in" if first.clause.covered else "out", first.service.name, first.clause.text, first.why)


def _hits(service: Service, subject: str, category: str | None, cis: tuple[str, ...]) -> Iterator[_Hit]:
    named = (service.name, service.title)
    for exception, clause in ((0, service.clause), *((1, each) for each in service.exceptions)):
        categories = clause.categories if exception else (*clause.categories, *named)
        if found := _named(clause.cis, cis):
            yield _Hit((2, exception), service, clause, f"CI {found}")
        elif found := _named(categories, (category or "",)):
            yield _Hit((2, exception), service, clause, f"category {found}")
        elif found := next((word for word in clause.words if _says(subject, word)), ""):
            yield _Hit((1, exception), service, clause, f"the subject says {found}")


def _named(known: Iterable[str], asked: Iterable[str]) -> str:
    """The first of `asked` that `known` has, in any case; ""."""
    wanted = {name.casefold() for name in known}
    return next((name for name in asked if name and name.casefold() in wanted), "")


def _says(subject: str, word: str) -> bool:
    """Whether the subject has this word, or these words in a row, as whole words."""
    pattern = r"\W+".join(map(re.escape, word.casefold().split()))
    return re.search(rf"(?<!\w){pattern}(?!\w)", subject.casefold()) is not None
