"""The test support itself: the clock, the tables, their streams, the checked HTTP calls."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from pydantic import BaseModel

from skuflow.kernel.errors import Conflict
from skuflow.platform.aws import session
from skuflow.platform.http_api import OpenRequest, Request, Response, Routes
from skuflow.platform.http_serving import serve
from tests.doubles import START, CountedIds, FakeClock, FakeLambdaContext
from tests.http import CLIENT, Api
from tests.streams import TableStream, expired
from tests.tables import LAYOUTS


class Greeting(BaseModel):
    text: str
    count: int


ROUTES = Routes("greetings")


@ROUTES.add("GET", "/v1/greetings/{name}", scope="catalog:read", summary="One", response=f"{__name__}:Greeting")
def greet(request: Request, deps: Any) -> Response:
    if request.path["name"] == "nobody":
        raise Conflict("nobody cannot be greeted")
    extra = {"more": 1} if request.path["name"] == "liar" else {}
    return Response({"text": f"{request.client_id} {request.path['name']}", "count": deps, **extra})


@ROUTES.add("GET", "/v1/time", scope=None, summary="Open", response=f"{__name__}:Greeting")
def tell_time(_request: OpenRequest, _deps: Any) -> Response:
    return Response({"text": "now", "count": 1})


def handle(event: Any, context: Any, deps: Any) -> Any:
    return serve(ROUTES, event, context, deps)


def test_a_documented_answer_passes() -> None:
    answer = Api(handle, 3).call("GET", "/v1/greetings/anna")
    assert (answer.status, answer.body) == (200, {"text": f"{CLIENT} anna", "count": 3})


def test_an_undocumented_field_fails() -> None:
    with pytest.raises(AssertionError, match="more"):
        Api(handle, 3).call("GET", "/v1/greetings/liar")


def test_an_undocumented_status_fails() -> None:
    with pytest.raises(AssertionError, match="answered 409"):
        Api(handle, 3).call("GET", "/v1/greetings/nobody")


def test_an_open_route_needs_no_client() -> None:
    assert Api(handle, 3).call("GET", "/v1/time", client_id=None).status == 200


def test_a_scoped_route_without_a_client_is_unauthenticated() -> None:
    assert Api(handle, 3).call("GET", "/v1/greetings/anna", client_id=None).status == 401


@pytest.mark.parametrize("context", sorted(LAYOUTS))
def test_tables_are_made_once(tables: Callable[[str], str], context: str) -> None:
    assert tables(context) == tables(context)


def test_a_stream_tells_what_was_written_and_leaves_out_what_changed_nothing(tables: Callable[[str], str]) -> None:
    name = tables("sync")
    stream = TableStream(name)
    db = session().create_client("dynamodb")
    item = {"pk": {"S": "C#x"}, "sk": {"S": "A"}, "doc_z": {"B": b"\x00\xff"}}
    assert stream.take() is None
    for value in ("1", "1", "2"):
        db.put_item(TableName=name, Item={**item, "n": {"N": value}})
    event = stream.take()
    assert event is not None
    assert [record["eventName"] for record in event["Records"]] == ["INSERT", "MODIFY"]
    images = event["Records"][1]["dynamodb"]
    assert (images["OldImage"]["n"], images["NewImage"]["n"]) == ({"N": "1"}, {"N": "2"})
    assert images["NewImage"]["doc_z"] == {"B": "AP8="}
    assert stream.take() is None
    db.delete_item(TableName=name, Key={"pk": item["pk"], "sk": item["sk"]})
    removal = stream.take()
    assert removal is not None
    assert removal["Records"][0]["eventName"] == "REMOVE"
    assert "NewImage" not in removal["Records"][0]["dynamodb"]
    gone = expired(event["Records"][1])
    assert gone["dynamodb"]["OldImage"]["n"] == {"N": "2"}
    assert gone["userIdentity"]["principalId"] == "dynamodb.amazonaws.com"


def test_the_clock_moves_only_when_told(clock: FakeClock) -> None:
    assert clock() == clock() == START
    clock.advance(minutes=5)
    assert clock() - START == timedelta(minutes=5)


def test_ids_can_be_foretold(new_id: CountedIds, lambda_context: FakeLambdaContext) -> None:
    assert [new_id("imp"), new_id("key")] == [f"imp_{1:032x}", f"key_{2:032x}"]
    lambda_context.remaining_ms = 7
    assert lambda_context.get_remaining_time_in_millis() == 7
