"""Looking at what happens: logs and events."""

from __future__ import annotations

import re
import time
from datetime import UTC, datetime
from typing import Annotated, Any

import typer

from local.cli.application import HERE, AsJson, InstanceName, StageName, group, target
from local.cli.output import Output
from local.operations import log_lines
from local.operations.log_lines import LogLine
from local.operations.tap import EventTap
from local.showing import plain

app = group("Logs.")
events_app = group("Events on the bus.")

_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
_OVERLAP_MS = 5_000
"""A line may become readable a little after lines that are younger; following reads this far back, and skips what it showed."""


@app.command()
def logs(
    *,
    follow: Annotated[bool, typer.Option("--follow", "-f", help="Go on as new lines come.")] = False,
    function: Annotated[str | None, typer.Option(help="Only this function, such as sync/read_import.")] = None,
    correlation_id: Annotated[str | None, typer.Option(help="Only lines of one request and all it caused.")] = None,
    since: Annotated[str, typer.Option(help="How far back: 30s, 15m, 2h, 1d.")] = "15m",
    lifecycle: Annotated[bool, typer.Option("--lifecycle", help="Lambda's own lines and metrics, too.")] = False,
    instance: InstanceName = HERE,
    stage: StageName = None,
    as_json: AsJson = False,
) -> None:
    """The log lines of all functions, oldest first."""
    output = Output(as_json)
    aws = target(instance, stage)
    chosen = log_lines.sources(aws, function)
    start = int((time.time() - _seconds(since)) * 1000)
    shown: set[str] = set()
    while True:
        found = sorted(
            (line for source in chosen for line in log_lines.read(aws, source, start)), key=lambda line: line.at
        )
        for line in found:
            if line.identity in shown:
                continue
            shown.add(line.identity)
            if _wanted(line, correlation_id, lifecycle):
                _print(output, line)
        if not follow:
            return
        start = max([start, *(line.at - _OVERLAP_MS for line in found)])
        time.sleep(1)


@events_app.command()
def tail(
    count: Annotated[int | None, typer.Option(help="Stop after this many.", min=1)] = None,
    instance: InstanceName = HERE,
    stage: StageName = None,
    as_json: AsJson = False,
) -> None:
    """Show business events as they happen, until interrupted."""
    output = Output(as_json)
    shown = 0
    with EventTap(target(instance, stage)) as tap:
        output.say("listening; Ctrl-C ends it")
        try:
            while count is None or shown < count:
                taken = tap.take(wait_seconds=1)
                for event in taken if count is None else taken[: count - shown]:
                    shown += 1
                    _print_event(output, event)
        except KeyboardInterrupt:
            output.say(f"{shown} events")


def _wanted(line: LogLine, correlation_id: str | None, lifecycle: bool) -> bool:
    if correlation_id is not None and not log_lines.mentions(line, correlation_id):
        return False
    return lifecycle or not line.is_lifecycle


def _print(output: Output, line: LogLine) -> None:
    at = datetime.fromtimestamp(line.at / 1000, UTC).isoformat(timespec="milliseconds")
    output.line({"at": at, "function": line.function, **(line.fields or {"message": line.text})})
    if output.machine:
        return
    level = str(line.fields.get("level", ""))
    colour = {"ERROR": "red", "CRITICAL": "red", "WARNING": "yellow"}.get(level, "default")
    text = plain(_told(line.fields) if line.fields else line.text)
    clock = at[11:23]
    output.console.print(
        f"[dim]{clock}[/dim] [cyan]{plain(line.function)}[/cyan] [{colour}]{level}[/{colour}] {text}", soft_wrap=True
    )


def _told(fields: dict[str, Any]) -> str:
    hidden = {"level", "message", "timestamp", "service", "function", "location", "cold_start", "request_id"}
    hidden |= {name for name in fields if name.startswith(("function_", "xray"))}
    extra = " ".join(f"{name}={value}" for name, value in fields.items() if name not in hidden and value is not None)
    return f"{fields.get('message', '')} {extra}".strip()


def _print_event(output: Output, event: dict[str, Any]) -> None:
    output.line(event)
    data = " ".join(f"{name}={value}" for name, value in event["detail"].get("data", {}).items())
    output.say(f"{event['detail'].get('occurred_at', event['time'])} {event['detail-type']} {data[:300]}")


def _seconds(text: str) -> int:
    found = re.fullmatch(r"(\d+)([smhd])", text)
    if found is None:
        raise typer.BadParameter("give a number and s, m, h or d, such as 15m", param_hint="--since")
    return int(found[1]) * _UNITS[found[2]]
