"""What is kept: tables, the bucket, the bus's archive; protected in production, expired where it must be."""

from __future__ import annotations

from inspect import getmembers
from typing import Any

import pytest
from pynamodb.attributes import Attribute
from pynamodb.indexes import GlobalSecondaryIndex
from pynamodb.models import Model

from skuflow.access.store import AccessItem
from skuflow.billing.store import BillingItem
from skuflow.billing.usage_store import UsageItem
from skuflow.catalog.store import CatalogItem
from skuflow.quality.store import QualityItem
from skuflow.sync.store import SyncItem
from tests.infra.rules import STATEFUL
from tests.infra.templates import Assembly, Resource

MODELS: dict[str, type[Model]] = {
    "skuflow-test-access": AccessItem,
    "skuflow-test-billing": BillingItem,
    "skuflow-test-catalog": CatalogItem,
    "skuflow-test-quality": QualityItem,
    "skuflow-test-sync": SyncItem,
    "skuflow-test-usage": UsageItem,
}
"""Table -> the model whose store queries it."""


def tables(assembly: Assembly) -> dict[str, Resource]:
    return {table.properties["TableName"]: table for table in assembly.all("AWS::DynamoDB::Table")}


def keys_of(schema: list[dict[str, str]]) -> list[str]:
    return [part["AttributeName"] for part in sorted(schema, key=lambda part: part["KeyType"] != "HASH")]


def buckets(assembly: Assembly) -> dict[str, Resource]:
    """By the part of their names that says what they hold."""
    return {bucket.properties["BucketName"].split("-")[2]: bucket for bucket in assembly.all("AWS::S3::Bucket")}


def bucket_of(assembly: Assembly) -> Resource:
    """The one of uploads."""
    return buckets(assembly)["uploads"]


def statement_of(policy: Resource, effect: str) -> list[dict[str, Any]]:
    return [s for s in policy.properties["PolicyDocument"]["Statement"] if s["Effect"] == effect]


def keys_asked_for(holder: type[Any]) -> list[str]:
    """Names of the partition and the sort key that a PynamoDB model or index declares."""
    attributes = [value for _, value in getmembers(holder, lambda value: isinstance(value, Attribute))]
    keys = [attribute for attribute in attributes if attribute.is_hash_key or attribute.is_range_key]
    return [str(attribute.attr_name) for attribute in sorted(keys, key=lambda key: not key.is_hash_key)]


def indexes_asked_for(model: type[Model]) -> dict[str, list[str]]:
    indexes = [value for _, value in getmembers(model, lambda value: isinstance(value, GlobalSecondaryIndex))]
    return {index.Meta.index_name: keys_asked_for(type(index)) for index in indexes}


@pytest.mark.parametrize("name", MODELS)
def test_a_table_has_the_keys_and_indexes_that_its_store_queries(staging: Assembly, name: str) -> None:
    table = tables(staging)[name]
    indexes = table.properties.get("GlobalSecondaryIndexes", [])
    assert keys_of(table.properties["KeySchema"]) == keys_asked_for(MODELS[name]) == ["pk", "sk"]
    assert {index["IndexName"]: keys_of(index["KeySchema"]) for index in indexes} == indexes_asked_for(MODELS[name])
    assert all(index["Projection"] == {"ProjectionType": "KEYS_ONLY"} for index in indexes)


def test_the_idempotency_table_is_laid_out_as_powertools_expects(staging: Assembly) -> None:
    table = tables(staging)["skuflow-test-idempotency"]
    assert keys_of(table.properties["KeySchema"]) == ["id"]
    assert table.properties["TimeToLiveSpecification"]["AttributeName"] == "expiration"


def test_the_table_of_circuits_and_rates_expires_and_tells_nobody(staging: Assembly) -> None:
    table = tables(staging)["skuflow-test-outbound"]
    assert keys_of(table.properties["KeySchema"]) == ["pk", "sk"]
    assert "StreamSpecification" not in table.properties
    assert table.stack == "skuflow-test-shared"


def test_the_apps_credentials_are_made_without_a_value(staging: Assembly) -> None:
    """A deployment must not put back what an operator has set."""
    secrets = {secret.properties["Name"]: secret for secret in staging.all("AWS::SecretsManager::Secret")}
    assert set(secrets) == {"skuflow/test/shopify/client-id", "skuflow/test/shopify/client-secret"}
    assert all(not {"SecretString", "GenerateSecretString"} & set(s.properties) for s in secrets.values())
    assert all(secret.stack == "skuflow-test-sync-data" for secret in secrets.values())


def test_the_key_of_the_tokens_is_rotated_in_every_stage(staging: Assembly) -> None:
    (key,) = staging.all("AWS::KMS::Key")
    assert key.properties["EnableKeyRotation"] is True
    (alias,) = staging.all("AWS::KMS::Alias")
    assert alias.properties["AliasName"] == "alias/skuflow-test-tokens"


def test_no_table_is_without_a_store(staging: Assembly) -> None:
    assert set(tables(staging)) == {*MODELS, "skuflow-test-idempotency", "skuflow-test-outbound"}
    assert {a["AttributeType"] for t in tables(staging).values() for a in t.properties["AttributeDefinitions"]} == {"S"}


def test_tables_recover_expire_and_are_paid_by_use(staging: Assembly) -> None:
    for name, table in tables(staging).items():
        properties = table.properties
        expiry = "expiration" if name.endswith("idempotency") else "expires_at"
        assert properties["BillingMode"] == "PAY_PER_REQUEST", name
        assert properties["PointInTimeRecoverySpecification"]["PointInTimeRecoveryEnabled"] is True, name
        assert properties["TimeToLiveSpecification"] == {"AttributeName": expiry, "Enabled": True}, name
        assert properties["SSESpecification"]["SSEEnabled"] is True, name


def test_tables_that_publish_show_both_images_in_their_stream(staging: Assembly) -> None:
    streams = {name: t.properties.get("StreamSpecification") for name, t in tables(staging).items()}
    both = {"StreamViewType": "NEW_AND_OLD_IMAGES"}
    publishing = {f"skuflow-test-{context}" for context in ("billing", "catalog", "quality", "sync")}
    assert {name for name, stream in streams.items() if stream == both} == publishing


def test_stores_live_apart_from_functions(staging: Assembly) -> None:
    with_stores = {resource.stack for resource in staging.all("AWS::DynamoDB::Table", "AWS::S3::Bucket")}
    with_functions = {function.stack for function in staging.functions.values()}
    assert with_stores & with_functions == set()


def test_data_stacks_do_not_wait_for_function_stacks(staging: Assembly) -> None:
    functions = {function.stack for function in staging.functions.values()}
    for name in set(staging.stacks) - functions:
        assert set(staging.stacks[name].get("dependencies", [])) & functions == set(), name


def test_production_keeps_whatever_holds_state(production: Assembly) -> None:
    lost = [resource.where for resource in production.all(*STATEFUL) if not resource.retained]
    assert lost == []


def test_production_protects_tables_and_stacks_and_uses_its_own_keys(production: Assembly) -> None:
    for name, table in tables(production).items():
        assert table.properties["DeletionProtectionEnabled"] is True, name
        assert table.properties["SSESpecification"]["SSEType"] == "KMS", name
        assert "KMSMasterKeyId" in table.properties["SSESpecification"], name
    assert all(key.properties["EnableKeyRotation"] for key in production.all("AWS::KMS::Key"))
    assert all(stack["properties"]["terminationProtection"] for stack in production.stacks.values())


def test_other_stages_leave_nothing_behind(staging: Assembly) -> None:
    assert [resource.where for resource in staging.all(*STATEFUL) if resource.retained] == []


def test_buckets_are_private_encrypted_and_tls_only(staging: Assembly) -> None:
    assert set(buckets(staging)) == {"documents", "uploads"}
    for bucket in buckets(staging).values():
        assert set(bucket.properties["PublicAccessBlockConfiguration"].values()) == {True}
        assert "BucketEncryption" in bucket.properties
        (policy,) = (p for p in staging.all("AWS::S3::BucketPolicy") if p.stack == bucket.stack)
        assert statement_of(policy, "Allow") == []
        (denial,) = statement_of(policy, "Deny")
        assert denial["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}


def test_uploads_and_what_is_made_of_them_expire(staging: Assembly) -> None:
    rules = bucket_of(staging).properties["LifecycleConfiguration"]["Rules"]
    days = {rule["Prefix"]: rule["ExpirationInDays"] for rule in rules if "ExpirationInDays" in rule}
    assert days == {"uploads/": 30, "results/": 30, "webhooks/": 14, "batches/": 7, "bulk/": 7, "rejects/": 7}
    assert any(rule.get("AbortIncompleteMultipartUpload") for rule in rules)


def test_the_bucket_announces_uploads_alone_to_the_queue_that_inspects_them(staging: Assembly) -> None:
    bucket = bucket_of(staging)
    (announcement,) = bucket.properties["NotificationConfiguration"]["QueueConfigurations"]
    queue = staging.target(bucket.stack, announcement["Queue"])
    assert queue is not None
    assert queue.properties["QueueName"] == "skuflow-test-sync-receive-upload"
    assert announcement["Event"] == "s3:ObjectCreated:*"
    assert announcement["Filter"]["S3Key"]["Rules"] == [{"Name": "prefix", "Value": "uploads/"}]


def test_the_queue_lets_in_that_bucket_of_this_account_and_exists_before_it(staging: Assembly) -> None:
    bucket = bucket_of(staging)
    policies = [p for p in staging.all("AWS::SQS::QueuePolicy") if p.stack == bucket.stack and statement_of(p, "Allow")]
    (policy,) = policies
    (grant,) = statement_of(policy, "Allow")
    assert grant["Principal"] == {"Service": "s3.amazonaws.com"}
    assert grant["Action"] == "sqs:SendMessage"
    assert grant["Condition"] == {
        "ArnEquals": {"aws:SourceArn": f"arn:aws:s3:::{bucket.properties['BucketName']}"},
        "StringEquals": {"aws:SourceAccount": "123456789012"},
    }
    assert policy.logical_id in bucket.body["DependsOn"]


def test_nothing_needs_a_helper_function_of_cdk(staging: Assembly) -> None:
    assert [r.where for r in staging.all() if r.type.startswith(("Custom::", "AWS::CloudFormation::Custom"))] == []


def test_every_event_is_archived_for_replay(staging: Assembly) -> None:
    (archive,) = staging.all("AWS::Events::Archive")
    bus = staging.target(archive.stack, archive.properties["SourceArn"])
    assert bus is not None
    assert bus.properties["Name"] == "skuflow-test"
    assert archive.properties["EventPattern"] == {"source": [{"prefix": "skuflow."}]}
