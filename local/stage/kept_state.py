"""Mends what the embedded AWS writes down about itself when it stops, before it is read again."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from local.stage.instance import Instance

_POSITIONS = "dynamodb_stream_positions"


def mend(instance: Instance) -> None:
    """How far each table's stream was read is kept as a count of records, but the records are not: after a restart, readers would
    skip as many new ones as they had read before. Without the count they begin with the first."""
    file = _file(instance)
    if not file.is_file():
        return
    document: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    positions = document.get("payload", {}).get(_POSITIONS, {})
    if positions.get("data"):
        positions["data"] = {}
        draft = file.with_suffix(".draft")
        draft.write_text(json.dumps(document), encoding="utf-8")
        draft.replace(file)


def _file(instance: Instance) -> Path:
    return instance.state / "services" / "lambda.json"
