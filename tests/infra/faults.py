"""Mistakes that somebody may make in a template, each with the rule that has to notice it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

Templates = dict[str, Any]
Edit = Callable[[Templates], None]
LONG_AGO = "python3.9"
ELSEWHERE = "us-east-1"


@dataclass(frozen=True, slots=True)
class Fault:
    """`rule` has to name an offender once `edit` was made; `production`: to the templates of a production stage."""

    rule: str
    mistake: str
    edit: Edit
    production: bool = False


def first(templates: Templates, kind: str, **having: Any) -> dict[str, Any]:
    """Properties of the first resource of the type `kind` whose own are like `having`."""
    for template in templates.values():
        for body in template["Resources"].values():
            properties: dict[str, Any] = body.get("Properties", {})
            if body["Type"] == kind and all(str(properties.get(k, "")).endswith(v) for k, v in having.items()):
                return properties
    raise LookupError(kind)


def put(kind: str, key: str, value: Any, **having: Any) -> Edit:
    """An edit that sets the property `key`; None removes it."""

    def edit(templates: Templates) -> None:
        properties = first(templates, kind, **having)
        properties.pop(key, None)
        if value is not None:
            properties[key] = value

    return edit


def drop(kind: str, **having: Any) -> Edit:
    """An edit that removes a resource."""

    def edit(templates: Templates) -> None:
        gone = first(templates, kind, **having)
        for template in templates.values():
            kept = {name: body for name, body in template["Resources"].items() if body.get("Properties") is not gone}
            template["Resources"] = kept

    return edit


def add(kind: str, **properties: Any) -> Edit:
    """An edit that adds a resource to the first stack."""

    def edit(templates: Templates) -> None:
        next(iter(templates.values()))["Resources"]["Added"] = {"Type": kind, "Properties": properties}

    return edit


def grant(key: str, value: Any) -> Edit:
    """An edit that makes a statement of a role say something else."""

    def edit(templates: Templates) -> None:
        writing = (
            statement
            for template in templates.values()
            for body in template["Resources"].values()
            if body["Type"] == "AWS::IAM::Policy"
            for statement in body["Properties"]["PolicyDocument"]["Statement"]
            if "dynamodb:PutItem" in statement["Action"]
        )
        next(writing)[key] = value

    return edit


def share_a_role(templates: Templates) -> None:
    for template in templates.values():
        functions = [b["Properties"] for b in template["Resources"].values() if b["Type"] == "AWS::Lambda::Function"]
        if len(functions) > 1:
            functions[0]["Role"] = functions[1]["Role"]
            return


def reach_for_a_neighbours_table(templates: Templates) -> None:
    """A role of the catalogue is let at the table of sync, as if it were exported."""
    data = next(t for name, t in templates.items() if name.endswith("-sync-data"))
    table = next(n for n, b in data["Resources"].items() if b["Type"] == "AWS::DynamoDB::Table")
    exported = {"Value": {"Fn::GetAtt": [table, "Arn"]}, "Export": {"Name": "a-neighbours-table"}}
    data.setdefault("Outputs", {})["Leak"] = exported
    mine = {name: template for name, template in templates.items() if name.endswith("-catalog")}
    statement = first(mine, "AWS::IAM::Policy")["PolicyDocument"]["Statement"][0]
    statement["Action"], statement["Resource"] = "dynamodb:GetItem", {"Fn::ImportValue": "a-neighbours-table"}


def forget_to_ask(templates: Templates) -> None:
    """The deep health check leaves out a table."""
    health = first(templates, "AWS::Lambda::Function", FunctionName="check-health")["Environment"]["Variables"]
    health["TABLES"] = health["TABLES"].replace("catalog ", "")


def forget_to_retain(kind: str) -> Edit:
    def edit(templates: Templates) -> None:
        lost = first(templates, kind)
        for template in templates.values():
            for body in template["Resources"].values():
                if body.get("Properties") is lost:
                    body["DeletionPolicy"] = "Delete"

    return edit


def tell(key: str, value: Any) -> Edit:
    """An edit that puts a variable into the environment of a function."""

    def edit(templates: Templates) -> None:
        first(templates, "AWS::Lambda::Function")["Environment"]["Variables"][key] = value

    return edit


QUEUE, TABLE, FUNCTION = "AWS::SQS::Queue", "AWS::DynamoDB::Table", "AWS::Lambda::Function"
BUCKET, ALARM, MAPPING = "AWS::S3::Bucket", "AWS::CloudWatch::Alarm", "AWS::Lambda::EventSourceMapping"
HERE, KEPT = "everything_is_in_the_region_of_the_residency", "production_keeps_and_protects_what_holds_state"
COPIED = "nothing_lives_at_the_edge_or_is_copied_elsewhere"
WILD = "a_resource_is_a_wildcard_only_where_aws_knows_none"
PIECES = {"Fn::Join": ["", ["https://sqs.", {"Ref": "AWS::Region"}, ".", "amazonaws.com.cn/"]]}

FAULTS = (
    Fault(
        "every_queue_has_a_dead_letter_queue_or_is_one",
        "no redrive",
        put(QUEUE, "RedrivePolicy", None, QueueName="read-import"),
    ),
    Fault("every_queue_has_its_alarm", "no alarm on age", drop(ALARM, MetricName="ApproximateAgeOfOldestMessage")),
    Fault("every_queue_has_its_alarm", "no alarm on a dead-letter queue", drop(ALARM, AlarmName="-dlq-not-empty")),
    Fault("every_queue_is_encrypted", "no encryption", put(QUEUE, "SqsManagedSseEnabled", False)),
    Fault("every_queue_and_bucket_refuses_plain_http", "no queue policy", drop("AWS::SQS::QueuePolicy")),
    Fault("every_queue_and_bucket_refuses_plain_http", "no bucket policy", drop("AWS::S3::BucketPolicy")),
    Fault("every_function_has_a_role_of_its_own", "two share one", share_a_role),
    Fault(
        "every_function_has_a_role_of_its_own",
        "a managed policy",
        put("AWS::IAM::Role", "ManagedPolicyArns", ["arn:aws:iam::aws:policy/PowerUserAccess"]),
    ),
    Fault("no_action_is_a_wildcard", "dynamodb:*", grant("Action", "dynamodb:*")),
    Fault(WILD, "any table", grant("Resource", "arn:aws:dynamodb:ca-central-1:123456789012:table/*")),
    Fault(WILD, "any bucket", grant("Resource", "arn:aws:s3:::*")),
    Fault(WILD, "anything", grant("Resource", "*")),
    Fault("a_function_touches_tables_of_its_own_context_only", "a neighbour's", reach_for_a_neighbours_table),
    Fault("every_log_expires", "kept for ever", put("AWS::Logs::LogGroup", "RetentionInDays", None)),
    Fault("every_log_expires", "a group that Lambda makes", put(FUNCTION, "LoggingConfig", {"LogFormat": "JSON"})),
    Fault(
        "a_message_stays_hidden_six_times_as_long_as_its_consumer_may_take",
        "too short",
        put(QUEUE, "VisibilityTimeout", 60, QueueName="read-import"),
    ),
    Fault(
        "every_consumer_has_a_ceiling",
        "none",
        put(MAPPING, "ScalingConfig", None, FunctionResponseTypes="['ReportBatchItemFailures']"),
    ),
    Fault("every_function_runs_the_current_python_on_arm", "an old Python", put(FUNCTION, "Runtime", LONG_AGO)),
    Fault(
        "every_function_runs_the_current_python_on_arm", "another processor", put(FUNCTION, "Architectures", ["x86_64"])
    ),
    Fault("every_environment_is_within_lambdas_limit", "a long list", tell("NAMES", "sync-read-import " * 220)),
    Fault("the_deep_health_check_asks_whatever_there_is", "a table is left out", forget_to_ask),
    Fault("every_alarm_is_heard", "no action", put(ALARM, "AlarmActions", [])),
    Fault("every_kind_of_resource_is_known_to_hold_state_or_not", "a new kind", add("AWS::RDS::DBCluster")),
    Fault("stores_are_encrypted_and_recoverable", "no recovery", put(TABLE, "PointInTimeRecoverySpecification", None)),
    Fault("stores_are_encrypted_and_recoverable", "a plain table", put(TABLE, "SSESpecification", None)),
    Fault("stores_are_encrypted_and_recoverable", "a plain bucket", put(BUCKET, "BucketEncryption", None)),
    Fault(KEPT, "a table that goes with its stack", forget_to_retain(TABLE), production=True),
    Fault(KEPT, "logs that go with their stack", forget_to_retain("AWS::Logs::LogGroup"), production=True),
    Fault(KEPT, "a table that can be deleted", put(TABLE, "DeletionProtectionEnabled", False), production=True),
    Fault(KEPT, "a key of AWS's", put(TABLE, "SSESpecification", {"SSEEnabled": True}), production=True),
    Fault("whatever_can_be_tagged_tells_what_it_costs_whom", "an untagged alarm", put(ALARM, "Tags", None)),
    Fault("whatever_can_be_tagged_tells_what_it_costs_whom", "an untagged table", put(TABLE, "Tags", None)),
    Fault(HERE, "a name", tell("AWS_REGION_OF_BACKUPS", ELSEWHERE)),
    Fault(HERE, "a zone", tell("ZONE", f"{ELSEWHERE}a")),
    Fault(HERE, "an endpoint", tell("QUEUE_URL", f"https://sqs.{ELSEWHERE}.amazonaws.com/123456789012/q")),
    Fault(HERE, "an endpoint that is nowhere in particular", tell("BUCKET_URL", "https://s3.amazonaws.com/bucket")),
    Fault(HERE, "an endpoint in pieces", tell("URL", PIECES)),
    Fault(HERE, "an ARN", grant("Resource", f"arn:aws:sqs:{ELSEWHERE}:123456789012:q")),
    Fault(HERE, "an ARN without a region", grant("Resource", "arn:aws:sqs::123456789012:q")),
    Fault(HERE, "another partition", grant("Resource", "arn:aws-us-gov:s3:::bucket")),
    Fault(HERE, "another Canada", put(QUEUE, "QueueName", "skuflow-ca-west-1")),
    Fault(HERE, "in production", tell("REGION", "eu-west-1"), production=True),
    Fault(COPIED, "a distribution", add("AWS::CloudFront::Distribution")),
    Fault(COPIED, "a copy of the bucket", put(BUCKET, "ReplicationConfiguration", {"Rules": []} | {"Role": "r"})),
    Fault(COPIED, "a key of several regions", put("AWS::KMS::Key", "MultiRegion", True)),
    Fault(COPIED, "a copy of a secret", put("AWS::SecretsManager::Secret", "ReplicaRegions", [{"Region": "x"}])),
    Fault(COPIED, "flags that are copied", put("AWS::AppConfig::DeploymentStrategy", "ReplicateTo", "SSM_DOCUMENT")),
)
