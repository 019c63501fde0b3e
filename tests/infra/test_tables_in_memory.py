"""The tables that tests create in memory are laid out as infrastructure lays them out."""

from __future__ import annotations

from typing import Any

import pytest

from tests.infra.templates import Assembly
from tests.tables import LAYOUTS, table_request


def test_every_table_has_its_twin(staging: Assembly) -> None:
    assert {one.properties["TableName"] for one in staging.all("AWS::DynamoDB::Table")} == {
        table_request(context)["TableName"] for context in LAYOUTS
    }


@pytest.mark.parametrize("context", sorted(LAYOUTS))
def test_a_table_in_memory_has_the_keys_indexes_and_stream_of_the_real_one(staging: Assembly, context: str) -> None:
    request = table_request(context)
    [real] = [
        one.properties
        for one in staging.all("AWS::DynamoDB::Table")
        if one.properties["TableName"] == request["TableName"]
    ]
    assert real["KeySchema"] == request["KeySchema"]
    assert _sorted(real["AttributeDefinitions"]) == _sorted(request["AttributeDefinitions"])
    assert _indexes(real) == _indexes(request)
    assert real.get("StreamSpecification", {}).get("StreamViewType") == request.get("StreamSpecification", {}).get(
        "StreamViewType"
    )


def _sorted(attributes: list[dict[str, str]]) -> list[dict[str, str]]:
    return sorted(attributes, key=lambda one: one["AttributeName"])


def _indexes(table: dict[str, Any]) -> list[dict[str, Any]]:
    kept = ("IndexName", "KeySchema", "Projection")
    found = [{name: one[name] for name in kept} for one in table.get("GlobalSecondaryIndexes", [])]
    return sorted(found, key=lambda one: one["IndexName"])
