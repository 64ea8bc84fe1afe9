"""What the adapters' tests share: helps to say why an assertion of the contract failed."""

import pytest

pytest.register_assert_rewrite("tests.upstream.contract", "contract")
