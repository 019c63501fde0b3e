"""What a fix is, and a suggestion."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Fix:
    """One field, mended. `path` is `title`, `attributes.<name>`, `variants.<variant_id>.gtin`,
    `variants.<variant_id>.options.<name>` (what stands after the last of those dots is a name and may have dots itself). `old` and
    `new` are texts; lists (`category`, `tags`, `attributes.*`) are JSON arrays of texts without blanks. `rule_ids` are the rules
    that asked for it, in order."""

    path: str
    old: str
    new: str
    rule_ids: tuple[str, ...]
    reason: str


@dataclass(frozen=True, slots=True)
class Suggestion:
    """What might be right, for somebody to decide; `old` is what stands there once the fixes of the same decision are made. `new`
    "": there is nothing better than to take it out, or to look at it. `confidence` is in percent."""

    path: str
    old: str
    new: str
    rule_id: str
    reason: str
    confidence: int


@dataclass(frozen=True, slots=True)
class Decision:
    """What is to be done about one product."""

    product_id: str
    fixes: tuple[Fix, ...] = ()
    suggestions: tuple[Suggestion, ...] = ()
