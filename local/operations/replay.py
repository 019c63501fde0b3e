"""Playing events of the bus archive again.

A span as it is, to everybody or to some consumers, is EventBridge's own replay. Some of its events are sent straight into the
queues of the consumers that listen to them, in the form in which EventBridge would deliver them: put on the bus again, they would
stand in the archive twice. Either way an event keeps its id, and consumers do nothing for an id that they know.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from local.aws import Aws
from local.operations import archive
from local.operations.archive import Archive, Pattern, Span
from local.problems import LocalProblem

_LAG = timedelta(minutes=10)
"""EventBridge: an event may take up to ten minutes to reach the archive."""


@dataclass(frozen=True, slots=True)
class Consumer:
    """A rule of the bus and the queue that it fills. `name` is the function's, `catalog-apply-product-batch`."""

    name: str
    rule_arn: str
    queue_url: str
    pattern: Mapping[str, Any]

    def takes(self, event: Mapping[str, Any]) -> bool:
        """Whether its rule lets `event` through. Raises LocalProblem for a rule that asks for more than source and name."""
        if extra := self.pattern.keys() - {"source", "detail-type"}:
            raise LocalProblem(
                f"the rule of {self.name} looks at {', '.join(sorted(extra))}, which only EventBridge can judge",
                "replay the whole span, without --event, --context and --client",
            )
        return all(event[field] in allowed for field, allowed in self.pattern.items())


def consumers(aws: Aws, names: Sequence[str]) -> list[Consumer]:
    """Those called `names` (`catalog/apply_product_batch`), or all. Raises LocalProblem for one that is not there."""
    bus = aws.bus()
    pages = aws.events.get_paginator("list_rules").paginate(EventBusName=bus, NamePrefix=aws.prefix)
    found = {}
    for page in pages:
        for rule in page["Rules"]:
            name = rule["Name"].removeprefix(aws.prefix)
            targets = aws.events.list_targets_by_rule(Rule=rule["Name"], EventBusName=bus)["Targets"]
            queues = [target["Arn"].rsplit(":", 1)[1] for target in targets if ":sqs:" in target["Arn"]]
            if queues:
                url = aws.sqs.get_queue_url(QueueName=queues[0])["QueueUrl"]
                found[name] = Consumer(name, rule["Arn"], url, json.loads(rule["EventPattern"]))
    wanted = [aws.function_name(name).removeprefix(aws.prefix) for name in names] or sorted(found)
    for name in wanted:
        if name not in found:
            raise LocalProblem(
                f"no consumer '{name}' listens to the bus", f"consumers are: {', '.join(sorted(found)) or 'none'}"
            )
    return [found[name] for name in wanted]


def checked(span: Span, kept: Archive, now: datetime, *, archives_at_once: bool = False) -> str:
    """What to know before the span is played; "" if nothing. Raises LocalProblem if it cannot be."""
    if span.end > now or span.start > now:
        raise LocalProblem("the span reaches into the future", "end it at a moment that has passed")
    if span.start >= span.end:
        raise LocalProblem("the span ends before it begins", "give --from a moment before --until")
    if kept.days and span.end < now - timedelta(days=kept.days):
        raise LocalProblem(f"the archive keeps {kept.days} days", "choose a span within them")
    if kept.days and span.start < now - timedelta(days=kept.days):
        return f"the archive keeps {kept.days} days: what is older is not there any more"
    late = not archives_at_once and span.end > now - _LAG
    return "events of the last ten minutes may not be in the archive yet" if late else ""


def replay_span(
    aws: Aws, kept: Archive, span: Span, name: str, *, to: Sequence[Consumer], note: Callable[[str], None]
) -> str:
    """EventBridge plays the whole span, to these consumers or (none given) to everybody; returns how that ended."""
    archive.start_replay(aws, kept, span, name, [consumer.rule_arn for consumer in to])
    return archive.await_replay(aws, name, note)


def chosen(
    aws: Aws, kept: Archive, span: Span, pattern: Pattern, *, to: Sequence[Consumer], note: Callable[[str], None]
) -> list[tuple[dict[str, Any], list[Consumer]]]:
    """The events that fit, oldest first, each with the consumers among `to` that listen to it."""
    found = archive.archived(aws, kept, span, pattern, note)
    return [(event, [consumer for consumer in to if consumer.takes(event)]) for event in found]


def send(
    aws: Aws,
    events: Sequence[tuple[dict[str, Any], list[Consumer]]],
    name: str,
    *,
    pace: Callable[[], None] = lambda: None,
    sent: Callable[[int], None] = lambda _count: None,
) -> int:
    """Send each event to its consumers, in order; returns how many messages that were. `pace` is called before each, and waits."""
    count = 0
    for event, takers in events:
        for consumer in takers:
            pace()
            body = json.dumps({**event, "replay-name": name}, ensure_ascii=False, separators=(",", ":"))
            aws.sqs.send_message(QueueUrl=consumer.queue_url, MessageBody=body)
            count += 1
            sent(count)
    return count


def tally(events: Sequence[tuple[dict[str, Any], list[Consumer]]]) -> dict[str, dict[str, int]]:
    """How many events of each name, and how many of them each consumer gets."""
    counts: dict[str, Counter[str]] = {}
    for event, takers in events:
        counter = counts.setdefault(str(event["detail-type"]), Counter())
        counter["events"] += 1
        counter.update(consumer.name for consumer in takers)
    return {name: dict(counts[name]) for name in sorted(counts)}
