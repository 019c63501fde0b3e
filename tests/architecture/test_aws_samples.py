"""The samples of what AWS calls our functions with are taken by the code that they are samples for."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from urllib.parse import unquote_plus

import pytest

from functions.access.api.handler import handle as serve_access
from functions.access.authorizer.handler import handle as authorize
from skuflow.access.keys import looks_like_key
from skuflow.kernel.tenancy import client_id
from skuflow.platform.aws import client
from skuflow.platform.consumer import DeadLetters, Message, bus_event, consume
from skuflow.platform.event_bus import changes
from tests.access import AccessWorld, access_world
from tests.architecture.event_schemas import EVENTS
from tests.doubles import CountedIds, FakeClock, FakeLambdaContext

FOLDER = EVENTS / "aws"


def sample(name: str) -> Any:
    return json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))


@pytest.fixture
def world(tables: Any, clock: FakeClock, new_id: CountedIds) -> AccessWorld:
    return access_world(tables, clock, new_id)


def bodies(name: str) -> list[Message]:
    seen: list[Message] = []
    sqs = client("sqs")
    dead = DeadLetters(lambda: sqs, sqs.create_queue(QueueName="dead")["QueueUrl"])
    assert consume(sample(name), seen.append, dead) == {"batchItemFailures": []}
    return seen


def test_every_kind_of_trigger_has_a_sample() -> None:
    kinds = {"sqs_batch", "s3_to_sqs", "http_api_v2", "authorizer", "dynamodb_stream", "scheduler"}
    assert {Path(path).stem for path in FOLDER.glob("*.json")} == kinds


def test_a_queue_s_batch_holds_an_event_of_the_bus(aws: None) -> None:
    [message] = bodies("sqs_batch")
    assert bus_event(message).name == "ProductBatchReady"


def test_an_upload_s_notice_comes_through_a_queue_with_the_key_encoded(aws: None) -> None:
    [message] = bodies("s3_to_sqs")
    [record] = message.json()["Records"]
    prefix, owner, _import_id, name = unquote_plus(record["s3"]["object"]["key"]).split("/")
    assert (prefix, name) == ("uploads", "spring catalogue été.csv")
    assert client_id(owner)


def test_a_request_is_answered_for_the_client_that_the_authorizer_named(world: AccessWorld) -> None:
    answer = serve_access(sample("http_api_v2"), FakeLambdaContext(), world.api)
    assert answer["statusCode"] == 404
    assert answer["headers"]["X-Correlation-Id"] == "0e6c8f3a-5b1d-4a77-9c2e-7f4d1b9a6e30"


def test_an_authorizer_is_asked_with_a_key(world: AccessWorld) -> None:
    event = sample("authorizer")
    assert looks_like_key(event["identitySource"][0].removeprefix("Bearer "), "prod")
    assert authorize(event, FakeLambdaContext(), world.authorizer) == {"isAuthorized": False, "context": {}}


def test_a_stream_tells_of_a_new_a_changed_and_an_expired_item() -> None:
    found = [change for _record, change in changes(sample("dynamodb_stream"))]
    assert [(change.old is None, change.new is None, change.expired) for change in found] == [
        (True, False, False),
        (False, False, False),
        (False, True, True),
    ]


def test_the_clock_says_nothing_but_that_it_is_time() -> None:
    assert sample("scheduler") == {"trigger": "schedule"}
