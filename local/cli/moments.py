"""Moments, spans of time and ids as people type them."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import typer

_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}


def span(text: str, option: str) -> timedelta:
    """`15m` as a timedelta. Raises BadParameter that names `option`."""
    found = re.fullmatch(r"(\d{1,6})([smhd])", text)
    if found is None:
        raise typer.BadParameter("give a number and s, m, h or d, such as 15m", param_hint=option)
    return timedelta(seconds=int(found[1]) * _UNITS[found[2]])


def moment(text: str, option: str, now: datetime) -> datetime:
    """`2h` as two hours before `now`; an ISO 8601 moment (UTC, unless it says otherwise) as itself. Raises BadParameter."""
    if re.fullmatch(r"\d+[smhd]", text):
        return now - span(text, option)
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(
            "give a moment such as 2026-01-31T12:00 (UTC), or how long ago, such as 2h", param_hint=option
        ) from None
    return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)


def word(text: str, option: str) -> str:
    """`text`, if it can be looked for as it is: CloudWatch's patterns give quotes and backslashes a meaning. Else BadParameter."""
    if not re.fullmatch(r"[A-Za-z0-9._:@/-]{1,128}", text):
        raise typer.BadParameter("is no id: letters, digits and . _ : @ / - only, 128 at most", param_hint=option)
    return text
