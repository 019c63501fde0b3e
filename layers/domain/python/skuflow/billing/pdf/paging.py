"""What stands on every page: the page's number among all, the footer, the document's name from the second page on, a stamp."""

from __future__ import annotations

from typing import Any

from reportlab.lib.colors import HexColor
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from skuflow.billing.pdf.fonts import BOLD, REGULAR, SEMIBOLD

_GREY, _RULE, _STAMP = HexColor("#5d6977"), HexColor("#d5dbe2"), HexColor("#c9d1da")


def canvas_maker(page: str, footer: str, stamp: str, head: str, margin: float) -> type[Canvas]:
    """A canvas class that holds its pages back until it knows how many they are. `page` has {page} and {pages} in it."""

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
                _mark(self, page.format(page=at, pages=len(self._held)), footer, head if at > 1 else "", margin)
                if stamp:
                    _stamp(self, stamp)
                super().showPage()
            super().save()

    return Numbered


def _mark(canvas: Canvas, page: str, footer: str, head: str, margin: float) -> None:
    width, height = canvas._pagesize
    canvas.saveState()
    canvas.setStrokeColor(_RULE)
    canvas.setFillColor(_GREY)
    canvas.setLineWidth(0.5)
    canvas.line(margin, 17 * mm, width - margin, 17 * mm)
    canvas.setFont(REGULAR, 7.5)
    room = width - 2 * margin - canvas.stringWidth(page, REGULAR, 7.5) - 6 * mm
    canvas.drawString(margin, 12.5 * mm, _fitted(canvas, footer, room))
    canvas.drawRightString(width - margin, 12.5 * mm, page)
    if head:
        canvas.setFont(SEMIBOLD, 8)
        canvas.drawString(margin, height - 12 * mm, _fitted(canvas, head, width - 2 * margin))
    canvas.restoreState()


def _fitted(canvas: Canvas, text: str, room: float) -> str:
    """`text`, cut where it would run into what stands beside it."""
    if canvas.stringWidth(text, REGULAR, 7.5) <= room:
        return text
    while text and canvas.stringWidth(f"{text}…", REGULAR, 7.5) > room:
        text = text[:-1]
    return f"{text}…"


def _stamp(canvas: Canvas, text: str) -> None:
    width, height = canvas._pagesize
    canvas.saveState()
    canvas.translate(width / 2, height / 2)
    canvas.rotate(35)
    canvas.setFillColor(_STAMP, alpha=0.35)
    canvas.setFont(BOLD, 96)
    canvas.drawCentredString(0, -30, text)
    canvas.restoreState()
