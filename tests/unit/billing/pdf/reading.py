"""Reads a PDF back, as a reader sees it."""

from __future__ import annotations

from io import BytesIO

from pypdf import PdfReader


def pages(content: bytes) -> list[str]:
    """The text of each page; no-break spaces as spaces."""
    found = [page.extract_text() for page in PdfReader(BytesIO(content)).pages]
    return [text.replace("\u00a0", " ").replace("\u202f", " ") for text in found]


def text(content: bytes) -> str:
    return "\n".join(pages(content))
