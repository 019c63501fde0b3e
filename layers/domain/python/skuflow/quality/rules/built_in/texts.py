"""Titles and descriptions."""

from __future__ import annotations

from skuflow.quality.rules.built_in.making import built, flaw, limits
from skuflow.quality.rules.rule import Rule

_TITLE = (
    built("title.required", "required", ("error", 5), ("A product has a title", "give it a title")),
    built(
        "title.length",
        "length",
        ("warning", 3),
        ("A title has 3 to 150 characters", "name the product, its maker and what sets it apart, and no more"),
        limits(3, 150),
    ),
    built(
        "title.whitespace",
        "text",
        ("info", 2),
        ("A title has single blanks between words and none at its ends", "remove the blanks"),
        flaw("whitespace"),
        fixable=True,
    ),
    built(
        "title.shouting",
        "text",
        ("warning", 3),
        ("A title is not in capitals throughout", "write it in small letters, with capitals where names begin"),
        flaw("shouting"),
        fixable=True,
    ),
    built(
        "title.markup",
        "text",
        ("warning", 4),
        ("A title is plain text", "remove tags, and write & for &amp;"),
        flaw("markup"),
        fixable=True,
    ),
    built(
        "title.placeholder",
        "text",
        ("error", 4),
        ("A title names the product", "replace the placeholder, or remove the product"),
        flaw("placeholder"),
    ),
    built(
        "title.encoding",
        "text",
        ("warning", 4),
        ("A title has no broken characters", "save the file as UTF-8 and import it again"),
        flaw("encoding"),
    ),
)

_DESCRIPTION = (
    built(
        "description_html.required",
        "required",
        ("warning", 5),
        ("A product has a description", "say what it is, what it is made of and whom it is for"),
    ),
    built(
        "description_html.length",
        "length",
        ("info", 3),
        ("A description has 30 to 5,000 characters", "say more, or say it shorter"),
        limits(30, 5000),
    ),
    built(
        "description_html.junk",
        "html",
        ("info", 4),
        ("A description has no HTML that readers never see", "remove empty elements, wrappers and styles of its own"),
        fixable=True,
    ),
    built(
        "description_html.encoding",
        "text",
        ("warning", 3),
        ("A description has no broken characters", "save the file as UTF-8 and import it again"),
        flaw("encoding"),
    ),
    built(
        "description_html.placeholder",
        "text",
        ("warning", 4),
        ("A description says something", "replace the placeholder"),
        flaw("placeholder"),
    ),
)

TEXTS: tuple[Rule, ...] = (*_TITLE, *_DESCRIPTION)
