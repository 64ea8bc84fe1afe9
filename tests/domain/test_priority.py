"""Impact and urgency to priority."""

import pytest

from deskui.domain.priority import MATRIX, impact_of, needs_reason, propose
from deskui.domain.ticket import LEVELS


def test_the_matrix_is_the_one_of_sla_md():
    rows = [[MATRIX[impact][urgency] for urgency in LEVELS] for impact in LEVELS]
    assert rows == [[1, 2, 3], [2, 3, 4], [3, 4, 4]]


@pytest.mark.parametrize(
    ("levels", "wanted"),
    [([], None), ([None], None), (["low"], "low"), (["low", "high"], "high"), ([None, "medium", ""], "medium")],
)
def test_the_highest_criticality_proposes_the_impact(levels, wanted):
    assert impact_of(levels) == wanted


@pytest.mark.parametrize(
    ("impact", "urgency", "levels", "priority", "overrides", "why"),
    [
        ("high", "high", [], 1, False, "impact high (as set) x urgency high = P1"),
        (None, "high", ["medium"], 2, False, "impact medium (proposed by the CI's criticality) x urgency high = P2"),
        ("low", "high", ["high"], 3, True, "impact low (set against the CI's criticality high) x urgency high = P3"),
        ("low", "medium", ["low"], 4, False, "impact low (as set) x urgency medium = P4"),
        (None, "high", [], None, False, "impact not set"),
        ("low", None, [], None, False, "urgency not set"),
        (None, None, [], None, False, "impact and urgency not set"),
        ("low", None, ["high"], None, True, "urgency not set"),
    ],
)
def test_propose(impact, urgency, levels, priority, overrides, why):
    found = propose(impact, urgency, levels)
    assert (found.priority, found.overrides, found.why) == (priority, overrides, why)
    assert found.proposed == impact_of(levels)


def test_a_contract_may_have_another_matrix():
    assert propose("low", "low", matrix={"low": {"low": 2}}).priority == 2


def test_an_override_asks_for_a_reason():
    assert needs_reason("low", ["high"])
    assert not needs_reason("high", ["high", "low"])
    assert not needs_reason("low", [])
