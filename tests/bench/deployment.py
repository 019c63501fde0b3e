"""What the synthesised production templates say that costs money: functions with their memory and sources, and what is paid for by
the month. Production is the dear one: its tables have keys of their own."""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from local.costs.ledger import Deployment, Function
from tests.infra.templates import Assembly, Resource

STAGE, RESIDENCY, ACCOUNT = "prod", "ca", "123456789012"


def synthesised(directory: Path) -> Assembly:
    """The production stage's cloud assembly, without layers of third-party code."""
    from aws_cdk import App

    from infra.app import assemble, settled_context
    from infra.config import Stage
    from infra.constructs.context_stack import Packages, Site

    app = App(outdir=str(directory), context=settled_context(), analytics_reporting=False)
    assemble(Site(app, Stage(STAGE, RESIDENCY, ACCOUNT), Packages(for_lambda=False)))
    app.synth()
    return Assembly(directory)


def deployment(assembly: Assembly) -> Deployment:
    return Deployment(_functions(assembly), _holdings(assembly))


def _functions(assembly: Assembly) -> dict[str, Function]:
    doors = {function.where: door for door, function in assembly.functions.items()}
    sources: dict[str, Mapping[str, Any]] = {}
    for mapping in assembly.all("AWS::Lambda::EventSourceMapping"):
        function = assembly.target(mapping.stack, mapping.properties["FunctionName"])
        assert function is not None, mapping.where
        sources[doors[function.where]] = mapping.properties
    return {door: _function(f, sources.get(door, {})) for door, f in sorted(assembly.functions.items())}


def _function(function: Resource, source: Mapping[str, Any]) -> Function:
    patterns = source.get("FilterCriteria", {}).get("Filters", [])
    filters = tuple(json.loads(one["Pattern"]) for one in patterns)
    return Function(function.properties["MemorySize"], source.get("BatchSize", 0), filters)


def _holdings(assembly: Assembly) -> dict[str, dict[str, int]]:
    found: dict[str, Counter[str]] = defaultdict(Counter)
    for resource in assembly.all():
        found[resource.context].update(_held(resource))
    return {context: dict(sorted(held.items())) for context, held in sorted(found.items()) if held}


_ONE_EACH = {
    "AWS::KMS::Key": "kms_keys",
    "AWS::SecretsManager::Secret": "secrets",
    "AWS::CloudWatch::Dashboard": "dashboards",
    "AWS::CloudWatch::CompositeAlarm": "composite_alarms",
    "AWS::ApiGatewayV2::Route": "routes",
    "AWS::DynamoDB::Table": "tables",
    "AWS::DynamoDB::GlobalTable": "tables",
}


def _held(resource: Resource) -> dict[str, int]:
    """What a resource counts as; nothing if it is only paid for by use."""
    if resource.type == "AWS::CloudWatch::Alarm":
        return {"alarm_metrics": _metrics_of(resource)}
    if resource.type == "AWS::Scheduler::Schedule":
        return {"daily_starts": starts_a_day(resource.properties["ScheduleExpression"])}
    if resource.type == "AWS::Lambda::EventSourceMapping" and "FilterCriteria" not in resource.properties:
        return {"polled_queues": 1}
    return {_ONE_EACH[resource.type]: 1} if resource.type in _ONE_EACH else {}


def starts_a_day(expression: str) -> int:
    """How often a schedule goes off: `rate(<n> <unit>)`, or `cron` that names one minute, and one hour or all of them. Raises
    ValueError for what this project does not use."""
    if rate := re.fullmatch(r"rate\((\d+) (minute|hour|day)s?\)", expression):
        return _A_DAY[rate[2]] // int(rate[1])
    if cron := re.fullmatch(r"cron\(\d+ (\d+|\*) \* \* \? \*\)", expression):
        return 24 if cron[1] == "*" else 1
    raise ValueError(f"{expression}: tests.bench.deployment cannot tell how often that is")


_A_DAY = {"minute": 1440, "hour": 24, "day": 1}


def _metrics_of(alarm: Resource) -> int:
    """An alarm is paid for by each metric that it looks at; an expression over them is free."""
    return sum("MetricStat" in metric for metric in alarm.properties.get("Metrics", [])) or 1
