"""A dashboard per context shows all that there is of it, and what it counts of its business, within CloudWatch's limits."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from infra.dashboards import BUSINESS
from tests.architecture.repository import DOMAIN, FUNCTIONS, contexts, python_files, tree_of
from tests.infra.templates import Assembly

METRICS_PER_WIDGET = 500
METRICS_PER_DASHBOARD = 2500
WIDGETS_PER_DASHBOARD = 500
SEARCHES_PER_WIDGET = 100
"""CloudWatch, "Service quotas" and "Search expression syntax"."""

OF_FUNCTIONS = {"Invocations", "Errors", "Duration", "Throttles", "ConcurrentExecutions"}
OF_QUEUES = {"ApproximateNumberOfMessagesVisible", "ApproximateAgeOfOldestMessage"}
OF_TABLES = {
    *("ConsumedReadCapacityUnits", "ConsumedWriteCapacityUnits"),
    *("ReadThrottleEvents", "WriteThrottleEvents"),
}
COUNTED_BY_NAME = {"ShopSyncsCompleted", "ShopSyncsFailed", "ShopSyncsCancelled"}
"""`count(f"ShopSyncs{…}")`: one for each way in which a run may end."""


def dashboards(assembly: Assembly) -> dict[str, Any]:
    """Context -> body of its dashboard."""
    found = {}
    for dashboard in assembly.all("AWS::CloudWatch::Dashboard"):
        body = assembly.text(dashboard.stack, dashboard.properties["DashboardBody"])
        found[dashboard.properties["DashboardName"].rpartition("-")[2]] = json.loads(body)
    return found


def metrics(body: Any) -> Iterator[tuple[str, str, dict[str, str]]]:
    """(namespace, metric, dimensions) of every metric that is named; CloudWatch's `.` shorthand is filled in."""
    for widget in body["widgets"]:
        before: list[Any] = []
        for row in widget["properties"].get("metrics", []):
            fields = [part for part in row if isinstance(part, str)]
            if not fields:
                continue
            if fields[0] == "...":
                fields = [*before[:-1], fields[-1]]
            fields = [before[at] if part == "." else part for at, part in enumerate(fields)]
            before = fields
            yield fields[0], fields[1], dict(zip(fields[2::2], fields[3::2], strict=True))


def expressions(widget: Any) -> list[str]:
    rows = widget["properties"].get("metrics", [])
    return [part["expression"] for row in rows for part in row if isinstance(part, dict) and "expression" in part]


def shown(body: Any, dimension: str, among: set[str]) -> dict[str, set[str]]:
    """Metric -> the things whose metric it is, by the value of their `dimension`."""
    found: dict[str, set[str]] = {name: set() for name in among}
    for _, name, dimensions in metrics(body):
        if name in among and dimension in dimensions:
            found[name].add(dimensions[dimension])
    return found


@cache
def counted(context: str) -> frozenset[str]:
    """The metrics that the context's own code counts, read from its calls of `count` and `count_many`."""
    rooms = DOMAIN / "skuflow" / context if context in contexts() else FUNCTIONS / context
    return counted_in(*{folder for folder in (rooms, FUNCTIONS / context) if folder.is_dir()})


def counted_in(*folders: Path) -> frozenset[str]:
    found: set[str] = set()
    for path in python_files(*folders):
        calls = (node for node in ast.walk(tree_of(path)) if isinstance(node, ast.Call))
        for call in calls:
            name = call.func.id if isinstance(call.func, ast.Name) else ""
            if name == "count" and call.args and isinstance(call.args[0], ast.Constant):
                found |= {call.args[0].value} if isinstance(call.args[0].value, str) else set()
            elif name == "count" and call.args and isinstance(call.args[0], ast.JoinedStr):
                found |= COUNTED_BY_NAME
            elif name == "count_many":
                found |= {word.arg for word in call.keywords if word.arg} or spelled_out(path)
    return frozenset(found)


def spelled_out(path: Path) -> set[str]:
    """Names in a file that looks like those of metrics, for `count_many(**counts)`."""
    keys = (node for node in ast.walk(tree_of(path)) if isinstance(node, ast.Dict))
    texts = {key.value for node in keys for key in node.keys if isinstance(key, ast.Constant)}
    return {text for text in texts if isinstance(text, str) and re.fullmatch(r"(?:[A-Z][a-z]+){2,}", text)}


def test_every_context_has_a_dashboard_of_its_name(staging: Assembly) -> None:
    assert set(dashboards(staging)) == {*contexts(), "platform", "shared"}
    names = {d.properties["DashboardName"] for d in staging.all("AWS::CloudWatch::Dashboard")}
    assert all(re.fullmatch(r"[A-Za-z0-9_-]{1,255}", name) for name in names)


def test_a_dashboard_shows_every_function_of_its_context(staging: Assembly) -> None:
    for context, body in dashboards(staging).items():
        own = {f.properties["FunctionName"] for f in staging.functions.values() if f.context == context}
        assert shown(body, "FunctionName", OF_FUNCTIONS) == dict.fromkeys(OF_FUNCTIONS, own), context


def test_a_dashboard_shows_every_queue_and_what_was_given_up(staging: Assembly) -> None:
    for context, body in dashboards(staging).items():
        own = {q.properties["QueueName"] for q in staging.all("AWS::SQS::Queue") if q.context == context}
        worked = {name for name in own if not name.endswith(("-dlq", "-rejects"))}
        found = shown(body, "QueueName", OF_QUEUES)
        assert found["ApproximateNumberOfMessagesVisible"] == own, context
        assert found["ApproximateAgeOfOldestMessage"] == worked, context


def test_a_dashboard_shows_units_and_throttles_of_every_table_and_index(staging: Assembly) -> None:
    for context, body in dashboards(staging).items():
        tables = [t for t in staging.all("AWS::DynamoDB::Table") if t.context == context]
        places = {(t.properties["TableName"], "") for t in tables}
        for table in tables:
            for index in table.properties.get("GlobalSecondaryIndexes", []):
                places.add((table.properties["TableName"], index["IndexName"]))
        for metric in OF_TABLES:
            found = {
                (d["TableName"], d.get("GlobalSecondaryIndexName", ""))
                for _, name, d in metrics(body)
                if name == metric
            }
            assert found == places, (context, metric)


def test_a_dashboard_shows_how_far_readers_are_behind(staging: Assembly) -> None:
    readers = {f.properties["FunctionName"] for _, f, _ in staging.sources(of="AWS::DynamoDB::Table")}
    found = {
        name
        for body in dashboards(staging).values()
        for name in shown(body, "FunctionName", {"IteratorAge"})["IteratorAge"]
    }
    assert found == readers


def test_a_dashboard_shows_answers_and_latency_of_its_routes(staging: Assembly) -> None:
    on_gateway: dict[str, set[str]] = {}
    for route in staging.all("AWS::ApiGatewayV2::Route"):
        if route.properties["RouteKey"] != "$default":
            on_gateway.setdefault(route.context, set()).add(route.properties["RouteKey"])
    for context, body in dashboards(staging).items():
        for metric in ("Count", "4xx", "5xx", "Latency"):
            found = {
                f"{d['Method']} {d['Resource']}" for _, name, d in metrics(body) if name == metric and "Method" in d
            }
            assert found == on_gateway.get(context, set()), (context, metric)


def test_the_api_as_a_whole_is_shown_beside_what_is_shared(staging: Assembly) -> None:
    (api,) = staging.all("AWS::ApiGatewayV2::Api")
    found = {name for _, name, d in metrics(dashboards(staging)["shared"]) if d == {"ApiId": f"<{api.logical_id}>"}}
    assert found == {"Count", "4xx", "5xx", "Latency", "IntegrationLatency"}


@pytest.mark.parametrize("context", sorted(BUSINESS))
def test_a_dashboard_shows_what_its_context_counts(staging: Assembly, context: str) -> None:
    """Mend in infra/dashboards.py."""
    listed = [name for names in BUSINESS[context].values() for name in names]
    assert len(listed) == len(set(listed))
    assert set(listed) == counted(context)
    asked = [e for widget in dashboards(staging)[context]["widgets"] for e in expressions(widget)]
    for name in listed:
        mine = [e for e in asked if f'MetricName="{name}"' in e]
        assert mine == [
            f"SUM(SEARCH('{{Skuflow/test,service,function}} MetricName=\"{name}\" service=\"{context}\"', 'Sum', 300))"
        ]


def test_a_dashboard_shows_what_the_platform_counts_for_every_context(staging: Assembly) -> None:
    for context, body in dashboards(staging).items():
        asked = " ".join(e for widget in body["widgets"] for e in expressions(widget))
        missing = [name for name in counted_in(DOMAIN / "skuflow" / "platform") if f'MetricName="{name}"' not in asked]
        assert missing == [], context


def test_calls_to_outside_services_are_shown_where_there_are_any(staging: Assembly) -> None:
    calling = {
        alarm.context
        for alarm in staging.all("AWS::CloudWatch::Alarm")
        if alarm.properties.get("MetricName") == "CircuitOpened"
    }
    assert calling
    for context, body in dashboards(staging).items():
        asked = " ".join(e for widget in body["widgets"] for e in expressions(widget))
        searched = {name for name in ("OutboundCalls", "OutboundDuration", "CircuitOpened") if f'"{name}"' in asked}
        assert searched == ({"OutboundCalls", "OutboundDuration", "CircuitOpened"} if context in calling else set())


@pytest.mark.parametrize("stage", ["staging", "production"])
def test_dashboards_stay_within_cloudwatchs_limits(stage: str, request: pytest.FixtureRequest) -> None:
    for context, body in dashboards(request.getfixturevalue(stage)).items():
        rows = [len(widget["properties"].get("metrics", [])) for widget in body["widgets"]]
        assert max(rows) <= METRICS_PER_WIDGET, context
        assert sum(rows) <= METRICS_PER_DASHBOARD, context
        assert len(rows) <= WIDGETS_PER_DASHBOARD, context
        for widget in body["widgets"]:
            searches = [e for e in expressions(widget) if "SEARCH" in e]
            assert len(searches) <= SEARCHES_PER_WIDGET, context
            assert all(len(e) <= 1024 for e in searches), context
            assert widget["x"] + widget["width"] <= 24, (context, widget)


def test_no_graph_is_empty(staging: Assembly) -> None:
    for context, body in dashboards(staging).items():
        graphs = [widget for widget in body["widgets"] if widget["type"] == "metric"]
        assert [w["properties"]["title"] for w in graphs if not w["properties"].get("metrics")] == [], context
