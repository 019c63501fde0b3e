"""Looking at what happens: logs and events."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import Annotated, Any

import typer

from local.cli.application import HERE, AsJson, FunctionName, InstanceName, StageName, group, target
from local.cli.moments import span, word
from local.cli.output import Output
from local.operations import log_lines
from local.operations.log_lines import LEVELS, LogLine, Wanted
from local.operations.tap import EventTap
from local.showing import plain

app = group("Logs.")
events_app = group("Events on the bus.")

_OVERLAP_MS = 5_000
"""A line may become readable a little after lines that are younger; following reads this far back, and skips what it showed."""


@app.command()
def logs(
    *,
    follow: Annotated[bool, typer.Option("--follow", "-f", help="Go on as new lines come.")] = False,
    function: FunctionName = None,
    client: Annotated[str | None, typer.Option("--client", help="Only lines about this client, cli_…")] = None,
    correlation_id: Annotated[str | None, typer.Option(help="Only lines of one request and all it caused.")] = None,
    level: Annotated[
        str, typer.Option(help="Only lines as grave as this or graver: info, warning, error …", show_default="all")
    ] = "",
    since: Annotated[str, typer.Option(help="How far back: 30s, 15m, 2h, 1d.")] = "15m",
    lifecycle: Annotated[bool, typer.Option("--lifecycle", help="Lambda's own lines and metrics, too.")] = False,
    instance: InstanceName = HERE,
    stage: StageName = None,
    as_json: AsJson = False,
) -> None:
    """The log lines of all functions, oldest first. With --json one document a line.

    Example: skuflow logs -f --function sync/read_import --level warning --since 1h
    """
    output = Output(as_json)
    start = round(time.time() * 1000) - round(span(since, "--since").total_seconds() * 1000)
    words = tuple(
        word(text, option) for text, option in ((client, "--client"), (correlation_id, "--correlation-id")) if text
    )
    wanted = Wanted(words, _level(level), lifecycle)
    aws = target(instance, stage)
    chosen = log_lines.sources(aws, function)
    shown: dict[str, int] = {}
    while True:
        for line in log_lines.in_order(aws, chosen, start, words=words):
            if line.identity not in shown and wanted(line):
                _print(output, line)
            shown[line.identity] = line.at
        if not follow:
            return
        start = max([start, *(at - _OVERLAP_MS for at in shown.values())])
        shown = {identity: at for identity, at in shown.items() if at >= start}
        time.sleep(1)


@events_app.command()
def tail(
    count: Annotated[int | None, typer.Option(help="Stop after this many.", min=1)] = None,
    instance: InstanceName = HERE,
    stage: StageName = None,
    as_json: AsJson = False,
) -> None:
    """Show business events as they happen, until interrupted.

    Example: skuflow events tail --count 10 --json
    """
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


def _level(text: str) -> str:
    if text and text.upper() not in LEVELS:
        raise typer.BadParameter(f"choose one of {', '.join(LEVELS).lower()}", param_hint="--level")
    return text.upper()


def _print(output: Output, line: LogLine) -> None:
    at = datetime.fromtimestamp(line.at / 1000, UTC).isoformat(timespec="milliseconds")
    output.line({**(line.fields or {"message": line.text}), "at": at, "function": line.function})
    if output.machine:
        return
    level = line.level
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
