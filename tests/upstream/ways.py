"""The contract, once by desk lines and once by fields: how an adapter is used where nothing, or all, is mapped."""

import pytest

from deskui.upstream.base import Upstream
from deskui.upstream.conformance import Contract


class Plain(Contract):
    """Without fields of ours: desk lines carry the facts."""

    @pytest.fixture
    def adapter(self, plain: Upstream) -> Upstream:
        return plain


class Mapped(Contract):
    """With fields of ours."""

    @pytest.fixture
    def adapter(self, mapped: Upstream) -> Upstream:
        return mapped
