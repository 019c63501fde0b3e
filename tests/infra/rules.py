"""What must hold for the templates of every stage, as functions that name each offender; `residency.py` has the rules about places.

`test_rules.py` holds every stage against each of them, and breaks a template on purpose to see that each rule notices.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from importlib import import_module
from typing import Any

from tests.infra.templates import Assembly, Resource

Rule = Callable[[Assembly], list[str]]
RULES: dict[str, Rule] = {}

RUNTIME = "python3.13"
"""The newest that Lambda offers and the pinned wheels are built for."""

ENDS = ("-dlq", "-rejects")
UNSCOPED = frozenset(
    {"xray:PutTraceSegments", "xray:PutTelemetryRecords", "dynamodb:ListStreams", "dynamodb:ListTables"}
)
"""Actions for which AWS knows no resource."""

STATEFUL = frozenset(
    {
        "AWS::Cognito::UserPool",
        "AWS::DynamoDB::Table",
        "AWS::Events::Archive",
        "AWS::Events::EventBus",
        "AWS::KMS::Key",
        "AWS::Logs::LogGroup",
        "AWS::S3::Bucket",
        "AWS::SecretsManager::Secret",
        "AWS::SQS::Queue",
    }
)
STATELESS = frozenset(
    {
        *(f"AWS::ApiGatewayV2::{name}" for name in ("Api", "Authorizer", "Integration", "Route", "Stage")),
        *("AWS::AppConfig::Application", "AWS::AppConfig::ConfigurationProfile", "AWS::AppConfig::Deployment"),
        *("AWS::AppConfig::DeploymentStrategy", "AWS::AppConfig::Environment"),
        "AWS::AppConfig::HostedConfigurationVersion",
        *("AWS::CloudWatch::Alarm", "AWS::CloudWatch::Dashboard"),
        *("AWS::Cognito::UserPoolClient", "AWS::Cognito::UserPoolDomain", "AWS::Cognito::UserPoolGroup"),
        *("AWS::Cognito::UserPoolResourceServer", "AWS::Cognito::UserPoolUICustomizationAttachment"),
        "AWS::Cognito::ManagedLoginBranding",
        *("AWS::Events::Rule", "AWS::IAM::Policy", "AWS::IAM::Role", "AWS::KMS::Alias"),
        *("AWS::Lambda::EventInvokeConfig", "AWS::Lambda::EventSourceMapping", "AWS::Lambda::Function"),
        *("AWS::Lambda::LayerVersion", "AWS::Lambda::Permission"),
        *("AWS::S3::BucketPolicy", "AWS::SNS::Topic", "AWS::SNS::TopicPolicy", "AWS::SQS::QueuePolicy"),
        "AWS::Scheduler::Schedule",
    }
)


def rule(check: Rule) -> Rule:
    RULES[check.__name__] = check
    return check


def alarmed(assembly: Assembly, metric: str, dimension: str) -> set[str]:
    """The things that an alarm on `metric` looks at, by the value of `dimension`."""
    return {
        item["Value"]
        for alarm in assembly.all("AWS::CloudWatch::Alarm")
        for found in [
            alarm.properties,
            *(m.get("MetricStat", {}).get("Metric", {}) for m in alarm.properties.get("Metrics", [])),
        ]
        if found.get("MetricName") == metric
        for item in found.get("Dimensions", [])
        if item["Name"] == dimension and isinstance(item["Value"], str)
    }


def queues(assembly: Assembly) -> Iterator[tuple[str, Resource]]:
    for queue in assembly.all("AWS::SQS::Queue"):
        yield queue.properties["QueueName"], queue


@rule
def every_queue_has_a_dead_letter_queue_or_is_one(assembly: Assembly) -> list[str]:
    faults = []
    for name, queue in queues(assembly):
        policy = queue.properties.get("RedrivePolicy", {})
        end = assembly.target(queue.stack, policy.get("deadLetterTargetArn"))
        if not name.endswith(ENDS) and (end is None or not end.properties["QueueName"].endswith("-dlq")):
            faults.append(queue.where)
    return faults


@rule
def every_queue_has_its_alarm(assembly: Assembly) -> list[str]:
    waiting = alarmed(assembly, "ApproximateAgeOfOldestMessage", "QueueName")
    given_up = alarmed(assembly, "ApproximateNumberOfMessagesVisible", "QueueName")
    return [q.where for name, q in queues(assembly) if name not in (given_up if name.endswith(ENDS) else waiting)]


@rule
def every_queue_is_encrypted(assembly: Assembly) -> list[str]:
    keys = ("SqsManagedSseEnabled", "KmsMasterKeyId")
    return [queue.where for _, queue in queues(assembly) if not any(queue.properties.get(key) for key in keys)]


@rule
def every_queue_and_bucket_refuses_plain_http(assembly: Assembly) -> list[str]:
    guarded = set()
    for policy in assembly.all("AWS::SQS::QueuePolicy", "AWS::S3::BucketPolicy"):
        on = policy.properties.get("Queues", [policy.properties.get("Bucket")])
        for statement in policy.properties["PolicyDocument"]["Statement"]:
            plain = statement.get("Condition") == {"Bool": {"aws:SecureTransport": "false"}}
            if statement["Effect"] == "Deny" and plain and statement["Principal"] in ("*", {"AWS": "*"}):
                guarded |= {found.where for one in on if (found := assembly.target(policy.stack, one))}
    return [r.where for r in assembly.all("AWS::SQS::Queue", "AWS::S3::Bucket") if r.where not in guarded]


@rule
def every_function_has_a_role_of_its_own(assembly: Assembly) -> list[str]:
    roles = [assembly.role_of(function).where for function in assembly.functions.values()]
    lent = [f.where for f in assembly.functions.values() if roles.count(assembly.role_of(f).where) > 1]
    foreign = [r.where for r in assembly.all("AWS::IAM::Role") if {"ManagedPolicyArns", "Policies"} & set(r.properties)]
    return lent + foreign


@rule
def no_action_is_a_wildcard(assembly: Assembly) -> list[str]:
    return [
        f"{role.where}: {action}"
        for role in assembly.all("AWS::IAM::Role")
        for statement in assembly.statements(role)
        for action in statement.actions
        if "*" in action
    ]


@rule
def a_resource_is_a_wildcard_only_where_aws_knows_none(assembly: Assembly) -> list[str]:
    """Objects below a prefix of a bucket are named by what is to come, and so may end in one."""
    faults = []
    for role in assembly.all("AWS::IAM::Role"):
        for statement in assembly.statements(role):
            for resource in statement.resources:
                text = assembly.text(role.stack, resource)
                below = text.startswith("arn:aws:s3:::") and text.endswith("/*") and text.count("*") == 1
                if "*" in text and not below and not (text == "*" and set(statement.actions) <= UNSCOPED):
                    faults.append(f"{role.where}: {', '.join(statement.actions)} on {text}")
    return faults


@rule
def a_function_touches_tables_of_its_own_context_only(assembly: Assembly) -> list[str]:
    """Besides those that are shared on purpose: idempotency, and the state of outside services. The deep health check describes
    every table and reads none."""
    faults = []
    for door, function in assembly.functions.items():
        for statement in assembly.statements(assembly.role_of(function)):
            if set(statement.actions) == {"dynamodb:DescribeTable"}:
                continue
            for table in assembly.referred(function.stack, list(statement.resources)):
                if table.type == "AWS::DynamoDB::Table" and table.context not in (function.context, "shared"):
                    faults.append(f"{door}: {table.properties['TableName']}")
    return faults


@rule
def every_log_expires(assembly: Assembly) -> list[str]:
    groups = [g.where for g in assembly.all("AWS::Logs::LogGroup") if not g.properties.get("RetentionInDays")]
    without = [
        function.where
        for function in assembly.functions.values()
        if assembly.target(function.stack, function.properties.get("LoggingConfig", {}).get("LogGroup")) is None
    ]
    return groups + without


@rule
def a_message_stays_hidden_six_times_as_long_as_its_consumer_may_take(assembly: Assembly) -> list[str]:
    return [
        function.where
        for _, function, queue in assembly.sources(of="AWS::SQS::Queue")
        if queue.properties.get("VisibilityTimeout", 30) < 6 * function.properties["Timeout"]
    ]


@rule
def every_consumer_has_a_ceiling(assembly: Assembly) -> list[str]:
    return [
        function.where
        for mapping, function, _ in assembly.sources(of="AWS::SQS::Queue")
        if not mapping.properties.get("ScalingConfig", {}).get("MaximumConcurrency")
        and not function.properties.get("ReservedConcurrentExecutions")
    ]


@rule
def every_function_runs_the_current_python_on_arm(assembly: Assembly) -> list[str]:
    return [
        function.where
        for function in assembly.all("AWS::Lambda::Function")
        if (function.properties.get("Runtime"), function.properties.get("Architectures")) != (RUNTIME, ["arm64"])
    ]


@rule
def every_environment_is_within_lambdas_limit(assembly: Assembly) -> list[str]:
    """4 KB for names and values together; a reference is taken for an ARN of a hundred signs."""
    faults = []
    for function in assembly.functions.values():
        given = assembly.environment(function)
        size = sum(len(name) + (len(value) if isinstance(value, str) else 100) for name, value in given.items())
        if size > 3500:
            faults.append(f"{function.where}: {size}")
    return faults


@rule
def the_deep_health_check_asks_whatever_there_is(assembly: Assembly) -> list[str]:
    """It is described last, when all that it asks has been made."""
    given = assembly.environment(assembly.functions["platform/check_health"])
    asked = {name for key in ("TABLES", "QUEUES", "DEAD_LETTER_QUEUES") for name in given[key].split()}
    kinds = {"AWS::DynamoDB::Table": "TableName", "AWS::SQS::Queue": "QueueName"}
    named = [(resource, resource.properties[kinds[resource.type]]) for resource in assembly.all(*kinds)]
    return [resource.where for resource, name in named if not any(name.endswith(f"-{one}") for one in asked)]


@rule
def every_alarm_is_heard(assembly: Assembly) -> list[str]:
    """By the topic of its own stage, which lies in the same region."""
    (topic,) = assembly.all("AWS::SNS::Topic")
    name = topic.properties["TopicName"]
    return [
        alarm.where
        for alarm in assembly.all("AWS::CloudWatch::Alarm")
        if not any(str(action).endswith(f":{name}") for action in alarm.properties.get("AlarmActions", []))
    ]


@rule
def every_kind_of_resource_is_known_to_hold_state_or_not(assembly: Assembly) -> list[str]:
    return sorted({resource.type for resource in assembly.all()} - STATEFUL - STATELESS)


@rule
def stores_are_encrypted_and_recoverable(assembly: Assembly) -> list[str]:
    faults = []
    for table in assembly.all("AWS::DynamoDB::Table"):
        recovery = table.properties.get("PointInTimeRecoverySpecification", {})
        if not recovery.get("PointInTimeRecoveryEnabled") or not table.properties.get("SSESpecification", {}).get(
            "SSEEnabled"
        ):
            faults.append(table.where)
    faults += [b.where for b in assembly.all("AWS::S3::Bucket") if "BucketEncryption" not in b.properties]
    return faults


@rule
def production_keeps_and_protects_what_holds_state(assembly: Assembly) -> list[str]:
    if not any(artifact["properties"].get("terminationProtection") for artifact in assembly.stacks.values()):
        return []
    lost = [resource.where for resource in assembly.all(*STATEFUL) if not resource.retained]
    open_ = [
        table.where
        for table in assembly.all("AWS::DynamoDB::Table")
        if table.properties.get("DeletionProtectionEnabled") is not True
        or "KMSMasterKeyId" not in table.properties["SSESpecification"]
    ]
    pools = [
        p.where for p in assembly.all("AWS::Cognito::UserPool") if p.properties.get("DeletionProtection") != "ACTIVE"
    ]
    return lost + open_ + pools


@rule
def whatever_can_be_tagged_tells_what_it_costs_whom(assembly: Assembly) -> list[str]:
    """Whether a kind of resource takes tags is what CDK's description of CloudFormation says."""
    faults = []
    for resource in assembly.all():
        missing = {"project", "stage", "context", "residency"} - set(tags_of(resource))
        if taggable(resource.type) and missing:
            faults.append(f"{resource.where}: {', '.join(sorted(missing))}")
    return faults


def taggable(kind: str) -> bool:
    _, service, name = kind.split("::")
    return hasattr(getattr(import_module(f"aws_cdk.aws_{service.lower()}"), f"Cfn{name}"), "tags")


def tags_of(resource: Resource) -> dict[str, str]:
    tags: Any = resource.properties.get("Tags") or resource.properties.get("UserPoolTags") or {}
    return {tag["Key"]: tag["Value"] for tag in tags} if isinstance(tags, list) else dict(tags)


def broken_by(assembly: Assembly, names: Iterable[str] = ()) -> dict[str, list[str]]:
    """Rule -> offenders, of the rules `names` (default: all); those without an offender are left out."""
    found = {name: RULES[name](assembly) for name in names or RULES}
    return {name: offenders for name, offenders in found.items() if offenders}
