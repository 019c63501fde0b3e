"""A message that is redriven begins anew: nothing on it tells of its way to the dead-letter queue."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from moto import mock_aws

from local.aws import Aws
from local.operations import dead_letters


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[Aws]:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "ca-central-1")
    with mock_aws():
        stage = Aws("dev")
        for name in ("skuflow-dev-sync-sync-shop", "skuflow-dev-sync-sync-shop-dlq"):
            stage.sqs.create_queue(QueueName=name)
        yield stage


def test_what_was_noted_on_the_way_is_left_behind_and_the_rest_goes_along(aws: Aws) -> None:
    queue = dead_letters.find(aws, "sync/sync_shop")
    noted = {
        "reason": "circuit_open: …",
        "returned": "288",
        "first_sent_at": "2026-01-31T12:00:00Z",
        "topic": "products/update",
    }
    attributes = {name: {"DataType": "String", "StringValue": text} for name, text in noted.items()}
    aws.sqs.send_message(QueueUrl=queue.url, MessageBody="{}", MessageAttributes=attributes)  # type: ignore[arg-type]
    assert dead_letters.redrive(aws, queue, 10) == 1
    source = aws.sqs.get_queue_url(QueueName="skuflow-dev-sync-sync-shop")["QueueUrl"]
    (message,) = aws.sqs.receive_message(QueueUrl=source, MessageAttributeNames=["All"])["Messages"]
    assert {name: each["StringValue"] for name, each in message["MessageAttributes"].items()} == {
        "topic": "products/update"
    }
    assert message["Body"] == "{}"
    assert dead_letters.find(aws, "sync/sync_shop").waiting == 0
