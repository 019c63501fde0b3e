"""Source Sans Pro (SIL Open Font License 1.1), from the package font-source-sans-pro; embedded as a subset."""

from __future__ import annotations

from functools import cache
from pathlib import Path

REGULAR, SEMIBOLD, BOLD = "SourceSans", "SourceSans-Semibold", "SourceSans-Bold"
_FILES = {REGULAR: "Regular", SEMIBOLD: "Semibold", BOLD: "Bold"}


@cache
def register() -> frozenset[int]:
    """Make the fonts known to reportlab. The code points that all of them can draw."""
    import font_source_sans_pro
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.ttfonts import TTFont

    files = Path(font_source_sans_pro.__file__).parent / "files"
    drawn: set[int] | None = None
    for name, file in _FILES.items():
        font = TTFont(name, str(files / f"SourceSansPro-{file}.ttf"))
        pdfmetrics.registerFont(font)
        known = set(font.face.charToGlyph)
        drawn = known if drawn is None else drawn & known
    return frozenset(drawn or ())


def drawable(text: str, known: frozenset[int]) -> str:
    """`text` with what the fonts cannot draw (other scripts) as a question mark; an empty box would look like a fault."""
    return "".join(one if ord(one) in known or one == "\n" else "?" for one in text)
