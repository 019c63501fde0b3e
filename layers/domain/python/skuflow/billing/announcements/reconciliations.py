"""What a comparison of counters and events tells: drift, once for as long as it stays the same."""

from __future__ import annotations

import msgspec

from skuflow.billing.metering.reconciliation import Reconciliation
from skuflow.billing.usage_store import hashed
from skuflow.contracts.billing import SOURCE, UsageDrift, UsageDrifted
from skuflow.kernel.clock import parse_iso
from skuflow.platform.event_bus import Announcement, Image
from skuflow.platform.images import NOTHING, record, told


def of_reconciliation(old: Image | None, new: Image) -> Announcement:
    item = record(Reconciliation, new)
    before = record(Reconciliation, old) if old is not None else None
    if not item.drift_count or (before is not None and _drift(before) == _drift(item)):
        return NOTHING
    payload = UsageDrifted(
        day=item.day,
        checked_at=item.checked_at,
        counters=item.counters,
        events=item.events,
        drift_count=item.drift_count,
        drifts=tuple(UsageDrift(one.subject, one.name, one.figure, one.raw, one.counted) for one in item.drifts),
    )
    parts = (item.day, str(item.checks), hashed(msgspec.json.encode(item.drifts).decode()))
    return Announcement(item.day, (told(SOURCE, new, payload, parts, parse_iso(item.checked_at)),))


def _drift(item: Reconciliation) -> object:
    return item.drift_count, item.drifts
