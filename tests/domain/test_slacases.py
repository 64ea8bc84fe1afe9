"""The worked cases of SLA.md, and how a file of cases is answered."""

import json
from pathlib import Path

import pytest

from deskui.domain import slacases

DOCUMENT = json.loads(Path(__file__).with_name("sla_cases.json").read_text("utf-8"))
ANSWERS = slacases.evaluate(DOCUMENT)


@pytest.mark.parametrize("case", DOCUMENT["cases"], ids=lambda case: case["id"])
def test_case(case):
    one = {**DOCUMENT, "cases": [case]}
    assert "expect" in case
    assert slacases.check(one, ANSWERS) == []


def test_all_cases_are_there_and_none_failed():
    assert len(ANSWERS["cases"]) == 37
    assert slacases.failed(ANSWERS) == []
