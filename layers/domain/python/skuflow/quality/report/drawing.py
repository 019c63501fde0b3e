"""The figures of the page, as rectangles and points. Lengths are units of the drawings' own boxes, which are 900 wide."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from skuflow.quality.measures import WHOLE, Measure, Point

LEFT, RIGHT = 200, 760
_SPACING, _THICK, _THIN = 34, 14, 7
_COLOURS = ("#2b7a5d", "#c58a1b", "#b3452f")
_TOP, _BOTTOM, _FROM, _TO = 12, 204, 40, 890


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of a bar."""

    x: str
    y: int
    width: str
    height: int
    fill: str
    opacity: str


@dataclass(frozen=True, slots=True)
class Bar:
    """One field: its name, its parts, and how much of it is sound, in words."""

    name: str
    y: int
    parts: tuple[Part, ...]
    figure: str


@dataclass(frozen=True, slots=True)
class Line:
    """A line across the chart."""

    y: int
    name: str


@dataclass(frozen=True, slots=True)
class Dot:
    x: str
    y: str


@dataclass(frozen=True, slots=True)
class Chart:
    """Scores through time. `first` and `last` are dates."""

    points: str
    dots: tuple[Dot, ...]
    grid: tuple[Line, ...]
    first: str
    last: str


def bars_of(before: Mapping[str, Measure], after: Mapping[str, Measure], *, changed: bool) -> tuple[Bar, ...]:
    """A bar for each field, the least sound first; two thin ones where something was changed."""
    names = sorted((name for name in after if name != WHOLE), key=lambda name: (after[name].score, name))
    bars = []
    for number, name in enumerate(names):
        y = number * _SPACING + 4
        parts = _parts(after[name], y, _THICK, "1")
        if changed:
            parts = (*_parts(before[name], y, _THIN, "0.45"), *_parts(after[name], y + _THIN + 1, _THIN, "1"))
        figure = f"{before[name].score:.2f} → {after[name].score:.2f} %" if changed else f"{after[name].score:.2f} %"
        bars.append(Bar(name, y, parts, figure))
    return tuple(bars)


def height_of(bars: Sequence[Bar]) -> int:
    return len(bars) * _SPACING


def _parts(measure: Measure, y: int, height: int, opacity: str) -> tuple[Part, ...]:
    shares = (measure.score, measure.missing, max(Decimal(0), 100 - measure.score - measure.missing))
    parts, x = [], Decimal(LEFT)
    for share, fill in zip(shares, _COLOURS, strict=True):
        width = share * (RIGHT - LEFT) / 100
        if width > 0:
            parts.append(Part(f"{x:.2f}", y, f"{width:.2f}", height, fill, opacity))
        x += width
    return tuple(parts)


def chart_of(points: Sequence[Point]) -> Chart | None:
    """A line through the scores; None of fewer than two."""
    if len(points) < 2:
        return None
    begin, end = points[0].at, points[-1].at
    whole = Decimal(max(1, int((end - begin).total_seconds())))
    lowest = min(one.measure.score for one in points)
    floor = Decimal(min(80, 20 * int(lowest // 20)))
    dots = []
    for one in points:
        x = _FROM + (_TO - _FROM) * Decimal(int((one.at - begin).total_seconds())) / whole
        dots.append(Dot(f"{x:.1f}", f"{_height(one.measure.score, floor):.1f}"))
    step = (100 - floor) / 4
    grid = tuple(Line(int(_height(floor + step * n, floor)), f"{floor + step * n:.0f}") for n in range(5))
    line = " ".join(f"{dot.x},{dot.y}" for dot in dots)
    return Chart(line, tuple(dots), grid, f"{begin:%Y-%m-%d}", f"{end:%Y-%m-%d}")


def _height(score: Decimal, floor: Decimal) -> Decimal:
    return _BOTTOM - (score - floor) / (100 - floor) * (_BOTTOM - _TOP)
