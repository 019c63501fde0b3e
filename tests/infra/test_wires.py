"""The short description of the wiring that the scenarios run on says what the templates say."""

from __future__ import annotations

import re

from tests.bench.cold_times import layers_of
from tests.infra.templates import Assembly, Resource
from tests.scenarios.wires import MAX_RECEIVES, QUEUES, SCHEDULED, STREAMS, UPLOADS, Pattern


def door_of(function: Resource) -> str:
    _, context, trigger, *_ = function.properties["Handler"].split(".")
    return f"{context}/{trigger}"


def queues(staging: Assembly) -> dict[str, Resource]:
    return {door_of(function): queue for _, function, queue in staging.sources(of="AWS::SQS::Queue")}


def patterns(staging: Assembly) -> dict[str, Pattern]:
    """Queue's function -> what a rule of the bus sends there."""
    owner = {queue.where: door for door, queue in queues(staging).items()}
    found = {}
    for rule in staging.all("AWS::Events::Rule"):
        pattern = rule.properties.get("EventPattern")
        for target in rule.properties.get("Targets", []):
            queue = staging.target(rule.stack, target["Arn"])
            if pattern and queue is not None and queue.where in owner:
                assert len(pattern["source"]) == 1
                found[owner[queue.where]] = Pattern(pattern["source"][0], tuple(pattern["detail-type"]))
    return found


def test_the_scenarios_feed_the_queues_as_the_bus_does(staging: Assembly) -> None:
    assert set(queues(staging)) == set(QUEUES)
    assert patterns(staging) == {door: pattern for door, pattern in QUEUES.items() if pattern is not None}


def test_the_scenarios_give_up_on_a_message_when_the_queues_do(staging: Assembly) -> None:
    given_up = {queue.properties["RedrivePolicy"]["maxReceiveCount"] for queue in queues(staging).values()}
    assert given_up == {MAX_RECEIVES}


def test_the_scenarios_read_the_streams_that_the_functions_read(staging: Assembly) -> None:
    tables = ("AWS::DynamoDB::Table", "AWS::DynamoDB::GlobalTable")
    found = {door_of(f): table.context for kind in tables for _, f, table in staging.sources(of=kind)}
    assert found == STREAMS


def test_the_scenarios_announce_uploads_as_the_bucket_does(staging: Assembly) -> None:
    door, prefix = UPLOADS
    (bucket,) = (b for b in staging.all("AWS::S3::Bucket") if "NotificationConfiguration" in b.properties)
    (heard,) = bucket.properties["NotificationConfiguration"]["QueueConfigurations"]
    assert staging.target(bucket.stack, heard["Queue"]) == queues(staging)[door]
    assert re.fullmatch(r"s3:ObjectCreated:.*", heard["Event"])
    assert heard["Filter"]["S3Key"]["Rules"] == [{"Name": "prefix", "Value": prefix}]


def test_the_scheduled_functions_are_those_that_the_scenarios_know(staging: Assembly) -> None:
    on_time = {
        door_of(function)
        for rule in staging.all("AWS::Events::Rule")
        if "ScheduleExpression" in rule.properties
        for target in rule.properties["Targets"]
        if (function := staging.target(rule.stack, target["Arn"])) is not None
    }
    on_time |= {
        door_of(function)
        for schedule in staging.all("AWS::Scheduler::Schedule")
        if (function := staging.target(schedule.stack, schedule.properties["Target"]["Arn"])) is not None
    }
    assert on_time == set(SCHEDULED)


def test_the_benches_start_each_function_with_the_layers_that_it_is_given(staging: Assembly) -> None:
    for door, function in staging.functions.items():
        layers = [staging.target(function.stack, layer) for layer in function.properties["Layers"]]
        named = {layer.properties["LayerName"] for layer in layers if layer is not None}
        expected = {path.parent.name for path in layers_of(*door.split("/"))}
        third_party = {name for name in expected if any(name in given for given in named)}
        assert third_party == expected
        assert len(named) == len(expected) + 1, "the domain layer and nothing else besides"
