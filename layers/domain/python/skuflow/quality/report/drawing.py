"""The figures of the page, as stretches and points, in units of the drawings' own boxes: a bar's is 100 wide, the chart's 900."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from skuflow.quality.measures import WHOLE, Measure, Point

_COLOURS = ("#2b7a5d", "#c58a1b", "#b3452f")
_TOP, _BOTTOM, _FROM, _TO = 12, 196, 60, 890
_MOST_DOTS = 60
"""More would be a carpet."""


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of a bar."""

    x: str
    width: str
    fill: str


@dataclass(frozen=True, slots=True)
class Bar:
    """One field: its name, its stretches (`then`: before anything was changed), and how much of it is sound, in words."""

    name: str
    then: tuple[Part, ...]
    now: tuple[Part, ...]
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
    """Scores through time. `first` and `last` are dates, or times (UTC) if all of it is of one day."""

    points: str
    dots: tuple[Dot, ...]
    grid: tuple[Line, ...]
    first: str
    last: str


def bars_of(before: Mapping[str, Measure], after: Mapping[str, Measure], *, changed: bool) -> tuple[Bar, ...]:
    """A bar for each field that is or was not all sound, the worst first; two where something was changed."""
    faulty = (name for name in after if name not in {WHOLE, *sound_in(before, after)})
    names = sorted(faulty, key=lambda name: (after[name].score, name))
    return tuple(
        Bar(
            name,
            _parts(before[name]) if changed else (),
            _parts(after[name]),
            f"{before[name].score:.2f} → {after[name].score:.2f} %" if changed else f"{after[name].score:.2f} %",
        )
        for name in names
    )


def sound_in(before: Mapping[str, Measure], after: Mapping[str, Measure]) -> tuple[str, ...]:
    """Fields in which everything is sound, and was, by name."""
    return tuple(sorted(name for name in after if name != WHOLE and before[name].score == after[name].score == 100))


def _parts(measure: Measure) -> tuple[Part, ...]:
    """Sound, missing, and the rest: invalid, or the same as another's."""
    shares = (measure.score, measure.missing, max(Decimal(0), 100 - measure.score - measure.missing))
    parts, x = [], Decimal(0)
    for share, fill in zip(shares, _COLOURS, strict=True):
        if share > 0:
            parts.append(Part(f"{x:.2f}", f"{share:.2f}", fill))
        x += share
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
    form = "%H:%M:%S" if begin.date() == end.date() else "%Y-%m-%d"
    return Chart(line, tuple(dots) if len(dots) <= _MOST_DOTS else (), grid, f"{begin:{form}}", f"{end:{form}}")


def _height(score: Decimal, floor: Decimal) -> Decimal:
    return _BOTTOM - (score - floor) / (100 - floor) * (_BOTTOM - _TOP)
