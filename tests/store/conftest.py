"""A store in a folder of its own, and its clock."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from deskui.store.store import Store
from tests import make


@pytest.fixture
def clock() -> make.Clock:
    return make.Clock()


@pytest.fixture
def store(tmp_path: Path, clock: make.Clock) -> Iterator[Store]:
    with make.make_store(tmp_path / "home", clock) as opened:
        yield opened
