"""Sets through the public APIs what the embedded CloudFormation drops from a template without a word.

Each entry stands for one observed gap of the pinned version; `tests/local` deploys a stack that uses them all.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from botocore.exceptions import ClientError

from local.aws import Aws
from local.deploy.assembly import Template
from local.deploy.rewriting import resources
from local.stage.instance import ACCOUNT

BATCHES_AT_ONCE = 2
"""Per queue. Each costs a worker process of 55 MB and a cold start; two are the least that AWS accepts."""

Ids = Mapping[str, str]


def complete(aws: Aws, template: Template, ids: Ids) -> None:
    """Finish a deployed stack. `template` is the app's own, `ids` maps its logical ids to what was made. May be repeated."""
    for resource_type, finish in _FINISHERS.items():
        for logical_id, properties in resources(template, resource_type):
            finish(aws, properties, ids, ids.get(logical_id, ""))


def _function(aws: Aws, properties: Mapping[str, Any], ids: Ids, name: str) -> None:
    if "ReservedConcurrentExecutions" in properties:
        aws.functions.put_function_concurrency(
            FunctionName=name, ReservedConcurrentExecutions=int(properties["ReservedConcurrentExecutions"])
        )
    if dead_letters := properties.get("DeadLetterConfig", {}).get("TargetArn"):
        target = _arn(aws, dead_letters, ids)
        aws.functions.update_function_configuration(FunctionName=name, DeadLetterConfig={"TargetArn": target})


def _table(aws: Aws, properties: Mapping[str, Any], _ids: Ids, name: str) -> None:
    wanted = properties.get("TimeToLiveSpecification", {})
    if not wanted.get("Enabled"):
        return
    found = aws.dynamodb.describe_time_to_live(TableName=name)["TimeToLiveDescription"]
    if found.get("TimeToLiveStatus") != "ENABLED":
        aws.dynamodb.update_time_to_live(
            TableName=name,
            TimeToLiveSpecification={"Enabled": True, "AttributeName": wanted["AttributeName"]},
        )


def _api(aws: Aws, properties: Mapping[str, Any], _ids: Ids, name: str) -> None:
    if "CorsConfiguration" in properties:
        aws.apigateway.update_api(ApiId=name, CorsConfiguration=properties["CorsConfiguration"])


def _queue_consumer(aws: Aws, properties: Mapping[str, Any], _ids: Ids, name: str) -> None:
    if "StartingPosition" not in properties:
        aws.functions.update_event_source_mapping(UUID=name, ScalingConfig={"MaximumConcurrency": BATCHES_AT_ONCE})


def _archive(aws: Aws, properties: Mapping[str, Any], ids: Ids, _name: str) -> None:
    bus = _arn(aws, properties["SourceArn"], ids)
    # CloudFormation would make up a name; one per bus is enough to tell archives apart here.
    name = properties.get("ArchiveName") or f"{bus.rsplit('/', 1)[1]}-archive"
    pattern = {"EventPattern": json.dumps(properties["EventPattern"])} if "EventPattern" in properties else {}
    try:
        aws.events.create_archive(
            ArchiveName=name,
            EventSourceArn=bus,
            Description=properties.get("Description", ""),
            RetentionDays=int(properties.get("RetentionDays", 0)),
            **pattern,
        )
    except ClientError as error:
        if error.response["Error"].get("Code") != "ResourceAlreadyExistsException":
            raise


_FINISHERS: Mapping[str, Callable[[Aws, Mapping[str, Any], Ids, str], None]] = {
    "AWS::Lambda::Function": _function,
    "AWS::Lambda::EventSourceMapping": _queue_consumer,
    "AWS::DynamoDB::Table": _table,
    "AWS::DynamoDB::GlobalTable": _table,
    "AWS::ApiGatewayV2::Api": _api,
    "AWS::Events::Archive": _archive,
}


def _arn(aws: Aws, value: Any, ids: Ids) -> str:
    """The ARN of a queue or bus of the same stack, given as text or as an attribute of it."""
    if isinstance(value, str):
        return value
    made = ids[value["Fn::GetAtt"][0]]
    if made.startswith("arn:"):
        return made
    if made.startswith("http"):
        return f"arn:aws:sqs:{aws.region}:{ACCOUNT}:{made.rsplit('/', 1)[1]}"
    return f"arn:aws:events:{aws.region}:{ACCOUNT}:event-bus/{made}"
