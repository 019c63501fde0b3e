"""Least privilege: a role per function, named actions on named things, its own context's stores only."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.architecture.repository import doors
from tests.infra.templates import Assembly, Resource, Statement

DOORS = [f"{context}/{trigger}" for context, trigger in doors()]
WITHOUT_RESOURCES = {"xray:PutTraceSegments", "xray:PutTelemetryRecords", "dynamodb:ListStreams"}
"""Actions for which AWS knows no resource."""

BUCKET = "arn:aws:s3:::skuflow-test-uploads-123456789012-ca-central-1"
OBJECTS = {f"{BUCKET}/{prefix}/*" for prefix in ("uploads", "batches", "rejects", "results", "bulk", "webhooks")}
DOCUMENTS = "arn:aws:s3:::skuflow-test-documents-123456789012-ca-central-1"
OBJECTS.add(f"{DOCUMENTS}/documents/*")
HANDLES_IDEMPOTENCY = {"access/api", "billing/api", "sync/api", "catalog/api", "quality/api"}
CALLS_OUT = {"sync/connect_shop", "sync/process_shopify_webhook", "sync/sync_shop", "sync/read_bulk_result"}
SEES_CIRCUITS = {*CALLS_OUT, "sync/api", "platform/check_health", "access/authorizer", "quality/run_quality_job"}


def statements(assembly: Assembly, door: str) -> list[Statement]:
    return list(assembly.statements(assembly.role_of(assembly.functions[door])))


def policies(assembly: Assembly, door: str) -> list[dict[str, Any]]:
    """The statements of the role of `door`, as they stand in the template."""
    role = assembly.role_of(assembly.functions[door])
    return [
        statement
        for policy in assembly.all("AWS::IAM::Policy")
        if any(assembly.target(policy.stack, attached) == role for attached in policy.properties["Roles"])
        for statement in policy.properties["PolicyDocument"]["Statement"]
    ]


def referred(assembly: Assembly, stack: str, value: Any) -> Iterator[Resource]:
    """Every resource that occurs in `value`."""
    target = assembly.target(stack, value)
    if target is not None:
        yield target
    elif isinstance(value, dict):
        for part in value.values():
            yield from referred(assembly, stack, part)
    elif isinstance(value, list):
        for part in value:
            yield from referred(assembly, stack, part)


def touched(assembly: Assembly, door: str, kind: str) -> set[str]:
    """Names of the resources of the type `kind` that the role of `door` may touch."""
    function = assembly.functions[door]
    names = {"AWS::DynamoDB::Table": "TableName", "AWS::SQS::Queue": "QueueName"}
    return {
        resource.properties[names[kind]]
        for statement in statements(assembly, door)
        for resource in referred(assembly, function.stack, list(statement.resources))
        if resource.type == kind
    }


def test_no_two_functions_share_a_role(staging: Assembly) -> None:
    roles = {staging.role_of(function).where for function in staging.functions.values()}
    assert len(roles) == len(DOORS)


def test_no_role_has_a_policy_that_somebody_else_writes(staging: Assembly) -> None:
    for role in staging.all("AWS::IAM::Role"):
        assert "ManagedPolicyArns" not in role.properties, role.where
        assert "Policies" not in role.properties, role.where


@pytest.mark.parametrize("door", DOORS)
def test_actions_are_spelled_out(staging: Assembly, door: str) -> None:
    assert [a for statement in statements(staging, door) for a in statement.actions if "*" in a] == []


@pytest.mark.parametrize("door", DOORS)
def test_a_wildcard_resource_stands_only_where_aws_has_nothing_narrower(staging: Assembly, door: str) -> None:
    stack = staging.functions[door].stack
    for statement in statements(staging, door):
        wild = {text for r in statement.resources if "*" in (text := staging.text(stack, r))}
        if wild == {"*"}:
            assert set(statement.actions) <= WITHOUT_RESOURCES
        else:
            assert wild <= OBJECTS


@pytest.mark.parametrize("door", DOORS)
def test_tables_are_the_contexts_own(staging: Assembly, door: str) -> None:
    own = {f"skuflow-test-{door.split('/', maxsplit=1)[0]}"}
    if door.startswith("billing/"):
        own.add("skuflow-test-usage")
    if door in HANDLES_IDEMPOTENCY:
        own.add("skuflow-test-idempotency")
    if door in SEES_CIRCUITS:
        own.add("skuflow-test-outbound")
    assert touched(staging, door, "AWS::DynamoDB::Table") <= own


@pytest.mark.parametrize("door", DOORS)
def test_queues_are_the_contexts_own(staging: Assembly, door: str) -> None:
    context = door.split("/", maxsplit=1)[0]
    assert all(name.startswith(f"skuflow-test-{context}-") for name in touched(staging, door, "AWS::SQS::Queue"))


def test_the_catalogue_reads_what_events_point_at_and_billing_keeps_documents_and_that_is_all(
    staging: Assembly,
) -> None:
    of_s3 = {
        (door, action, resource)
        for door in DOORS
        for statement in statements(staging, door)
        for action in statement.actions
        for resource in statement.resources
        if action.startswith("s3:") and not door.startswith("sync/")
    }
    assert of_s3 == {
        ("catalog/apply_product_batch", "s3:GetObject", f"{BUCKET}/batches/*"),
        ("catalog/apply_product_batch", "s3:ListBucket", BUCKET),
        ("catalog/remove_vanished_products", "s3:GetObject", f"{BUCKET}/bulk/*"),
        ("catalog/remove_vanished_products", "s3:ListBucket", BUCKET),
        ("billing/api", "s3:GetObject", f"{DOCUMENTS}/documents/*"),
        ("billing/api", "s3:PutObject", f"{DOCUMENTS}/documents/*"),
        ("billing/api", "s3:ListBucket", DOCUMENTS),
    }


def test_only_table_change_functions_put_events(staging: Assembly) -> None:
    publishers = {door for door in DOORS for s in statements(staging, door) if "events:PutEvents" in s.actions}
    assert publishers == {f"{context}/on_table_change" for context in ("billing", "catalog", "quality", "sync")}


def test_no_function_deletes_uploads(staging: Assembly) -> None:
    assert [door for door in DOORS for s in statements(staging, door) if "s3:DeleteObject" in s.actions] == []


def test_a_key_of_our_own_is_granted_with_every_table_in_production(production: Assembly) -> None:
    for door in DOORS:
        kinds = {a.split(":")[0] for s in statements(production, door) for a in s.actions}
        assert ("kms" in kinds) == ("dynamodb" in kinds), door


def test_the_apps_secret_is_read_by_who_verifies_and_who_calls_and_by_nobody_else(staging: Assembly) -> None:
    readers: dict[str, set[str]] = {}
    for door in DOORS:
        for statement in statements(staging, door):
            if "secretsmanager:GetSecretValue" in statement.actions:
                assert statement.actions == ("secretsmanager:GetSecretValue",), door
                for secret in referred(staging, staging.functions[door].stack, list(statement.resources)):
                    readers.setdefault(secret.properties["Name"].rpartition("/")[2], set()).add(door)
    assert readers == {"client-id": CALLS_OUT, "client-secret": {*CALLS_OUT, "sync/receive_shopify_webhook"}}


def test_tokens_are_decrypted_by_who_calls_shops_and_only_as_those_of_one_shop(staging: Assembly) -> None:
    found = {}
    for door in DOORS:
        for policy in policies(staging, door):
            if "kms:Decrypt" in policy["Action"]:
                assert policy["Action"] == ["kms:Decrypt", "kms:Encrypt"], door
                found[door] = policy["Condition"]
    bound = {"kms:EncryptionContext:client_id": "false", "kms:EncryptionContext:shop": "false"}
    assert {door: condition["Null"] for door, condition in found.items()} == dict.fromkeys(CALLS_OUT, bound)
    context = {"kms:EncryptionContextKeys": ["client_id", "shop"]}
    assert all(condition["ForAllValues:StringEquals"] == context for condition in found.values())
