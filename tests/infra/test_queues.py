"""Every queue: encrypted, TLS only, with an end of the line that sounds an alarm; every consumer reports its failures."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from infra.constructs.event_consumer import VISIBILITY_FACTOR
from tests.infra.templates import Assembly, Resource

ENDS = ("-dlq", "-rejects")
CONSUMERS = {
    "billing/record_job",
    "billing/bill_subscriptions",
    "billing/number_invoices",
    "billing/plan_billing_run",
    "billing/reconcile_usage",
    "sync/receive_upload",
    "sync/read_import",
    "sync/record_batch_outcome",
    "sync/write_report",
    "sync/process_shopify_webhook",
    "sync/sync_shop",
    "sync/read_bulk_result",
    "catalog/apply_product_batch",
    "catalog/apply_product_fixes",
    "catalog/remove_vanished_products",
    "quality/record_fix_outcome",
    "quality/record_product",
    "quality/run_quality_job",
}
STREAM_READERS = {
    "sync/on_table_change",
    "catalog/on_table_change",
    "catalog/update_projections",
    "quality/on_table_change",
    "billing/on_table_change",
}
SUBSCRIPTIONS = {
    "skuflow-test-billing-record-job": ("skuflow.quality", ["JobCompleted"]),
    "skuflow-test-sync-record-batch-outcome": ("skuflow.catalog", ["ProductBatchApplied", "SourceProductsRemoved"]),
    "skuflow-test-catalog-apply-product-batch": ("skuflow.sync", ["ProductBatchReady"]),
    "skuflow-test-catalog-apply-product-fixes": ("skuflow.quality", ["ProductFixesDecided"]),
    "skuflow-test-catalog-remove-vanished-products": ("skuflow.sync", ["SourceProductsGone", "SourceSnapshotRead"]),
    "skuflow-test-quality-record-fix-outcome": ("skuflow.catalog", ["ProductFixesApplied"]),
    "skuflow-test-quality-record-product": ("skuflow.catalog", ["ProductChanged", "ProductRemoved"]),
}


def queues(assembly: Assembly) -> Iterator[tuple[str, Resource]]:
    for queue in assembly.all("AWS::SQS::Queue"):
        yield queue.properties["QueueName"], queue


def door_of(assembly: Assembly, function: Resource) -> str:
    return next(door for door, known in assembly.functions.items() if known == function)


def alarmed(assembly: Assembly, metric: str, dimension: str) -> set[str]:
    return {
        item["Value"]
        for alarm in assembly.all("AWS::CloudWatch::Alarm")
        if alarm.properties.get("MetricName") == metric
        for item in alarm.properties["Dimensions"]
        if item["Name"] == dimension
    }


def test_every_queue_is_encrypted_and_keeps_messages_as_long_as_it_can(staging: Assembly) -> None:
    for name, queue in queues(staging):
        assert queue.properties["SqsManagedSseEnabled"] is True, name
        assert queue.properties["MessageRetentionPeriod"] == 14 * 24 * 3600, name


def test_every_queue_refuses_plain_http(staging: Assembly) -> None:
    guarded = set()
    for policy in staging.all("AWS::SQS::QueuePolicy"):
        for statement in policy.properties["PolicyDocument"]["Statement"]:
            if statement["Effect"] == "Deny":
                assert statement["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
                targets = [staging.target(policy.stack, queue) for queue in policy.properties["Queues"]]
                guarded |= {queue.where for queue in targets if queue}
    assert guarded == {queue.where for _, queue in queues(staging)}


def test_every_queue_with_a_consumer_has_a_dead_letter_queue_of_its_own(staging: Assembly) -> None:
    for name, queue in queues(staging):
        if name.endswith(ENDS):
            assert "RedrivePolicy" not in queue.properties, name
            continue
        policy = queue.properties["RedrivePolicy"]
        dead_letters = staging.target(queue.stack, policy["deadLetterTargetArn"])
        assert dead_letters is not None, name
        assert dead_letters.properties["QueueName"] == f"{name}-dlq"
        assert policy["maxReceiveCount"] >= 3, name


def test_an_alarm_sounds_when_something_is_given_up(staging: Assembly) -> None:
    watched = alarmed(staging, "ApproximateNumberOfMessagesVisible", "QueueName")
    assert watched == {name for name, _ in queues(staging) if name.endswith(ENDS)}


def test_an_alarm_sounds_when_work_waits_too_long(staging: Assembly) -> None:
    watched = alarmed(staging, "ApproximateAgeOfOldestMessage", "QueueName")
    assert watched == {name for name, _ in queues(staging) if not name.endswith(ENDS)}


def test_every_queue_that_is_worked_off_has_one_consumer(staging: Assembly) -> None:
    fed = {
        (door_of(staging, function), source.properties["QueueName"])
        for _, function, source in staging.sources(of="AWS::SQS::Queue")
    }
    assert {door for door, _ in fed} == CONSUMERS
    assert {name for _, name in fed} == {name for name, _ in queues(staging) if not name.endswith(ENDS)}


def test_every_consumer_reports_single_failures_and_has_a_ceiling(staging: Assembly) -> None:
    for mapping, function, _ in staging.sources(of="AWS::SQS::Queue"):
        assert mapping.properties["FunctionResponseTypes"] == ["ReportBatchItemFailures"], function.where
        assert 2 <= mapping.properties["ScalingConfig"]["MaximumConcurrency"] <= 20, function.where


def test_a_message_stays_hidden_six_times_as_long_as_its_consumer_may_take(staging: Assembly) -> None:
    assert VISIBILITY_FACTOR == 6
    for _, function, queue in staging.sources(of="AWS::SQS::Queue"):
        assert queue.properties["VisibilityTimeout"] >= 6 * function.properties["Timeout"], function.where


def test_streams_are_read_in_order_until_the_records_expire(staging: Assembly) -> None:
    readers = set()
    for mapping, function, table in staging.sources(of="AWS::DynamoDB::Table"):
        properties = mapping.properties
        assert properties["StartingPosition"] == "TRIM_HORIZON"
        assert properties["MaximumRetryAttempts"] == -1
        assert properties["BisectBatchOnFunctionError"] is False
        assert "FunctionResponseTypes" not in properties
        assert properties["MaximumRecordAgeInSeconds"] == 23 * 3600
        lost = staging.target(mapping.stack, properties["DestinationConfig"]["OnFailure"]["Destination"])
        assert lost is not None
        assert lost.properties["QueueName"] == function.properties["FunctionName"] + "-dlq"
        assert table.context == function.context
        readers.add(door_of(staging, function))
    assert readers == STREAM_READERS


def test_a_table_has_no_more_readers_than_dynamodb_serves_well(staging: Assembly) -> None:
    """Two readers of one stream shard are served without throttling."""
    tables = [table.where for _, _, table in staging.sources(of="AWS::DynamoDB::Table")]
    assert max(tables.count(table) for table in tables) <= 2


def test_an_alarm_sounds_when_a_stream_is_not_keeping_up(staging: Assembly) -> None:
    watched = alarmed(staging, "IteratorAge", "FunctionName")
    assert watched == {staging.functions[door].properties["FunctionName"] for door in STREAM_READERS}


def test_events_reach_the_queues_that_ask_for_them(staging: Assembly) -> None:
    found = {}
    for rule in staging.all("AWS::Events::Rule"):
        pattern = rule.properties["EventPattern"]
        (target,) = rule.properties["Targets"]
        queue = staging.target(rule.stack, target["Arn"])
        undelivered = staging.target(rule.stack, target["DeadLetterConfig"]["Arn"])
        assert queue is not None
        assert undelivered is not None
        assert undelivered.properties["QueueName"] == queue.properties["QueueName"] + "-dlq"
        (source,) = pattern["source"]
        found[queue.properties["QueueName"]] = (source, pattern["detail-type"])
    assert found == SUBSCRIPTIONS


@pytest.mark.parametrize(("name", "subscription"), SUBSCRIPTIONS.items())
def test_subscribed_events_have_a_contract(name: str, subscription: tuple[str, list[str]]) -> None:
    """The event that `name` waits for is one that its publisher's contract module defines."""
    source, events = subscription
    contracts = __import__(f"skuflow.contracts.{source.removeprefix('skuflow.')}", fromlist=["SOURCE"])
    assert source == contracts.SOURCE
    assert all(hasattr(contracts, event) for event in events), name
