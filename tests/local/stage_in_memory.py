"""A stage `dev` as its deployment leaves it, in the AWS in memory: what an operator's commands look at."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest
from moto import mock_aws
from moto.events.models import events_backends
from typer.testing import CliRunner, Result

from local.aws import Aws
from local.cli.main import app
from tests.tables import LAYOUTS

REGION = "ca-central-1"
ACCOUNT = "123456789012"
ASSUME = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
ROLE = {"Version": "2012-10-17", "Statement": [ASSUME]}
CONSUMER = "catalog-apply-product-batch"
FUNCTIONS = ("sync-api", CONSUMER, "sync-run-due-shops")


@dataclass(frozen=True)
class Stage:
    aws: Aws

    def skuflow(self, *arguments: str, typed: str | None = None) -> Result:
        """One command against this stage."""
        words = [*arguments, "--stage", "dev"]
        return CliRunner().invoke(app, words, input=typed, env={"COLUMNS": "200", "TERM": "dumb"})

    def url(self, queue: str) -> str:
        return self.aws.sqs.get_queue_url(QueueName=f"skuflow-dev-{queue}")["QueueUrl"]

    def put(self, queue: str, body: str, **attributes: str) -> str:
        """The new message's id."""
        told: Any = {name: {"DataType": "String", "StringValue": value} for name, value in attributes.items()}
        return self.aws.sqs.send_message(QueueUrl=self.url(queue), MessageBody=body, MessageAttributes=told)[
            "MessageId"
        ]

    def waiting(self, queue: str) -> list[dict[str, Any]]:
        """What somebody who looks now would get, up to ten; it stays."""
        found = self.aws.sqs.receive_message(
            QueueUrl=self.url(queue), MaxNumberOfMessages=10, VisibilityTimeout=0, MessageAttributeNames=["All"]
        )
        return [dict(message) for message in found.get("Messages", [])]

    def say(self, function: str, at: datetime, **fields: Any) -> None:
        """A line in a function's log."""
        line = {"level": "INFO", "timestamp": at.isoformat(), **fields}
        self.write(function, at, json.dumps(line))

    def ended(self, function: str, at: datetime, request_id: str, milliseconds: float) -> None:
        """Lambda's own line about an invocation, in the JSON log format."""
        record = {"requestId": request_id, "metrics": {"durationMs": milliseconds}}
        self.write(function, at, json.dumps({"type": "platform.report", "record": record}))

    def write(self, function: str, at: datetime, text: str) -> None:
        event: Any = {"timestamp": round(at.timestamp() * 1000), "message": text}
        group = f"/aws/lambda/skuflow-dev-{function}"
        self.aws.logs.put_log_events(logGroupName=group, logStreamName="one", logEvents=[event])

    def archive(self, name: str, event_id: str, at: datetime, **envelope: Any) -> None:
        """An event in the bus archive, put where moto keeps it: moto's own way there needs a library that is not installed."""
        detail = {"event_id": event_id, "occurred_at": at.isoformat(), "client_id": "cli_1", "data": {}, **envelope}
        event = {"version": "0", "id": event_id, "detail-type": name, "source": "skuflow.sync", "time": at.timestamp()}
        events_backends[ACCOUNT][REGION].archives["skuflow-dev"].events.append({**event, "detail": detail})


@contextmanager
def stage_in_memory(monkeypatch: pytest.MonkeyPatch) -> Iterator[Stage]:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", REGION)
    monkeypatch.delenv("SKUFLOW_DEBUG", raising=False)
    monkeypatch.setattr("local.operations.dead_letters._WAIT_SECONDS", 0)
    monkeypatch.setattr("local.operations.archive._POLL_SECONDS", 0)
    with mock_aws():
        aws = Aws("dev")
        for name in FUNCTIONS:
            _function(aws, name)
        for name in (CONSUMER, f"{CONSUMER}-dlq", "catalog-on-table-change-rejects"):
            aws.sqs.create_queue(QueueName=f"skuflow-dev-{name}")
        for table in ("outbound", "sync"):
            _table(aws, table)
        _bus(aws)
        yield Stage(aws)


def _function(aws: Aws, name: str) -> None:
    iam = aws._client("iam")
    try:
        role = iam.get_role(RoleName="role")
    except iam.exceptions.NoSuchEntityException:
        role = iam.create_role(RoleName="role", AssumeRolePolicyDocument=json.dumps(ROLE))
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as code:
        code.writestr("handler.py", "")
    aws.functions.create_function(
        FunctionName=f"skuflow-dev-{name}",
        Runtime="python3.13",
        Role=role["Role"]["Arn"],
        Handler="handler.lambda_handler",
        Code={"ZipFile": archive.getvalue()},
    )
    group = f"/aws/lambda/skuflow-dev-{name}"
    aws.logs.create_log_group(logGroupName=group)
    aws.logs.create_log_stream(logGroupName=group, logStreamName="one")


def _table(aws: Aws, context: str) -> None:
    layout = LAYOUTS[context]
    keys = ["pk", "sk", *(key for index in layout.indexes for key in index[1:])]
    indexes: Any = [
        {"IndexName": name, "KeySchema": _schema(pk, sk), "Projection": {"ProjectionType": "KEYS_ONLY"}}
        for name, pk, sk in layout.indexes
    ]
    request: dict[str, Any] = {"GlobalSecondaryIndexes": indexes} if indexes else {}
    aws.dynamodb.create_table(
        TableName=f"skuflow-dev-{context}",
        KeySchema=_schema("pk", "sk"),
        AttributeDefinitions=[{"AttributeName": key, "AttributeType": "S"} for key in keys],
        BillingMode="PAY_PER_REQUEST",
        **request,
    )


def _schema(pk: str, sk: str) -> Any:
    return [{"AttributeName": pk, "KeyType": "HASH"}, {"AttributeName": sk, "KeyType": "RANGE"}]


def _bus(aws: Aws) -> None:
    """The bus with its archive and one consumer, as the stacks lay them out."""
    outputs = {"EventBusName": {"Value": "skuflow-dev"}, "ApiUrl": {"Value": "https://api.example/"}}
    bus = {"Type": "AWS::Events::EventBus", "Properties": {"Name": "skuflow-dev"}}
    template = {"Resources": {"Bus": bus}, "Outputs": outputs}
    aws.cloudformation.create_stack(StackName="skuflow-dev-shared", TemplateBody=json.dumps(template))
    arn = aws.events.describe_event_bus(Name="skuflow-dev")["Arn"]
    aws.events.create_archive(
        ArchiveName="skuflow-dev",
        EventSourceArn=arn,
        RetentionDays=30,
        EventPattern=json.dumps({"source": [{"prefix": "skuflow."}]}),
    )
    pattern = json.dumps({"source": ["skuflow.sync"], "detail-type": ["ProductBatchReady"]})
    rule = f"skuflow-dev-{CONSUMER}"
    aws.events.put_rule(Name=rule, EventBusName="skuflow-dev", EventPattern=pattern)
    queue = f"arn:aws:sqs:{REGION}:{ACCOUNT}:{rule}"
    aws.events.put_targets(Rule=rule, EventBusName="skuflow-dev", Targets=[{"Id": "queue", "Arn": queue}])


def moment(*, minute: int, hour: int = 12) -> datetime:
    """On the day on which these tests play."""
    return datetime(2026, 1, 31, hour, minute, tzinfo=UTC)
