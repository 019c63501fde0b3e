"""`skuflow status`: a stage at one glance."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

import typer

from local.aws import Aws, embedded
from local.cli.application import HERE, AsJson, InstanceName, StageName, group, instance_named, target
from local.cli.output import Output
from local.operations import shopify_app
from local.operations.functions import Function
from local.operations.queues import Queue
from local.operations.stage_status import StageStatus, stage_status
from local.problems import NEEDS_A_LOOK, LocalProblem, NothingRunning
from local.showing import age, minute
from local.stage import process, sandbox
from local.stage.instance import Instance, find, names
from local.workspace import Workspace

app = group("What a stage is like.")


@app.command()
def status(instance: InstanceName = HERE, stage: StageName = None, as_json: AsJson = False) -> None:
    """Functions, queues, circuits, schedules, last imports and shop runs; and what of it needs a look. Exit code 0: all is well, 3:
    nothing is running, 4: something needs a look.

    Example: skuflow status --stage dev --region ca-central-1 --json
    """
    output = Output(as_json)
    if stage is None:
        aws, document = _here(output, instance)
    else:
        aws = target(instance, stage)
        document = {"stage": stage, "api": _api(aws)}
    seen = stage_status(aws, datetime.now(UTC))
    _show(output, document, seen, instance_named(instance).flag if stage is None else f" --stage {stage}")
    output.result(document | _document(seen))
    if seen.concerns:
        raise typer.Exit(NEEDS_A_LOOK)


def _here(output: Output, instance: str) -> tuple[Aws, dict[str, Any]]:
    """The local platform: how it runs on this machine."""
    found = instance_named(instance)
    others = [name for name in names(Workspace.here()) if name != instance and _runs(name)]
    if not process.is_ready(found):
        output.result({"instance": instance, "running": False, "others": others})
        raise NothingRunning(instance)
    aws = embedded(found)
    return aws, _machine(found, aws) | {"others": others}


def _machine(found: Instance, aws: Aws) -> dict[str, Any]:
    return {
        "instance": found.name,
        "running": True,
        "api": _api(aws),
        "endpoint": found.endpoint,
        "sandbox": found.sandbox if sandbox.is_ready(found) else "not running; start it with: skuflow up",
        "shopify_app": shopify_app.client_id(aws) or "none is set",
        "region": found.region,
        "since": found.started_at,
        "kept": found.kept,
        "pid": found.pid,
        "log": str(found.log),
        "sandbox_log": str(found.sandbox_log),
    }


def _api(aws: Aws) -> str:
    try:
        return aws.api_url()
    except LocalProblem as problem:
        return f"{problem.detail}; {problem.remedy}"


def _document(seen: StageStatus) -> dict[str, Any]:
    return {
        "functions": [asdict(function) for function in seen.functions],
        "queues": [asdict(queue) for queue in seen.queues if not queue.is_dead_end],
        "dead_letters": {queue.name: queue.waiting + queue.in_flight for queue in seen.queues if _is_filled(queue)},
        "circuits": [asdict(circuit) for circuit in seen.circuits],
        "schedules": [asdict(schedule) for schedule in seen.schedules],
        "runs": [asdict(run) for run in seen.runs.runs],
        "clients_left_out": seen.runs.left_out,
        "needs_a_look": [asdict(concern) for concern in seen.concerns],
        "healthy": not seen.concerns,
    }


def _is_filled(queue: Queue) -> bool:
    return queue.is_dead_end and queue.waiting + queue.in_flight > 0


def _show(output: Output, document: dict[str, Any], seen: StageStatus, where: str) -> None:
    output.table(("", ""), [(name, _told(value)) for name, value in document.items()])
    output.say("")
    columns = ("function", "deployed (UTC)", "runs, 1 h", "failed", "throttled", "errors logged")
    output.table(columns, [_function(function) for function in seen.functions], none="no functions: skuflow deploy")
    output.say("")
    rows = [
        (queue.name, queue.waiting, queue.in_flight, queue.delayed, age(queue.oldest_seconds))
        for queue in seen.queues
        if not queue.is_dead_end or _is_filled(queue)
    ]
    output.table(("queue", "waiting", "in flight", "delayed", "oldest"), rows, none="no queues")
    _show_rest(output, seen)
    if seen.concerns:
        output.say("\nneeds a look:")
        for concern in seen.concerns:
            output.say(f"  {concern.what}\n    → {concern.look}{where if 'skuflow ' in concern.look else ''}")
    else:
        output.say("\nall is well: dead-letter queues are empty, nothing failed within the hour")


def _show_rest(output: Output, seen: StageStatus) -> None:
    if seen.circuits:
        output.say("")
        circuits = [
            (one.service, one.account or "all", one.client or "all", one.state, one.failures, one.retry_at or "-")
            for one in seen.circuits
        ]
        output.table(("circuit", "account", "client", "state", "failures", "retry at"), circuits)
    output.say("")
    schedules = [
        (one.name, one.expression, "on" if one.enabled else "off", one.last_run or "-") for one in seen.schedules
    ]
    output.table(("schedule", "runs at", "", "last run"), schedules, none="no schedules")
    output.say("")
    runs = [
        (run.run_id, minute(run.created_at), run.kind, run.what, run.status, run.client_id) for run in seen.runs.runs
    ]
    output.table(("last runs", "at (UTC)", "kind", "of", "status", "client"), runs, none="no imports or shop runs yet")
    if seen.runs.left_out:
        output.say(f"{seen.runs.left_out} more clients were not looked at: skuflow sync imports --client …")


def _function(function: Function) -> tuple[object, ...]:
    counts = (function.runs, function.failed, function.throttled, function.errors)
    return (function.name, minute(function.deployed_at), *counts)


def _told(value: object) -> str:
    if isinstance(value, list):
        return ", ".join(map(str, value)) or "none"
    return ("yes" if value else "no") if isinstance(value, bool) else str(value)


def _runs(name: str) -> bool:
    return process.is_ready(find(Workspace.here(), name))
