"""A document as PDF, by reportlab. The same document gives the same bytes: no clock, no random id."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from html import escape
from io import BytesIO
from typing import Any

from reportlab.lib.colors import HexColor
from reportlab.lib.enums import TA_RIGHT
from reportlab.lib.pagesizes import A4, LETTER
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.platypus import (
    BaseDocTemplate,
    CondPageBreak,
    Frame,
    KeepTogether,
    LongTable,
    PageTemplate,
    Paragraph,
    Spacer,
    Table,
)

from skuflow.billing.pdf import fonts
from skuflow.billing.pdf.document import Annex, Document, Party, Total, texts_of
from skuflow.billing.pdf.paging import Marks, canvas_maker

_INK, _GREY, _RULE, _ACCENT, _TINT = (
    HexColor(colour) for colour in ("#1b2430", "#5d6977", "#d5dbe2", "#1f4e79", "#f3f6f9")
)
_MARGIN = 18 * mm


def _style(name: str, size: float, leading: float, **more: Any) -> ParagraphStyle:
    return ParagraphStyle(name, fontName=more.pop("font", fonts.REGULAR), fontSize=size, leading=leading, **more)


_BODY = _style("body", 9.5, 12.5, textColor=_INK)
_NUMBER = _style("number", 9.5, 12.5, textColor=_INK, alignment=TA_RIGHT)
_STRONG = _style("strong", 9.5, 12.5, textColor=_INK, font=fonts.SEMIBOLD)
_STRONG_NUMBER = _style("strong-number", 9.5, 12.5, textColor=_INK, font=fonts.SEMIBOLD, alignment=TA_RIGHT)
_SMALL = _style("small", 8, 10.5, textColor=_GREY)
_LABEL = _style("label", 8, 10.5, textColor=_GREY, font=fonts.SEMIBOLD)
_LABEL_NUMBER = _style("label-number", 8, 10.5, textColor=_GREY, font=fonts.SEMIBOLD, alignment=TA_RIGHT)
_TITLE = _style("title", 24, 28, textColor=_ACCENT, font=fonts.BOLD)
_NAME = _style("name", 11, 14, textColor=_INK, font=fonts.SEMIBOLD)
_HEADLINE = _style("headline", 22, 26, textColor=_INK, font=fonts.BOLD, alignment=TA_RIGHT)
_HEADING = _style("heading", 12, 16, textColor=_ACCENT, font=fonts.SEMIBOLD)


def draw(document: Document) -> bytes:
    """The PDF."""
    return _Drawing(document).bytes()


@dataclass(frozen=True)
class _Drawing:
    document: Document

    @cached_property
    def _fonts(self) -> fonts.Fonts:
        return fonts.fonts_for(texts_of(self.document))

    @cached_property
    def _width(self) -> float:
        return float(self._size[0] - 2 * _MARGIN)

    @property
    def _size(self) -> tuple[float, float]:
        size: tuple[float, float] = LETTER if self.document.paper == "letter" else A4
        return size

    def bytes(self) -> bytes:
        document, written = self.document, BytesIO()
        template = BaseDocTemplate(
            written,
            pagesize=self._size,
            title=f"{document.title} {document.number}",
            author=document.author,
            subject=document.headline_note,
            keywords=self._rewritten,
            creator="Skuflow",
            lang=document.language,
            invariant=1,
        )
        width, height = self._size
        frame = Frame(_MARGIN, 22 * mm, width - 2 * _MARGIN, height - 40 * mm, 0, 0, 0, 0)
        template.addPageTemplates(PageTemplate(frames=[frame]))
        marks = Marks(document.page, document.footer, document.stamp, f"{document.title} {document.number}", _MARGIN)
        template.build(self._story(), canvasmaker=canvas_maker(marks, self._fonts))
        return written.getvalue()

    def _story(self) -> list[Any]:
        document = self.document
        parts = [self._top(), Spacer(0, 7 * mm), self._parties(), Spacer(0, 9 * mm), self._lines(), Spacer(0, 4 * mm)]
        parts += [KeepTogether([self._totals()]), Spacer(0, 8 * mm)]
        parts += [self._text(note, _SMALL) for note in self._notes()]
        for annex in document.annexes:
            parts += [Spacer(0, 9 * mm), CondPageBreak(30 * mm), self._text(annex.title, _HEADING), Spacer(0, 2 * mm)]
            parts.append(self._annex(annex))
        return parts

    def _notes(self) -> tuple[str, ...]:
        """What is said below the lines, and which of the texts are not drawn with fonts of our own."""
        document = self.document
        runs = [run for text in texts_of(document) for run in self._fonts.runs(text)]
        asked = ((any(run.font for run in runs), document.foreign), (bool(self._rewritten), document.rewritten))
        return (*document.notes, *(note for told, note in asked if told))

    @cached_property
    def _rewritten(self) -> list[str]:
        """Texts that are not drawn as they are: the file's properties keep them."""
        every = dict.fromkeys(texts_of(self.document))
        return [text for text in every if any(run.rewritten for run in self._fonts.runs(text))]

    def _text(self, text: str, style: ParagraphStyle) -> Paragraph:
        return Paragraph("".join(map(_marked_up, self._fonts.runs(text))), style)

    def _top(self) -> Table:
        """Title and facts on the left, what counts on the right."""
        document = self.document
        facts = Table(
            [[self._text(label, _LABEL), self._text(value, _BODY)] for label, value in document.facts],
            colWidths=[26 * mm, self._width * 0.6 - 26 * mm],
            style=[("VALIGN", (0, 0), (-1, -1), "TOP"), *_PADDING_TIGHT],
            hAlign="LEFT",
        )
        label, amount = document.headline
        right = [self._text(label, _LABEL_NUMBER), self._text(amount, _HEADLINE)]
        right.append(self._text(document.headline_note, _LABEL_NUMBER))
        left = [self._text(document.title, _TITLE), Spacer(0, 3 * mm), facts]
        return Table(
            [[left, right]],
            colWidths=[self._width * 0.6, self._width * 0.4],
            style=[("VALIGN", (0, 0), (-1, -1), "TOP"), *_PADDING_NONE],
        )

    def _parties(self) -> Table:
        half = self._width / 2
        return Table(
            [[self._party(self.document.seller), self._party(self.document.customer)]],
            colWidths=[half, half],
            style=[
                ("VALIGN", (0, 0), (-1, -1), "TOP"),
                ("LINEABOVE", (0, 0), (-1, 0), 1.2, _ACCENT),
                ("TOPPADDING", (0, 0), (-1, -1), 3 * mm),
                ("LEFTPADDING", (0, 0), (-1, -1), 0),
                ("RIGHTPADDING", (0, 0), (-1, -1), 6 * mm),
            ],
        )

    def _party(self, party: Party) -> list[Paragraph]:
        return [
            self._text(party.heading, _LABEL),
            self._text(party.name, _NAME),
            *(self._text(line, _BODY) for line in party.lines),
            *(self._text(number, _SMALL) for number in party.numbers),
        ]

    def _lines(self) -> LongTable:
        document = self.document
        head = [self._text(name, _LABEL_NUMBER if at else _LABEL) for at, name in enumerate(document.columns)]
        rows = [
            [
                [self._text(row.description, _STRONG), self._text(row.detail, _SMALL)],
                *(self._text(text, _NUMBER) for text in (row.quantity, row.unit_price, row.amount)),
            ]
            for row in document.rows
        ]
        cells = [(row.description, row.quantity, row.unit_price, row.amount) for row in document.rows]
        return self._table([head, *rows], self._widths([document.columns, *cells], frozenset({1, 2, 3})))

    def _annex(self, annex: Annex) -> LongTable:
        head = [
            self._text(name, _LABEL_NUMBER if at in annex.numeric else _LABEL) for at, name in enumerate(annex.columns)
        ]
        rows = [
            [self._text(cell, _NUMBER if at in annex.numeric else _BODY) for at, cell in enumerate(row)]
            for row in annex.rows
        ]
        return self._table([head, *rows], self._widths([annex.columns, *annex.rows], annex.numeric))

    def _widths(self, rows: Sequence[Sequence[str]], numeric: frozenset[int]) -> list[float]:
        """A number stays on one line as long as the texts, which share what is left, keep a third of the width."""
        columns = range(len(rows[0]))
        need = {at: max(22 * mm, *(_length(row[at]) + 5 * mm for row in rows)) for at in numeric}
        squeeze = min(1.0, self._width * 2 / 3 / sum(need.values()))
        wide = (self._width - squeeze * sum(need.values())) / (len(columns) - len(numeric))
        return [squeeze * need[at] if at in numeric else wide for at in columns]

    def _table(self, rows: list[list[Any]], widths: list[float]) -> LongTable:
        """With its head again on every page; a row that fills a page by itself goes on over the next."""
        return LongTable(
            rows,
            colWidths=widths,
            repeatRows=1,
            splitInRow=1,
            style=[
                ("VALIGN", (0, 0), (-1, -1), "TOP"),
                ("BACKGROUND", (0, 0), (-1, 0), _TINT),
                ("LINEBELOW", (0, 0), (-1, -1), 0.5, _RULE),
                ("TOPPADDING", (0, 0), (-1, -1), 1.6 * mm),
                ("BOTTOMPADDING", (0, 0), (-1, -1), 2 * mm),
                ("LEFTPADDING", (0, 0), (-1, -1), 2 * mm),
                ("RIGHTPADDING", (0, 0), (-1, -1), 2 * mm),
            ],
        )

    def _totals(self) -> Table:
        totals = self.document.totals
        rules = [("LINEABOVE", (1, at), (-1, at), 0.8, _INK) for at, total in enumerate(totals) if total.strong]
        rows = [["", *self._total(total)] for total in totals]
        return Table(
            rows,
            colWidths=[self._width - 122 * mm, 88 * mm, 34 * mm],
            style=[
                ("VALIGN", (0, 0), (-1, -1), "TOP"),
                ("TOPPADDING", (0, 0), (-1, -1), 0.9 * mm),
                ("BOTTOMPADDING", (0, 0), (-1, -1), 0.9 * mm),
                ("RIGHTPADDING", (0, 0), (-1, -1), 2 * mm),
                *rules,
            ],
        )

    def _total(self, total: Total) -> list[Any]:
        label = [self._text(total.label, _STRONG if total.strong else _BODY)]
        if total.detail:
            label.append(self._text(total.detail, _SMALL))
        return [label, self._text(total.amount, _STRONG_NUMBER if total.strong else _NUMBER)]


def _length(text: str) -> float:
    """Of a text of the body on one line, in points."""
    return float(stringWidth(text, _BODY.fontName, _BODY.fontSize))


def _marked_up(run: fonts.Run) -> str:
    text = escape(run.text, quote=False).replace("\n", "<br/>")
    return f'<font name="{run.font}">{text}</font>' if run.font else text


_PADDING_NONE = [(f"{side}PADDING", (0, 0), (-1, -1), 0) for side in ("LEFT", "RIGHT", "TOP", "BOTTOM")]
_PADDING_TIGHT = [*_PADDING_NONE[:2], ("TOPPADDING", (0, 0), (-1, -1), 0.4), ("BOTTOMPADDING", (0, 0), (-1, -1), 0.4)]
