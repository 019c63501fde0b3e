"""Is what a publisher says what the event's schema promises?"""

from __future__ import annotations

import json
from functools import cache

from jsonschema import Draft202012Validator


def check_event(source: str, name: str, detail: str) -> None:
    """Raises AssertionError that says where the event and its contract part."""
    content = json.loads(detail)
    title = (source, name, content.get("schema_version"))
    assert title in _validators(), f"{title} has no contract in skuflow.contracts"
    event = {"source": source, "detail-type": name, "detail": content}
    faults = [f"{'/'.join(map(str, e.absolute_path))}: {e.message}" for e in _validators()[title].iter_errors(event)]
    assert not faults, f"{name} is not as its schema says: {'; '.join(faults[:5])}"


@cache
def _validators() -> dict[tuple[str, str, int], Draft202012Validator]:
    from tests.architecture.event_schemas import contracts, schema

    return {(one.source, one.name, one.version): Draft202012Validator(schema(one)) for one in contracts()}
