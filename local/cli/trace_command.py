"""`skuflow trace`: the whole path of one request, webhook, import or event."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any

import typer

from local.cli.application import HERE, AsJson, InstanceName, StageName, group, target
from local.cli.moments import span, word
from local.cli.output import Output
from local.operations.replay import consumers
from local.operations.trace import Carried, Step, Trace, as_json, trace
from local.operations.trace_tree import Row, missing, rows, told
from local.problems import NEEDS_A_LOOK
from local.showing import plain

app = group("Traces.")


Asked = Annotated[
    str,
    typer.Argument(
        metavar="ID", help="Of a request (X-Correlation-Id), webhook, event (evt_…), import (imp_…), run (run_…) …"
    ),
]
Since = Annotated[str, typer.Option(help="How far back to look: 15m, 2h, 7d.")]
Events = Annotated[
    bool | None,
    typer.Option(
        "--events/--no-events", help="Read the bus archive, too.", show_default="yes here; no on a real account"
    ),
]


@app.command("trace")
def trace_command(
    asked: Asked,
    *,
    since: Since = "1d",
    events: Events = None,
    instance: InstanceName = HERE,
    stage: StageName = None,
    as_document: AsJson = False,
) -> None:
    """What one request, webhook, import or event led to, across all functions: who did what, when, for how long, how it ended, what
    followed from it, and what is missing. Exit code 0: it was found, 1: it was not, 4: something in it went wrong.

    Example: skuflow trace imp_54254b309ad1497e97b675130385979e --since 2h
    """
    output = Output(as_document)
    now = datetime.now(UTC)
    start = now - span(since, "--since")
    aws = target(instance, stage)
    read_events = bool(aws.endpoint) if events is None else events
    with output.steps.step(f"Looking for {asked}") as note:
        found = trace(aws, word(asked, "ID"), start, now, read_events=read_events, note=note)
    tree = rows(found)
    lacking = missing(found, consumers(aws, []) if found.events else [])
    _show(output, tree, lacking)
    output.result(_document(found, tree, lacking))
    if any(step.went_wrong for step in found.steps):
        raise typer.Exit(NEEDS_A_LOOK)


def _document(found: Trace, tree: list[Row], lacking: list[str]) -> dict[str, Any]:
    return {
        "id": found.asked,
        "correlation_ids": found.correlation_ids,
        "steps": [as_json(step) for step in found.steps],
        "events": None if found.events is None else [as_json(event) for event in found.events],
        "tree": [{"depth": row.depth, "what": _name(row)} for row in tree],
        "missing": lacking,
        "went_wrong": any(step.went_wrong for step in found.steps),
    }


def _show(output: Output, tree: list[Row], lacking: list[str]) -> None:
    if output.machine:
        return
    first = min((row.node.at for row in tree), default=0)
    began = datetime.fromtimestamp(first / 1000, UTC).isoformat(sep=" ", timespec="milliseconds")
    clients = {row.node.client_id for row in tree if row.node.client_id}
    output.say(f"\nbegan {began}" + (f", for {', '.join(sorted(clients))}" if clients else ""))
    for row in tree:
        _line(output, row, first)
    for one in lacking:
        output.console.print(f"[yellow]missing:[/yellow] {plain(one)}", soft_wrap=True)


def _line(output: Output, row: Row, first: int) -> None:
    node, after = row.node, f"{(row.node.at - first) / 1000:+9.3f} s"
    indent = "  " * row.depth
    if isinstance(node, Carried):
        output.console.print(f"[dim]{after}[/dim] {indent}[magenta]{plain(_name(row))}[/magenta]", soft_wrap=True)
        return
    took = "?" if node.duration_ms is None else f"{node.duration_ms:.0f} ms"
    colour = "red" if node.went_wrong else "green" if node.outcome == "ok" else "yellow"
    said = "; ".join(told(line) for line in node.lines)
    output.console.print(
        f"[dim]{after}[/dim] {indent}[cyan]{plain(node.function)}[/cyan] [dim]{took}[/dim] "
        f"[{colour}]{plain(node.outcome)}[/{colour}] {plain(said)}",
        soft_wrap=True,
    )


def _name(row: Row) -> str:
    if isinstance(row.node, Step):
        return f"{row.node.function}: {row.node.outcome}"
    return f"{row.node.name} ×{row.count}" if row.count > 1 else f"{row.node.name} {row.node.event_id}"
