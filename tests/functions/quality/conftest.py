"""Fixtures of the quality context's function tests."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from skuflow.platform.aws import client
from tests.doubles import CountedIds, FakeClock
from tests.functions.quality.job_world import JobWorld, make_job_world
from tests.tables import table_name, table_request


@pytest.fixture
def jobs(
    tables: Callable[[str], str], clock: FakeClock, new_id: CountedIds, monkeypatch: pytest.MonkeyPatch
) -> JobWorld:
    return make_job_world(tables("quality"), tables("idempotency"), clock, new_id, monkeypatch)


@pytest.fixture
def make_jobs(aws: None, clock: FakeClock, monkeypatch: pytest.MonkeyPatch) -> Callable[[], JobWorld]:
    """Makes a world of its own, beside the one of the fixture `jobs`: a table that nobody else has."""

    def make() -> JobWorld:
        request = {**table_request("quality"), "TableName": "skuflow-test-quality-beside"}
        client("dynamodb").create_table(**request)
        return make_job_world(request["TableName"], table_name("idempotency"), clock, CountedIds(), monkeypatch)

    return make
