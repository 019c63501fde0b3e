"""Deciding what an uploaded file is, before a row of it is used: it can be read, it needs a mapping, or it is refused."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import msgspec

from skuflow.kernel.clock import Clock
from skuflow.kernel.errors import VersionConflict
from skuflow.kernel.tenancy import ClientId
from skuflow.sync.bucket import ImportBucket, plan_key
from skuflow.sync.column_mapping import SavedMapping
from skuflow.sync.import_store import ImportStore
from skuflow.sync.mapping_store import MappingStore
from skuflow.sync.model import Import, Refusal, asking, planned, stopped
from skuflow.sync.reading.inspection import inspect
from skuflow.sync.reading.plan import ReadingPlan, Suggestion
from skuflow.sync.reading.refusal import MappingNeeded, UploadRefused
from skuflow.sync.reading.source import ByteSource, Limits


def inspect_upload(
    client_id: ClientId,
    item: Import,
    *,
    imports: ImportStore,
    mappings: MappingStore,
    bucket: ImportBucket,
    limits: Limits,
    accept_suggestion: bool,
    clock: Clock,
) -> Import:
    """Look at the whole file of `item`, which is `inspecting`, and return the import as it then is: with the verdict, or with
    what somebody else made of it meanwhile."""
    try:
        plan = _plan(client_id, item, bucket.upload(item), mappings, limits=limits, accept_suggestion=accept_suggestion)
    except UploadRefused as refused:
        verdict = stopped(item, "refused", Refusal(refused.code, refused.detail, refused.remedy), clock())
    except MappingNeeded as needed:
        verdict = asking(item, needed.suggestion, clock())
    else:
        content = msgspec.json.encode(plan)
        key = plan_key(client_id, item.import_id, content)
        bucket.put(key, content, "application/json")
        verdict = planned(item, plan, key, clock())
    try:
        return imports.save(client_id, verdict)
    except VersionConflict:
        return imports.get(client_id, item.import_id)


def _plan(
    client_id: ClientId,
    item: Import,
    source: ByteSource,
    mappings: MappingStore,
    *,
    limits: Limits,
    accept_suggestion: bool,
) -> ReadingPlan:
    """A mapping given by a person wins; then the known formats; then a saved mapping that fits; then the guess."""
    look = partial(inspect, source, currency=item.currency, limits=limits, as_of=item.created_at)
    if item.mapping is not None:
        return look(mapping=item.mapping)
    try:
        return look(accept_suggestion=False)
    except MappingNeeded as needed:
        saved = _fitting(mappings.page(client_id, None, None)[0], needed.suggestion)
        if saved is not None:
            return look(mapping=saved.mapping)
        if not accept_suggestion:
            raise
    return look(accept_suggestion=True)


def _fitting(saved: Sequence[SavedMapping], suggestion: Suggestion) -> SavedMapping | None:
    """The saved mapping that says most about this file: all its columns are there; the latest among equals."""
    fitting = [item for item in saved if suggestion.headers.issuperset(item.mapping.values())]
    return max(fitting, key=lambda item: (len(item.mapping), item.updated_at, item.mapping_id), default=None)
