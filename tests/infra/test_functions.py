"""Every function: its own name, role, log group and limits; the layers it needs and the environment its settings ask for."""

from __future__ import annotations

from dataclasses import fields
from importlib import import_module
from importlib.util import find_spec
from typing import Any

import pytest

from skuflow.platform.settings import names
from tests.architecture.repository import ROOT, doors
from tests.infra.templates import Assembly, Resource

DOORS = [f"{context}/{trigger}" for context, trigger in doors()]
EVERYWHERE = {"SKUFLOW_STAGE", "POWERTOOLS_SERVICE_NAME", "POWERTOOLS_METRICS_NAMESPACE", "LOG_LEVEL"}
SANITISES_HTML = {
    "catalog/api",
    "catalog/apply_product_batch",
    "catalog/apply_product_fixes",
    "quality/record_fix_outcome",
    "quality/run_quality_job",
}
JUDGES_PRODUCTS = {"quality/api", "quality/record_fix_outcome", "quality/run_quality_job"}
CHECKS_TOKENS = {"access/authorizer"}
CALLS_OUT = {"sync/connect_shop", "sync/process_shopify_webhook", "sync/sync_shop", "sync/read_bulk_result"}
LOOKS_AT_PICTURES = {"quality/run_quality_job"}
CONTINUE_THEMSELVES = {
    "billing/plan_billing_run",
    "billing/reconcile_usage",
    "quality/run_quality_job",
    "sync/read_import",
    "sync/process_shopify_webhook",
    "sync/sync_shop",
    "sync/read_bulk_result",
    "catalog/remove_vanished_products",
}
ON_TIME = {
    "billing/start_billing_runs": "cron(5 * * * ? *)",
    "billing/start_reconciliation": "cron(15 3 * * ? *)",
    "catalog/release_expired_reservations": "rate(1 minute)",
    "quality/start_nightly_jobs": "cron(40 1 * * ? *)",
    "sync/run_due_shops": "rate(1 minute)",
}
"""Function that runs by the clock -> when."""


def settings_of(door: str) -> type[Any] | None:
    context, trigger = door.split("/")
    if find_spec(f"skuflow.{context}.wiring") is None:
        return None
    found: type[Any] = import_module(f"skuflow.{context}.wiring").SETTINGS[trigger]
    return found


def layer_names(assembly: Assembly, function: Resource) -> set[str]:
    layers = [assembly.target(function.stack, layer) for layer in function.properties["Layers"]]
    return {layer.properties["LayerName"] for layer in layers if layer is not None}


def expected_layers(door: str) -> set[str]:
    context, trigger = door.split("/")
    names_ = {"layer-core", f"domain-{context}"}
    if trigger == "api":
        names_.add("layer-http")
    if door in SANITISES_HTML:
        names_.add("layer-text")
    if door in CALLS_OUT | CHECKS_TOKENS | LOOKS_AT_PICTURES:
        names_.add("layer-outbound")
    if door in CHECKS_TOKENS:
        names_.add("layer-tokens")
    if door in JUDGES_PRODUCTS:
        names_.add("layer-quality")
    if door == "billing/api":
        names_.add("layer-pdf")
    return {f"skuflow-test-{context}-{name}" for name in names_}


def test_every_folder_is_deployed_and_nothing_else(staging: Assembly) -> None:
    assert set(staging.functions) == set(DOORS)
    assert len(list(staging.all("AWS::Lambda::Function"))) == len(DOORS)


def test_every_function_has_one_infra_file_of_its_own(staging: Assembly) -> None:
    assert all((ROOT / "infra" / f"{door}.py").is_file() for door in staging.functions)


def test_names_follow_context_and_trigger(staging: Assembly) -> None:
    named = {door: function.properties["FunctionName"] for door, function in staging.functions.items()}
    assert named == {door: f"skuflow-test-{door.replace('/', '-').replace('_', '-')}" for door in DOORS}


def test_every_function_runs_python_on_arm_with_limits_and_traces(staging: Assembly) -> None:
    for door, function in staging.functions.items():
        properties = function.properties
        assert properties["Runtime"] == "python3.13", door
        assert properties["Architectures"] == ["arm64"], door
        assert properties["TracingConfig"] == {"Mode": "Active"}, door
        assert 128 < properties["MemorySize"] <= 3008, door
        assert 3 < properties["Timeout"] <= 300, door


def test_http_functions_answer_before_the_gateway_gives_up(staging: Assembly) -> None:
    behind = {
        permission.properties["FunctionName"]["Fn::GetAtt"][0]
        for permission in staging.all("AWS::Lambda::Permission")
        if permission.properties["Principal"] == "apigateway.amazonaws.com"
    }
    serving = [function for function in staging.functions.values() if function.logical_id in behind]
    assert len(serving) >= 6
    assert [function.where for function in serving if function.properties["Timeout"] >= 30] == []


def test_logs_are_json_in_a_group_of_their_own_that_expires(staging: Assembly) -> None:
    groups = set()
    for door, function in staging.functions.items():
        logging = function.properties["LoggingConfig"]
        group = staging.target(function.stack, logging["LogGroup"])
        assert group is not None, door
        assert logging["LogFormat"] == "JSON", door
        assert group.properties["RetentionInDays"] == 30, door
        groups.add(group.where)
    assert len(groups) == len(DOORS)


@pytest.mark.parametrize("door", DOORS)
def test_layers_are_those_the_function_needs(staging: Assembly, door: str) -> None:
    assert layer_names(staging, staging.functions[door]) == expected_layers(door)


@pytest.mark.parametrize("door", DOORS)
def test_the_environment_is_what_the_settings_ask_for(staging: Assembly, door: str) -> None:
    given = set(staging.environment(staging.functions[door]))
    settings = settings_of(door)
    required = set(names(settings)) if settings else set()
    known = {field.name.upper() for field in fields(settings)} if settings else set()
    assert required <= given
    assert given - EVERYWHERE <= known
    assert given >= EVERYWHERE


def test_queue_urls_point_at_the_queues_they_are_named_for(staging: Assembly) -> None:
    expected = {
        ("billing/api", "PLANNING_QUEUE_URL"): "billing-plan-billing-run",
        ("billing/start_billing_runs", "PLANNING_QUEUE_URL"): "billing-plan-billing-run",
        ("billing/plan_billing_run", "BILLING_QUEUE_URL"): "billing-bill-subscriptions",
        ("billing/plan_billing_run", "NUMBERING_QUEUE_URL"): "billing-number-invoices",
        ("billing/bill_subscriptions", "NUMBERING_QUEUE_URL"): "billing-number-invoices",
        ("billing/start_reconciliation", "RECONCILE_QUEUE_URL"): "billing-reconcile-usage",
        ("quality/api", "JOB_QUEUE_URL"): "quality-run-quality-job",
        ("quality/record_fix_outcome", "JOB_QUEUE_URL"): "quality-run-quality-job",
        ("quality/start_nightly_jobs", "JOB_QUEUE_URL"): "quality-run-quality-job",
        ("sync/api", "WORK_QUEUE_URL"): "sync-read-import",
        ("sync/receive_upload", "WORK_QUEUE_URL"): "sync-read-import",
        ("sync/read_import", "WORK_QUEUE_URL"): "sync-read-import",
        ("sync/read_import", "REPORT_QUEUE_URL"): "sync-write-report",
        ("sync/record_batch_outcome", "REPORT_QUEUE_URL"): "sync-write-report",
        ("sync/api", "SHOP_QUEUE_URL"): "sync-sync-shop",
        ("sync/run_due_shops", "SHOP_QUEUE_URL"): "sync-sync-shop",
        ("sync/connect_shop", "SHOP_QUEUE_URL"): "sync-sync-shop",
        ("sync/process_shopify_webhook", "SHOP_QUEUE_URL"): "sync-sync-shop",
        ("sync/sync_shop", "BULK_QUEUE_URL"): "sync-read-bulk-result",
        ("sync/receive_shopify_webhook", "WEBHOOK_QUEUE_URL"): "sync-process-shopify-webhook",
    }
    for door, function in staging.functions.items():
        for name, value in staging.environment(function).items():
            if not name.endswith("_QUEUE_URL"):
                continue
            queue = staging.target(function.stack, value)
            assert queue is not None, (door, name)
            tail = {"DEAD_LETTER_QUEUE_URL": "-dlq", "REJECTS_QUEUE_URL": "-rejects"}.get(name, "")
            own = door.replace("/", "-").replace("_", "-")
            assert queue.properties["QueueName"] == f"skuflow-test-{expected.get((door, name), own + tail)}"


def test_scheduled_functions_never_overlap_themselves(staging: Assembly) -> None:
    on_time = {}
    for schedule in staging.all("AWS::Scheduler::Schedule"):
        function = staging.target(schedule.stack, schedule.properties["Target"]["Arn"])
        door = next(door for door, known in staging.functions.items() if known == function)
        on_time[door] = schedule.properties["ScheduleExpression"]
    assert on_time == ON_TIME
    for door in ON_TIME:
        assert staging.functions[door].properties["ReservedConcurrentExecutions"] == 1
        assert staging.functions[door].properties["Timeout"] < 60


def test_only_functions_that_continue_their_own_work_may_call_themselves(staging: Assembly) -> None:
    allowed = {door for door, f in staging.functions.items() if f.properties.get("RecursiveLoop") == "Allow"}
    assert allowed == CONTINUE_THEMSELVES


def test_who_calls_shops_knows_where_it_lives_itself_and_no_stand_in(staging: Assembly) -> None:
    for door in CALLS_OUT:
        function = staging.functions[door]
        given = staging.environment(function)
        assert staging.text(function.stack, given["PUBLIC_URL"]).startswith("https://"), door
        assert given["SHOPIFY_CLIENT_ID_SECRET"] == "skuflow/test/shopify/client-id", door
        assert given["SHOPIFY_CLIENT_SECRET_SECRET"] == "skuflow/test/shopify/client-secret", door
        assert given["TOKEN_KEY"] == "alias/skuflow-test-tokens", door
        assert not {"PROVIDER_SANDBOX_URL", "OUTBOUND_ALLOW_LOOPBACK"} & set(given), door


def test_bulk_results_are_read_within_half_a_gigabyte(staging: Assembly) -> None:
    assert staging.functions["sync/read_bulk_result"].properties["MemorySize"] == 512
