"""Phases, cut and joined. Pure: every function gives new phases, in order, without gaps, none of them empty.

Phases are a life from the first one's start; `end` None: until further notice.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime

from skuflow.billing.timeline_model import Phase, PhaseKind

Phases = tuple[Phase, ...]


def phase_at(phases: Phases, moment: datetime) -> Phase | None:
    """The phase that `moment` lies in; None before the first and after the last."""
    return next((one for one in phases if one.start <= moment and (one.end is None or moment < one.end)), None)


def cut(phases: Phases, end: datetime) -> Phases:
    """`phases` up to `end`. What would leave nothing at all leaves the first one, empty: a life that ended as it began."""
    left = joined(replace(one, end=_earlier(one.end, end)) for one in phases if one.start < end)
    return left or (replace(phases[0], end=phases[0].start),)


def reopened(phases: Phases) -> Phases:
    """`phases` without an end."""
    return (*phases[:-1], replace(phases[-1], end=None))


def with_plan(phases: Phases, plan: str, since: datetime) -> Phases:
    """`phases` with `plan` in force from `since` on, instead of whatever was; trials and pauses stay where they are."""
    return _from_then(phases, since, lambda one: replace(one, plan=plan))


def with_kind(phases: Phases, before: PhaseKind, after: PhaseKind, since: datetime) -> Phases:
    """`phases` with `after` instead of `before` from `since` on."""
    return _from_then(phases, since, lambda one: replace(one, kind=after) if one.kind == before else one)


def joined(phases: Iterable[Phase]) -> Phases:
    """`phases` without empty ones, and with neighbours that say the same as one."""
    told: list[Phase] = []
    for one in phases:
        if one.end is not None and one.end <= one.start:
            continue
        if told and (told[-1].plan, told[-1].kind) == (one.plan, one.kind):
            told[-1] = replace(told[-1], end=one.end)
        else:
            told.append(one)
    return tuple(told)


def _from_then(phases: Phases, since: datetime, change: Callable[[Phase], Phase]) -> Phases:
    before = [replace(one, end=_earlier(one.end, since)) for one in phases if one.start < since]
    after = [change(replace(one, start=max(one.start, since))) for one in phases if one.end is None or one.end > since]
    return joined([*before, *after])


def _earlier(end: datetime | None, other: datetime) -> datetime:
    return other if end is None else min(end, other)
