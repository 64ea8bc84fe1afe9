"""What the tests on real servers share."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.integration.people import People


@pytest.fixture
def again(rt: Any) -> Iterator[None]:
    """RT runs after the test, however the test ends."""
    yield
    rt.start()


@pytest.fixture(scope="session")
def berta(rt: Any) -> Iterator[People]:
    """A colleague who works in RT itself."""
    people = People(rt.url, rt.tokens["berta"])
    yield people
    people.http.close()
