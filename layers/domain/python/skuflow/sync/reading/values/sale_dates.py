"""Sale prices that hold between two dates only."""

from __future__ import annotations

import re
from datetime import date

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


def sale_runs(dates: str, as_of: date | None) -> bool:
    """Whether a sale is on at `as_of`. `dates` is `start/end` as Google writes it, ISO 8601, either part possibly blank; blank
    altogether means always. Unreadable dates, and dates without an `as_of`, mean no: a regular price is never too low."""
    if not dates.strip(" /"):
        return True
    start, _, end = dates.partition("/")
    return as_of is not None and _reached(start, as_of) and not _passed(end, as_of)


def _reached(start: str, as_of: date) -> bool:
    day = _day(start)
    return not start.strip() or (day is not None and day <= as_of)


def _passed(end: str, as_of: date) -> bool:
    day = _day(end)
    return bool(end.strip()) and (day is None or day < as_of)


def _day(text: str) -> date | None:
    found = _DAY.match(text.strip())
    try:
        return date.fromisoformat(found[0]) if found else None
    except ValueError:
        return None
