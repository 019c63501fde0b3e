"""State that was kept is mended before it is read again, and is then as it was meant."""

from __future__ import annotations

import io
import json
import time
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from local.aws import Aws, embedded
from local.progress import SilentSteps
from local.stage import kept_state, process
from local.stage.installation import install
from local.stage.instance import Instance
from local.workspace import Workspace

NAME = "skuflow-local-reader"
CODE = "def lambda_handler(event, context):\n    [print('read', r['dynamodb']['Keys']['pk']['S']) for r in event['Records']]\n"


def test_positions_in_streams_are_forgotten_and_everything_else_stays(tmp_path: Path) -> None:
    instance = Instance("kept", tmp_path, kept=True)
    file = instance.state / "services" / "lambda.json"
    file.parent.mkdir(parents=True)
    positions = {"__account_region_scoped__": True, "data": {"mapping": 33}}
    payload = {"functions": {"a": 1}, "kinesis_positions": positions, "dynamodb_stream_positions": positions}
    file.write_text(json.dumps({"__ministack_format__": 2, "payload": payload}))
    kept_state.mend(instance)
    emptied = {**positions, "data": {}}
    mended = {**payload, "dynamodb_stream_positions": emptied}
    assert json.loads(file.read_text()) == {"__ministack_format__": 2, "payload": mended}
    assert list(file.parent.iterdir()) == [file]


def test_without_kept_state_there_is_nothing_to_mend(tmp_path: Path) -> None:
    kept_state.mend(Instance("kept", tmp_path, kept=True))
    assert list(tmp_path.iterdir()) == []


@pytest.fixture
def running(tmp_path: Path) -> Iterator[list[Instance]]:
    """Instances that a test starts; the last one is stopped afterwards."""
    started: list[Instance] = []
    yield started
    process.stop(started[-1])


@pytest.mark.e2e
@pytest.mark.slow
def test_a_stream_is_read_on_after_a_restart(tmp_path: Path, running: list[Instance]) -> None:
    interpreter = install(Workspace.here(), SilentSteps())
    running.append(process.start(Instance("kept", tmp_path, kept=True), interpreter))
    make_reader(embedded(running[-1]))
    put_and_await(embedded(running[-1]), "one", "two", "three")
    process.stop(running[-1])
    running.append(process.start(replace(running[-1], pid=0), interpreter))
    put_and_await(embedded(running[-1]), "four")


def make_reader(aws: Aws) -> None:
    """A table with a stream, and a function that prints the keys of what is written."""
    aws.dynamodb.create_table(
        TableName=NAME,
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
        StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"},
    )
    stream = aws.dynamodb.describe_table(TableName=NAME)["Table"]["LatestStreamArn"]
    package = io.BytesIO()
    with zipfile.ZipFile(package, "w") as archive:
        archive.writestr("reader.py", CODE)
    aws.functions.create_function(
        FunctionName=NAME,
        Runtime="python3.13",
        Handler="reader.lambda_handler",
        Role="arn:aws:iam::000000000000:role/reader",
        Code={"ZipFile": package.getvalue()},
    )
    aws.functions.create_event_source_mapping(FunctionName=NAME, EventSourceArn=stream, StartingPosition="TRIM_HORIZON")


def put_and_await(aws: Aws, *keys: str) -> None:
    for key in keys:
        aws.dynamodb.put_item(TableName=NAME, Item={"pk": {"S": key}})
    deadline = time.monotonic() + 30
    while not all(f"read {key}" in log_of(aws) for key in keys):
        assert time.monotonic() < deadline, log_of(aws)
        time.sleep(0.1)


def log_of(aws: Aws) -> str:
    try:
        events = aws.logs.filter_log_events(logGroupName=f"/aws/lambda/{NAME}")["events"]
    except aws.logs.exceptions.ResourceNotFoundException:
        return ""
    return "\n".join(event["message"] for event in events)
