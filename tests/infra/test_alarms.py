"""Alarms say what to do, and somebody hears them. cdk-nag finds nothing that was not thought about."""

from __future__ import annotations

import json

from aws_lambda_powertools.utilities.feature_flags.schema import SchemaValidator

from infra.shared.feature_flags import FLAGS
from tests.infra.templates import Assembly

TOPIC = "arn:aws:sns:ca-central-1:123456789012:skuflow-test-alarms"


def alarm_names(assembly: Assembly) -> set[str]:
    return {alarm.properties["AlarmName"] for alarm in assembly.all("AWS::CloudWatch::Alarm")}


def test_every_alarm_explains_itself_and_is_heard(staging: Assembly) -> None:
    for alarm in staging.all("AWS::CloudWatch::Alarm"):
        assert len(alarm.properties["AlarmDescription"].split()) >= 8, alarm.where
        assert alarm.properties["AlarmActions"] == [TOPIC], alarm.where
        assert alarm.properties["TreatMissingData"] == "notBreaching", alarm.where


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
    watched = {
        alarm.properties["MetricName"]: {item["Name"]: item["Value"] for item in alarm.properties["Dimensions"]}
        for alarm in staging.all("AWS::CloudWatch::Alarm")
        if alarm.properties.get("Namespace") == "Skuflow/test"
    }
    receiver = staging.functions["sync/receive_shopify_webhook"].properties["FunctionName"]
    assert watched == {
        "CircuitOpened": {"service": "sync", "provider": "shopify"},
        "WebhooksRefused": {"service": "sync", "function": receiver},
    }


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
