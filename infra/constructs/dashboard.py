"""One dashboard per context, drawn from what the context's constructs made.

From top to bottom: how the functions do, what waits in queues, what was given up, the tables, the routes, the context's own
business. CloudWatch allows 500 metrics in a widget and 2,500 in a dashboard (CloudWatch service quotas); a test counts them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch
from constructs import Construct

from infra.constructs.context_stack import ContextStack

MINUTES = 5
_FULL, _HALF, _THIRD = 24, 12, 8
"""Widths. A dashboard is 24 units wide."""

Measures = Mapping[str, Sequence[str]]
"""Title of a graph -> the metrics of our own that it shows."""

IN_EVERY_CONTEXT: Measures = {
    "Messages and requests": (
        *("EventsPublished", "MessagesPutBack", "MessagesPutAside", "RecordsPutAside", "RequestsFailed"),
    ),
}
"""What the platform counts on behalf of whoever uses it."""

_OUTBOUND = "service,provider,operation,outcome,error"
"""The dimensions of an outbound call, see skuflow.platform.outbound.watching."""


class ContextDashboard(Construct):
    """The dashboard `skuflow-<stage>-<context>` in the stack of the context's functions. `api_id`: the HTTP API's. `business`: what
    the context counts. `whole_api`: the API as a whole is shown here."""

    def __init__(self, stack: ContextStack, *, api_id: str, business: Measures, whole_api: bool = False) -> None:
        super().__init__(stack, "dashboard")
        self._stack, self._parts, self._api_id = stack, stack.parts, api_id
        rows = [self._heading(), *self._functions(), *self._queues(), *self._tables(), *self._routes()]
        rows += [self._whole_api()] if whole_api else []
        rows += [self._business(business), *([self._outbound()] if stack.parts.providers else [])]
        cloudwatch.Dashboard(
            self,
            "Dashboard",
            dashboard_name=stack.stage.named(stack.context),
            default_interval=Duration.hours(12),
            widgets=[row for row in rows if row],
        )

    def _heading(self) -> list[cloudwatch.IWidget]:
        stack = self._stack
        text = (
            f"# {stack.context}, stage {stack.stage.name}\n"
            f"What an alarm means and how to mend it: {stack.stage.runbook('when-an-alarm-rings')}"
        )
        return [cloudwatch.TextWidget(markdown=text, width=_FULL, height=2)]

    def _functions(self) -> list[list[cloudwatch.IWidget]]:
        names = self._parts.functions
        if not names:
            return []
        return [
            [
                self._of_functions("Runs", names, "Invocations", "Sum", _THIRD),
                self._of_functions("Failed runs", names, "Errors", "Sum", _THIRD),
                self._of_functions("Runs turned away", names, "Throttles", "Sum", _THIRD),
            ],
            [
                self._of_functions("Duration, p99, ms", names, "Duration", "p99", _THIRD),
                self._of_functions("Duration, longest, ms", names, "Duration", "Maximum", _THIRD),
                self._of_functions("At once", names, "ConcurrentExecutions", "Maximum", _THIRD),
            ],
        ]

    def _queues(self) -> list[list[cloudwatch.IWidget]]:
        parts = self._parts
        depth = self._of_queues("Messages waiting", parts.queues, "ApproximateNumberOfMessagesVisible", _THIRD)
        under_way = self._of_queues(
            "Messages being worked on", parts.queues, "ApproximateNumberOfMessagesNotVisible", _THIRD
        )
        age = self._of_queues("Oldest message, s", parts.queues, "ApproximateAgeOfOldestMessage", _THIRD)
        given_up = self._of_queues("Given up", parts.ends, "ApproximateNumberOfMessagesVisible", _HALF)
        lag = self._of_functions("Behind the table, ms", parts.readers, "IteratorAge", "Maximum", _HALF)
        return [
            [depth, under_way, age] if parts.queues else [],
            [*([given_up] if parts.ends else []), *([lag] if parts.readers else [])],
        ]

    def _tables(self) -> list[list[cloudwatch.IWidget]]:
        if not self._parts.tables:
            return []
        return [
            [
                self._of_tables("Read units consumed", "ConsumedReadCapacityUnits"),
                self._of_tables("Write units consumed", "ConsumedWriteCapacityUnits"),
                self._of_tables("Requests turned away", "ReadThrottleEvents", "WriteThrottleEvents"),
            ]
        ]

    def _routes(self) -> list[list[cloudwatch.IWidget]]:
        if not self._parts.routes:
            return []
        counted = [
            self._over_routes("requests", "SUM", "Count", "Sum"),
            self._over_routes("4xx", "SUM", "4xx", "Sum"),
            self._over_routes("5xx", "SUM", "5xx", "Sum"),
        ]
        slowest = [
            self._over_routes(f"slowest route, {statistic}", "MAX", "Latency", statistic)
            for statistic in ("p50", "p99")
        ]
        return [[_graph("HTTP answers", counted, _HALF), _graph("HTTP latency, ms", slowest, _HALF)]]

    def _whole_api(self) -> list[cloudwatch.IWidget]:
        place = {"ApiId": self._api_id}
        counted = [_metric("AWS/ApiGateway", name, place, "Sum", name) for name in ("Count", "4xx", "5xx")]
        slow = [
            _metric("AWS/ApiGateway", name, place, statistic, f"{name}, {statistic}")
            for name in ("Latency", "IntegrationLatency")
            for statistic in ("p50", "p99")
        ]
        return [_graph("All HTTP answers", counted, _HALF), _graph("All HTTP latency, ms", slow, _HALF)]

    def _business(self, business: Measures) -> list[cloudwatch.IWidget]:
        """Sums over the context's functions, which are a dimension of every metric of ours."""
        return [
            _graph(title, [self._counted(name) for name in names], _HALF)
            for title, names in (*business.items(), *IN_EVERY_CONTEXT.items())
        ]

    def _outbound(self) -> list[cloudwatch.IWidget]:
        calls = self._search(_OUTBOUND, "OutboundCalls", "Sum")
        slow = self._search(_OUTBOUND, "OutboundDuration", "p99")
        opened = self._search("service,provider", "CircuitOpened", "Sum")
        return [
            _graph("Calls to outside services", [calls], _THIRD),
            _graph("Their duration, p99, ms", [slow], _THIRD),
            _graph("Circuits opened", [opened], _THIRD),
        ]

    def _of_functions(
        self, title: str, names: Sequence[str], metric: str, statistic: str, width: int
    ) -> cloudwatch.GraphWidget:
        prefix = self._stack.stage.named(self._stack.context, "")
        found = [
            _metric("AWS/Lambda", metric, {"FunctionName": name}, statistic, name.removeprefix(prefix))
            for name in names
        ]
        return _graph(title, found, width)

    def _of_queues(self, title: str, names: Sequence[str], metric: str, width: int) -> cloudwatch.GraphWidget:
        prefix = self._stack.stage.named(self._stack.context, "")
        found = [
            _metric("AWS/SQS", metric, {"QueueName": name}, "Maximum", name.removeprefix(prefix)) for name in names
        ]
        return _graph(title, found, width)

    def _of_tables(self, title: str, *metrics: str) -> cloudwatch.GraphWidget:
        """Tables and their indexes, which have units and limits of their own."""
        places = [
            (f"{table}/{index}" if index else table, {"TableName": table, **_index(index)})
            for table, indexes in self._parts.tables.items()
            for index in ("", *indexes)
        ]
        prefix = self._stack.stage.named("")
        found = [
            _metric("AWS/DynamoDB", metric, place, "Sum", f"{name.removeprefix(prefix)} {metric}")
            for name, place in places
            for metric in metrics
        ]
        return _graph(title, found, _THIRD)

    def _over_routes(self, label: str, fold: str, metric: str, statistic: str) -> cloudwatch.MathExpression:
        routes = {
            f"m_{metric}_{statistic}_{number}": _metric(
                "AWS/ApiGateway",
                metric,
                {"ApiId": self._api_id, "Stage": "$default", "Method": method, "Resource": path},
                statistic,
                f"{method} {path}",
            )
            for number, (method, path) in enumerate(self._parts.routes)
        }
        return cloudwatch.MathExpression(
            expression=f"{fold}([{', '.join(routes)}])",
            using_metrics=routes,
            label=label,
            period=Duration.minutes(MINUTES),
        )

    def _counted(self, metric: str) -> cloudwatch.MathExpression:
        return cloudwatch.MathExpression(
            expression=f"SUM({self._searched('service,function', metric, 'Sum')})",
            using_metrics={},
            label=metric,
            period=Duration.minutes(MINUTES),
        )

    def _search(self, dimensions: str, metric: str, statistic: str) -> cloudwatch.MathExpression:
        return cloudwatch.MathExpression(
            expression=self._searched(dimensions, metric, statistic),
            using_metrics={},
            label="",
            period=Duration.minutes(MINUTES),
        )

    def _searched(self, dimensions: str, metric: str, statistic: str) -> str:
        """A search for our own metric, whatever the values of its `dimensions` (CloudWatch, "Search expression syntax")."""
        space = f"{{{self._stack.stage.metrics},{dimensions}}}"
        return f"SEARCH('{space} MetricName=\"{metric}\" service=\"{self._stack.context}\"', '{statistic}', {MINUTES * 60})"


def _index(name: str) -> dict[str, str]:
    return {"GlobalSecondaryIndexName": name} if name else {}


def _metric(namespace: str, name: str, dimensions: Mapping[str, str], statistic: str, label: str) -> cloudwatch.Metric:
    return cloudwatch.Metric(
        namespace=namespace,
        metric_name=name,
        dimensions_map=dict(dimensions),
        statistic=statistic,
        period=Duration.minutes(MINUTES),
        label=label,
    )


def _graph(title: str, metrics: Sequence[cloudwatch.IMetric], width: int) -> cloudwatch.GraphWidget:
    return cloudwatch.GraphWidget(title=title, left=list(metrics), width=width, height=6)
