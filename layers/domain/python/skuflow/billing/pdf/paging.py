"""What stands on every page: the page's number among all, the footer, the document's name from the second page on, a stamp."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from reportlab.lib.colors import HexColor
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from skuflow.billing.pdf.fonts import BOLD, REGULAR, SEMIBOLD, Fonts, Run

_GREY, _RULE, _STAMP = HexColor("#5d6977"), HexColor("#d5dbe2"), HexColor("#c9d1da")


@dataclass(frozen=True, slots=True)
class Marks:
    """`page` has {page} and {pages} in it; `head` stands on top from the second page on; "" `stamp`: none. `margin`: points."""

    page: str
    footer: str
    stamp: str
    head: str
    margin: float


def canvas_maker(marks: Marks, fonts: Fonts) -> type[Canvas]:
    """A canvas class that holds its pages back until it knows how many they are."""

    class Numbered(Canvas):  # type: ignore[misc]  # reportlab has no types
        def __init__(self, *args: Any, **named: Any) -> None:
            super().__init__(*args, **named)
            self._held: list[dict[str, Any]] = []

        def showPage(self) -> None:  # noqa: N802  # reportlab's name
            self._held.append(dict(self.__dict__))
            self._startPage()

        def save(self) -> None:
            for at, state in enumerate(self._held, start=1):
                self.__dict__.update(state)
                _mark(self, marks, fonts, marks.page.format(page=at, pages=len(self._held)))
                if at > 1:
                    _head(self, marks, fonts)
                if marks.stamp:
                    _stamp(self, marks.stamp)
                super().showPage()
            super().save()

    return Numbered


def _mark(canvas: Canvas, marks: Marks, fonts: Fonts, page: str) -> None:
    width, _ = canvas._pagesize
    canvas.saveState()
    canvas.setStrokeColor(_RULE)
    canvas.setLineWidth(0.5)
    canvas.line(marks.margin, 17 * mm, width - marks.margin, 17 * mm)
    canvas.setFillColor(_GREY)
    canvas.setFont(REGULAR, 7.5)
    canvas.drawRightString(width - marks.margin, 12.5 * mm, page)
    room = width - 2 * marks.margin - canvas.stringWidth(page, REGULAR, 7.5) - 6 * mm
    _written(canvas, marks.margin, 12.5 * mm, _fitted(canvas, fonts.runs(marks.footer), REGULAR, 7.5, room))
    canvas.restoreState()


def _head(canvas: Canvas, marks: Marks, fonts: Fonts) -> None:
    width, height = canvas._pagesize
    canvas.saveState()
    canvas.setFillColor(_GREY)
    room = width - 2 * marks.margin
    _written(canvas, marks.margin, height - 12 * mm, _fitted(canvas, fonts.runs(marks.head), SEMIBOLD, 8, room))
    canvas.restoreState()


def _fitted(
    canvas: Canvas, runs: Iterable[Run], font: str, size: float, room: float
) -> Iterator[tuple[str, str, float]]:
    """Text, font and size of each run, cut where it would run into what stands beside it."""
    for run in runs:
        name = run.font or font
        wide = canvas.stringWidth(run.text, name, size)
        if wide > room:
            text = run.text
            while text and canvas.stringWidth(f"{text}…", name, size) > room:
                text = text[:-1]
            yield text, name, size
            yield "…", font, size
            return
        yield run.text, name, size
        room -= wide


def _written(canvas: Canvas, left: float, bottom: float, pieces: Iterable[tuple[str, str, float]]) -> None:
    for text, font, size in pieces:
        canvas.setFont(font, size)
        canvas.drawString(left, bottom, text)
        left += canvas.stringWidth(text, font, size)


def _stamp(canvas: Canvas, text: str) -> None:
    width, height = canvas._pagesize
    canvas.saveState()
    canvas.translate(width / 2, height / 2)
    canvas.rotate(35)
    canvas.setFillColor(_STAMP, alpha=0.35)
    canvas.setFont(BOLD, 96)
    canvas.drawCentredString(0, -30, text)
    canvas.restoreState()
