"""What a change of the sync table tells the others."""

from __future__ import annotations

import base64
from datetime import datetime
from typing import TypeVar

import msgspec

from skuflow.contracts.sync import SOURCE, ImportCompleted, ImportFailed, ProductBatchReady
from skuflow.kernel.clock import iso
from skuflow.kernel.errors import Malformed
from skuflow.kernel.events import Cause, Event, event_id
from skuflow.kernel.tenancy import ClientId, client_id
from skuflow.platform.event_bus import Announcement, Change, Image
from skuflow.sync.model import Import, Refusal, Slice, Totals
from skuflow.sync.packing import unpacked

T = TypeVar("T")
Payload = ProductBatchReady | ImportCompleted | ImportFailed

_NOTHING = Announcement("", ())
_FAILED = frozenset({"refused", "failed", "cancelled"})


def translate(change: Change) -> Announcement:
    """The events of `change`. Raises Malformed for an item that is not as this context writes it."""
    if change.new is None:
        return _NOTHING
    try:
        return _TRANSLATORS.get(change.new["sk"]["S"].partition("#")[0], _silent)(change.old, change.new)
    except (KeyError, TypeError, ValueError, msgspec.MsgspecError) as error:
        raise Malformed(f"not an item of the sync table: {type(error).__name__} {error}") from None


def _silent(_old: Image | None, _new: Image) -> Announcement:
    return _NOTHING


def _of_slice(old: Image | None, new: Image) -> Announcement:
    """A slice that was read hands over its batches, once: slices do not change."""
    if old is not None:
        return _NOTHING
    part, owner, cause = _record(Slice, new), _owner(new), _cause(new)
    import_id = new["pk"]["S"].rpartition("#")[2]
    events = tuple(
        _event(
            owner,
            ProductBatchReady(
                import_id=import_id,
                batch=file.batch,
                bucket=part.bucket,
                key=file.key,
                products=file.products,
                source=part.source,
                observed_at=iso(part.observed_at),
            ),
            (import_id, str(file.batch)),
            part.read_at,
            cause,
        )
        for file in part.files
    )
    return Announcement(import_id, events)


def _of_import(old: Image | None, new: Image) -> Announcement:
    """An import that has ended says how."""
    item = _record(Import, new)
    if old is not None and _record(Import, old).status == item.status:
        return _NOTHING
    payload: Payload
    if item.status == "completed":
        payload = _completed(item)
    elif item.status in _FAILED:
        payload = _failed(item)
    else:
        return _NOTHING
    event = _event(_owner(new), payload, (item.import_id,), item.updated_at, item.cause)
    return Announcement(item.import_id, (event,))


def _completed(item: Import) -> ImportCompleted:
    totals = item.totals or Totals()
    return ImportCompleted(
        import_id=item.import_id,
        file_name=item.file_name,
        rows=item.inspected().rows_total,
        products=totals.products,
        created=totals.created,
        updated=totals.updated,
        unchanged=totals.unchanged,
        rejected=totals.rejected,
    )


def _failed(item: Import) -> ImportFailed:
    why = item.refusal or Refusal(item.status, "", "")
    return ImportFailed(item.import_id, item.file_name, why.code, why.detail, why.remedy)


def _event(owner: ClientId, payload: Payload, parts: tuple[str, ...], at: datetime, cause: Cause) -> Event:
    name = type(payload).__name__
    return Event(
        event_id=event_id(owner, name, *parts),
        name=name,
        source=SOURCE,
        occurred_at=at,
        client_id=owner,
        schema_version=1,
        cause=cause,
        data=msgspec.to_builtins(payload),
    )


def _record(kind: type[T], image: Image) -> T:
    packed = image.get("doc_z")
    return unpacked(kind, image.get("doc", {}).get("S"), base64.b64decode(packed["B"]) if packed else None)


def _owner(image: Image) -> ClientId:
    return client_id(image["client_id"]["S"])


def _cause(image: Image) -> Cause:
    return Cause(image["correlation_id"]["S"], image.get("causation_id", {}).get("S", ""))


_TRANSLATORS = {"SLICE": _of_slice, "IMPORT": _of_import}
"""By the first part of the sort key."""
