"""The bus between the contexts, and its archive, from which any time span can be played again."""

from __future__ import annotations

from aws_cdk import Duration
from aws_cdk import aws_events as events

from infra.constructs.context_stack import ContextStack

ARCHIVED_DAYS = 30
ARCHIVED_DAYS_IN_PRODUCTION = 365


def add(stack: ContextStack) -> events.EventBus:
    stage = stack.stage
    bus = events.EventBus(stack, "event-bus", event_bus_name=stage.named())
    archive = events.Archive(
        stack,
        "event-archive",
        archive_name=stage.named(),
        description="Every business event, for replay",
        source_event_bus=bus,
        event_pattern=events.EventPattern(source=events.Match.prefix("skuflow.")),
        retention=Duration.days(ARCHIVED_DAYS_IN_PRODUCTION if stage.production else ARCHIVED_DAYS),
    )
    for kept in (bus, archive):
        kept.apply_removal_policy(stage.removal_policy)
    return bus
