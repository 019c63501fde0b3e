"""Arithmetic of sets of half-open spans of time. A set is a tuple of spans in order, none of them empty, none touching another."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from skuflow.billing.timeline_model import Span

SpanSet = tuple[Span, ...]


def union(spans: Iterable[Span]) -> SpanSet:
    """The set of the moments in any of `spans`, which may overlap, touch and be empty."""
    merged: list[Span] = []
    for span in sorted((one for one in spans if one.start < one.end), key=lambda one: one.start):
        if merged and span.start <= merged[-1].end:
            merged[-1] = Span(merged[-1].start, max(merged[-1].end, span.end))
        else:
            merged.append(span)
    return tuple(merged)


def minus(whole: SpanSet, taken: SpanSet) -> SpanSet:
    """The moments of `whole` that are not in `taken`."""
    left = list(whole)
    for cut in taken:
        left = [part for span in left for part in _without(span, cut)]
    return tuple(left)


def clipped(span: Span, start: datetime, end: datetime) -> Span:
    """The part of `span` between `start` and `end`; empty (start == end) if there is none."""
    begin = min(max(span.start, start), end)
    return Span(begin, max(begin, min(span.end, end)))


def _without(span: Span, cut: Span) -> SpanSet:
    return union((Span(span.start, min(span.end, cut.start)), Span(max(span.start, cut.end), span.end)))
