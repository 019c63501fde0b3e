"""The AWS in memory, made quick, still does what DynamoDB does: a transaction is all or nothing, the table's stream included."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from skuflow.platform.aws import client
from tests.streams import TableStream


def key(name: str, sort: str = "1") -> dict[str, Any]:
    return {"pk": {"S": name}, "sk": {"S": sort}}


@pytest.fixture
def table(tables: Callable[[str], str]) -> str:
    name = tables("catalog")
    for there in ("changed", "removed", "replaced"):
        client("dynamodb").put_item(TableName=name, Item={**key(there), "kept": {"L": [{"S": there}]}, "n": {"N": "1"}})
    return name


def writes(table: str) -> list[dict[str, Any]]:
    changed = {"Key": key("changed"), "UpdateExpression": "ADD n :n SET kept[0] = :s"}
    values = {":n": {"N": "4"}, ":s": {"S": "else"}}
    return [
        {"Update": {"TableName": table, **changed, "ExpressionAttributeValues": values}},
        {
            "Update": {
                "TableName": table,
                "Key": key("begun"),
                "UpdateExpression": "ADD n :n",
                "ExpressionAttributeValues": {":n": {"N": "1"}},
            }
        },
        {"Delete": {"TableName": table, "Key": key("removed")}},
        {"Put": {"TableName": table, "Item": {**key("replaced"), "n": {"N": "7"}}}},
        {"Put": {"TableName": table, "Item": key("replaced", "beside")}},
        {"Put": {"TableName": table, "Item": {**key("new"), "n": {"N": "1"}}}},
    ]


def seen(table: str) -> list[dict[str, Any]]:
    return client("dynamodb").scan(TableName=table)["Items"]


@pytest.mark.parametrize("place", range(7))
def test_a_transaction_that_fails_leaves_no_trace(table: str, place: int) -> None:
    stream = TableStream(table)
    stream.take()
    before = seen(table)
    refused = {
        "ConditionCheck": {"TableName": table, "Key": key("nobody"), "ConditionExpression": "attribute_exists(pk)"}
    }
    attempted = writes(table)
    attempted.insert(place, refused)
    dynamodb = client("dynamodb")
    with pytest.raises(dynamodb.exceptions.TransactionCanceledException) as refusal:
        dynamodb.transact_write_items(TransactItems=attempted)
    reasons = [one["Code"] for one in refusal.value.response["CancellationReasons"]]
    assert reasons == ["None"] * place + ["ConditionalCheckFailed"] + ["None"] * (6 - place)
    assert seen(table) == before
    assert stream.take() is None


def test_a_transaction_that_is_no_transaction_leaves_no_trace(table: str) -> None:
    before = seen(table)
    twice = [*writes(table), {"Delete": {"TableName": table, "Key": key("changed")}}]
    dynamodb = client("dynamodb")
    with pytest.raises(dynamodb.exceptions.ClientError, match="multiple operations on one item"):
        dynamodb.transact_write_items(TransactItems=twice)
    assert seen(table) == before


def test_after_a_failure_the_same_transaction_does_everything(table: str) -> None:
    stream = TableStream(table)
    stream.take()
    refused = {
        "ConditionCheck": {"TableName": table, "Key": key("nobody"), "ConditionExpression": "attribute_exists(pk)"}
    }
    dynamodb = client("dynamodb")
    with pytest.raises(dynamodb.exceptions.TransactionCanceledException):
        dynamodb.transact_write_items(TransactItems=[*writes(table), refused])
    dynamodb.transact_write_items(TransactItems=writes(table))
    now = {(item["pk"]["S"], item["sk"]["S"]): item for item in seen(table)}
    assert set(now) == {("changed", "1"), ("begun", "1"), ("replaced", "1"), ("replaced", "beside"), ("new", "1")}
    assert (now["changed", "1"]["n"], now["changed", "1"]["kept"]) == ({"N": "5"}, {"L": [{"S": "else"}]})
    told = stream.take()
    assert told is not None
    assert {one["dynamodb"]["Keys"]["pk"]["S"] for one in told["Records"]} == {
        "changed",
        "begun",
        "removed",
        "replaced",
        "new",
    }
