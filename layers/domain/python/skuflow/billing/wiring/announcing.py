"""The dependencies of what tells the bus."""

from __future__ import annotations

from skuflow.billing.deps import OnTableChangeDeps
from skuflow.billing.settings import OnTableChangeSettings
from skuflow.platform.aws import client, sqs_client
from skuflow.platform.settings import from_env


def build_on_table_change() -> OnTableChangeDeps:
    from skuflow.platform.consumer import DeadLetters
    from skuflow.platform.event_bus import EventBus

    settings = from_env(OnTableChangeSettings)
    return OnTableChangeDeps(
        bus=EventBus(client("events"), settings.event_bus),
        rejects=DeadLetters(sqs_client, settings.rejects_queue_url),
    )
