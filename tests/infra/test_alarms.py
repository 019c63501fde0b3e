"""Alarms say what to do, and somebody hears them. cdk-nag finds nothing that was not thought about."""

from __future__ import annotations

import ast
import json
from collections.abc import Iterator
from importlib import import_module

from aws_lambda_powertools.utilities.feature_flags.schema import SchemaValidator

from infra.shared.feature_flags import FLAGS
from tests.architecture.repository import DOMAIN, contexts, python_files, tree_of
from tests.infra.templates import Assembly

TOPIC = "arn:aws:sns:ca-central-1:123456789012:skuflow-test-alarms"


def alarm_names(assembly: Assembly) -> set[str]:
    return {alarm.properties["AlarmName"] for alarm in assembly.all("AWS::CloudWatch::Alarm")}


def test_every_alarm_explains_itself_and_is_heard(staging: Assembly) -> None:
    for alarm in staging.all("AWS::CloudWatch::Alarm"):
        assert len(alarm.properties["AlarmDescription"].split()) >= 8, alarm.where
        assert alarm.properties["AlarmActions"] == [TOPIC], alarm.where
        silence = alarm.properties["AlarmName"].endswith("-silent")
        assert alarm.properties["TreatMissingData"] == ("breaching" if silence else "notBreaching"), alarm.where


def test_the_topic_of_the_alarms_exists_under_that_name(staging: Assembly) -> None:
    (topic,) = staging.all("AWS::SNS::Topic")
    assert TOPIC.endswith(f":{topic.properties['TopicName']}")


def test_every_function_has_alarms_for_errors_throttles_and_time(staging: Assembly) -> None:
    functions = {function.properties["FunctionName"] for function in staging.functions.values()}
    wanted = {f"{name}-{kind}" for name in functions for kind in ("errors", "throttles", "duration")}
    assert wanted <= alarm_names(staging)


def test_the_duration_alarm_sounds_before_the_timeout(staging: Assembly) -> None:
    thresholds = {a.properties["AlarmName"]: a.properties["Threshold"] for a in staging.all("AWS::CloudWatch::Alarm")}
    for function in staging.functions.values():
        name, timeout = function.properties["FunctionName"], function.properties["Timeout"]
        assert 0.5 * timeout <= thresholds[f"{name}-duration"] / 1000 < timeout, name


def test_the_api_has_an_alarm_for_its_own_failures(staging: Assembly) -> None:
    assert "skuflow-test-http-api-5xx" in alarm_names(staging)


def test_our_own_metrics_are_the_stages_own_and_alarms_look_at_those(staging: Assembly) -> None:
    namespaces = {staging.environment(f)["POWERTOOLS_METRICS_NAMESPACE"] for f in staging.functions.values()}
    assert namespaces == {"Skuflow/test"}
    watched = [
        (alarm.properties["MetricName"], {item["Name"]: item["Value"] for item in alarm.properties["Dimensions"]})
        for alarm in staging.all("AWS::CloudWatch::Alarm")
        if alarm.properties.get("Namespace") == "Skuflow/test"
    ]
    counted = {
        "WebhooksRefused": ("sync", "receive_shopify_webhook"),
        "SubscriptionsNotBilled": ("billing", "bill_subscriptions"),
        "UsageDrifts": ("billing", "reconcile_usage"),
    }
    expected = [
        ("CircuitOpened", {"service": context, "provider": name})
        for context in contexts()
        for name in set(outbound_names(context))
    ]
    for metric, (context, trigger) in counted.items():
        function = staging.functions[f"{context}/{trigger}"].properties["FunctionName"]
        expected.append((metric, {"service": context, "function": function}))
    assert sorted(map(by_name_and_place, watched)) == sorted(map(by_name_and_place, expected))


def by_name_and_place(metric: tuple[str, dict[str, str]]) -> tuple[str, list[tuple[str, str]]]:
    return metric[0], sorted(metric[1].items())


def test_every_outside_service_that_is_called_has_an_alarm_for_its_circuit(staging: Assembly) -> None:
    """By context: the names that its wiring gives to `outbound_to` and `Service`."""
    asked = {(context, name) for context in contexts() for name in outbound_names(context)}
    watched = {
        (alarm.context, item["Value"])
        for alarm in staging.all("AWS::CloudWatch::Alarm")
        for item in alarm.properties.get("Dimensions", [])
        if item["Name"] == "provider"
    }
    assert watched == asked


def outbound_names(context: str) -> Iterator[str]:
    files = [path for path in python_files(DOMAIN / "skuflow" / context) if "wiring" in path.as_posix()]
    for path in files:
        module = import_module(".".join(path.relative_to(DOMAIN).with_suffix("").parts).removesuffix(".__init__"))
        for node in ast.walk(tree_of(path)):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in {"outbound_to", "Service"}:
                name = node.args[0]
                yield str(name.value if isinstance(name, ast.Constant) else getattr(module, ast.unparse(name)))


def test_what_runs_by_the_clock_has_an_alarm_for_its_silence(staging: Assembly) -> None:
    on_time = {schedule.properties["Name"] for schedule in staging.all("AWS::Scheduler::Schedule")}
    assert {name.removesuffix("-silent") for name in alarm_names(staging) if name.endswith("-silent")} == on_time


def test_every_table_has_an_alarm_for_requests_that_it_turns_away(staging: Assembly) -> None:
    tables = {table.properties["TableName"] for table in staging.all("AWS::DynamoDB::Table")}
    assert {f"{name}-table-throttles" for name in tables} <= alarm_names(staging)


def test_nag_finds_nothing_unaccepted_in_a_test_stage(staging: Assembly) -> None:
    assert staging.faults == []


def test_nag_finds_nothing_unaccepted_in_production(production: Assembly) -> None:
    assert production.faults == []


def test_every_accepted_finding_has_a_reason(staging: Assembly) -> None:
    assert len(staging.accepted) > 0
    assert [rule for rule, reason in staging.accepted if len(reason.split()) < 8] == []


def test_only_findings_that_were_thought_about_are_accepted(staging: Assembly) -> None:
    assert {rule.removeprefix("AwsSolutions-").split("[")[0] for rule, _ in staging.accepted} == {
        "APIG4",
        "COG2",
        "COG8",
        "IAM5",
        "L1",
        "S1",
        "SMG4",
        "SQS3",
    }


def test_the_flags_that_are_deployed_are_flags_that_powertools_can_read(staging: Assembly) -> None:
    (version,) = staging.all("AWS::AppConfig::HostedConfigurationVersion")
    flags = json.loads(version.properties["Content"])
    SchemaValidator(schema=flags).validate()
    assert flags == json.loads(FLAGS.read_text(encoding="utf-8"))
    assert flags["import_accept_suggested_mapping"]["default"] is True
