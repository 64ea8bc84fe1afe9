"""What a simulation found goes into pytest's last lines, with the seed that plays it again."""

from collections.abc import Callable

import pytest

from tests.simulate import size


@pytest.fixture
def simulated(record_property: Callable[[str, object], None]) -> Callable[..., None]:
    """Call it with what was counted: it is printed at the end."""
    return lambda *words: record_property("simulated", "; ".join((f"seed {size.SEED}", *map(str, words))))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item):
    """A failure says how it is played again."""
    report = yield
    if report.failed and "simulate" in item.nodeid:
        report.sections.append(("the simulator", size.REPLAY))
    return report
