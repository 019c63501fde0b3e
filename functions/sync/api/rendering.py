"""Records as callers see them."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Any

from skuflow.kernel.clock import iso
from skuflow.sync.bucket import UploadForm
from skuflow.sync.column_mapping import SavedMapping
from skuflow.sync.model import Import, Totals, shown_status
from skuflow.sync.reading.plan import Suggestion


def import_view(item: Import, totals: Totals, now: datetime) -> dict[str, Any]:
    layout = item.layout
    return {
        "import_id": item.import_id,
        "file_name": item.file_name,
        "status": shown_status(item, now),
        "currency": item.currency,
        "created_at": iso(item.created_at),
        "updated_at": iso(item.updated_at),
        "bytes": item.size or None,
        "rows_total": layout.rows_total if layout else None,
        **asdict(totals),
        "progress": _progress(item, totals),
        "format": layout.format if layout else None,
        "encoding": layout.encoding if layout else None,
        "delimiter": layout.delimiter if layout else None,
        "decimal_style": layout.decimal_style if layout else None,
        "mapping": layout.mapping if layout else item.mapping,
        "refusal": asdict(item.refusal) if item.refusal else None,
        "suggestion": suggestion_view(item.suggestion) if item.suggestion and item.status == "needs_mapping" else None,
    }


def _progress(item: Import, totals: Totals) -> float:
    if item.status == "completed":
        return 1.0
    if item.layout is None or not item.layout.rows_total:
        return 0.0
    return min(1.0, round((totals.rows_read + totals.settled) / (2 * item.layout.rows_total), 4))


def upload_view(form: UploadForm) -> dict[str, Any]:
    return {**asdict(form), "expires_at": iso(form.expires_at)}


def suggestion_view(suggestion: Suggestion) -> dict[str, Any]:
    return {**asdict(suggestion), "missing": list(suggestion.missing), "unused": list(suggestion.unused)}


def mapping_view(item: SavedMapping) -> dict[str, Any]:
    return {**asdict(item), "created_at": iso(item.created_at), "updated_at": iso(item.updated_at)}
