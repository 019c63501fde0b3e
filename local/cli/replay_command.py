"""`skuflow replay`: events of the bus archive, once more."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Any

import typer

from local.aws import Aws
from local.cli.application import HERE, AsJson, InstanceName, StageName, group, target
from local.cli.completion import functions
from local.cli.moments import moment
from local.cli.output import Output
from local.operations import replay as replaying
from local.operations.archive import EVERYTHING, Archive, Pattern, Span, archive_of, iso
from local.operations.pacing import paced
from local.operations.replay import Consumer
from local.problems import LocalProblem

app = group("The bus archive.")

_SAFE = "consumers do nothing for an event whose id they know, so that a replay too many does no harm"


From = Annotated[str, typer.Option("--from", help="A moment (2026-01-31T12:00, UTC), or how long ago: 2h, 3d.")]
Until = Annotated[str, typer.Option("--until", help="Likewise.", show_default="now")]
Events = Annotated[
    list[str] | None, typer.Option("--event", help="Only events called so, such as PriceChanged; may be repeated.")
]
Contexts = Annotated[
    list[str] | None, typer.Option("--context", help="Only events of this context, such as catalog; may be repeated.")
]
Client = Annotated[str, typer.Option("--client", help="Only events about this client, cli_…")]
Flow = Annotated[str, typer.Option("--correlation-id", help="Only what one request or webhook caused.")]
Consumers = Annotated[
    list[str] | None,
    typer.Option(
        "--consumer",
        help="Only for this function, such as catalog/apply_product_batch; may be repeated.",
        show_default="all that listen",
        autocompletion=functions,
    ),
]
Limit = Annotated[int, typer.Option(help="Refuse if more events than this are chosen.", min=1)]
Rate = Annotated[float, typer.Option(help="Chosen events a second at most.", min=0.1, max=1000)]


@dataclass(frozen=True, slots=True)
class _Order:
    """What is asked for. `limit`: the most events that may be sent one by one; `rate`: messages a second."""

    span: Span
    pattern: Pattern
    to: list[Consumer]
    names_consumers: bool
    limit: int
    rate: float


@app.command()
def replay(
    *,
    since: From,
    until: Until = "0s",
    event: Events = None,
    context: Contexts = None,
    client: Client = "",
    correlation_id: Flow = "",
    consumer: Consumers = None,
    dry: Annotated[bool, typer.Option("--dry", help="Only count.")] = False,
    limit: Limit = 10_000,
    rate: Rate = 50,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    instance: InstanceName = HERE,
    stage: StageName = None,
    as_json: AsJson = False,
) -> None:
    """Play events of the bus archive again: all of a span of time, or those that are chosen. Their ids stay as they were, and
    consumers do nothing for an id that they know. On a real account, choosing or counting takes minutes: the archive is played into
    a queue first.

    Example: skuflow replay --from 2h --until 1h --event ProductBatchReady --consumer catalog/apply_product_batch --dry
    """
    now = datetime.now(UTC)
    span = Span(moment(since, "--from", now), moment(until, "--until", now))
    pattern = Pattern(frozenset(event or ()), frozenset(context or ()), client, correlation_id)
    aws = target(instance, stage)
    kept = archive_of(aws)
    warning = replaying.checked(span, kept, now, archives_at_once=bool(aws.endpoint))
    order = _Order(span, pattern, replaying.consumers(aws, consumer or []), bool(consumer), limit, rate)
    _play(Output(as_json), aws, kept, order, ask=not yes, dry=dry, warning=warning)


def _play(output: Output, aws: Aws, kept: Archive, order: _Order, *, ask: bool, dry: bool, warning: str) -> None:
    start, end = iso(order.span.start), iso(order.span.end)
    output.say(f"from {start} until {end}" + (f"\nnote: {warning}" if warning else ""))
    # The embedded AWS plays to everybody, whatever it is told.
    by_eventbridge = order.pattern == EVERYTHING and not dry and not (order.names_consumers and aws.endpoint)
    whole = _whole(output, aws, kept, order, ask=ask) if by_eventbridge else None
    done = whole or _some(output, aws, kept, order, ask=ask, dry=dry)
    output.result({"from": start, "until": end, "warning": warning or None} | done)


def _whole(output: Output, aws: Aws, kept: Archive, order: _Order, *, ask: bool) -> dict[str, Any]:
    """EventBridge's own replay. How much it played, it does not say."""
    to = order.to if order.names_consumers else []
    if ask:
        who = ", ".join(consumer.name for consumer in to) or "all consumers"
        typer.confirm(f"Play the whole span to {who}?\n{_SAFE}.", abort=True, err=True)
    name = _name()
    with output.steps.step(f"Replay {name}") as note:
        try:
            ended = replaying.replay_span(aws, kept, order.span, name, to=to, note=note)
        except KeyboardInterrupt:
            raise LocalProblem(
                "interrupted: the replay is cancelled", "what was played is played; run it again"
            ) from None
    if not ended.startswith("COMPLETED"):
        raise LocalProblem(f"the replay ended as {ended}", f"look at the replay {name} in EventBridge")
    output.say(f"the replay {name} is completed; {_SAFE}")
    return {"replay": name, "state": ended, "dry": False}


def _some(output: Output, aws: Aws, kept: Archive, order: _Order, *, ask: bool, dry: bool) -> dict[str, Any]:
    """Read what fits, count it, send it to whoever listens."""
    with output.steps.step("Reading the archive") as note:
        events = replaying.chosen(aws, kept, order.span, order.pattern, to=order.to, note=note)
        note(f"{len(events)} events")
    counts = replaying.tally(events)
    messages = sum(len(takers) for _event, takers in events)
    rows = [(name, count, told) for name, (count, told) in ((name, _row(counts[name])) for name in counts)]
    output.table(("event", "events", "for"), rows, none="no event fits")
    done: dict[str, Any] = {"events": len(events), "messages": messages, "counts": counts, "dry": dry, "sent": 0}
    if dry or not messages:
        return done
    if len(events) > order.limit:
        raise LocalProblem(
            f"{len(events):,} events are more than --limit {order.limit:,}", "choose fewer, or allow more"
        )
    if ask:
        typer.confirm(f"Send {messages:,} messages?\n{_SAFE}.", abort=True, err=True)
    name = _name()
    sent = [0]

    def tell(count: int) -> None:
        sent[0] = count
        note(f"{count:,} of {messages:,}")

    with output.steps.step(f"Replay {name}") as note:
        try:
            replaying.send(aws, events, name, pace=paced(order.rate), sent=tell)
        except KeyboardInterrupt:
            raise LocalProblem(
                f"interrupted after {sent[0]} of {messages} messages", "run it again; it may repeat"
            ) from None
    output.say(f"{sent[0]:,} messages are on their way; {_SAFE}")
    return done | {"replay": name, "sent": sent[0]}


def _row(counts: dict[str, int]) -> tuple[int, str]:
    told = ", ".join(f"{name} {count}" for name, count in counts.items() if name != "events")
    return counts["events"], told or "nobody"


def _name() -> str:
    return f"skuflow-replay-{secrets.token_hex(4)}"
