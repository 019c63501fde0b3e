"""The API of every context over an AWS in memory, for whoever means it harm."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from moto import mock_aws

from skuflow.platform.aws import forget_clients
from tests.conftest import use_test_environment
from tests.http import CLIENT
from tests.seeds import Owner, World, environment


@pytest.fixture(scope="module")
def owner() -> Iterator[Owner]:
    """CLIENT, with every scope."""
    patch = pytest.MonkeyPatch()
    use_test_environment(patch)
    with mock_aws():
        made = environment()
        yield Owner(World(), CLIENT)
        made.undo()
    patch.undo()
    forget_clients()
