"""What a line of an invoice says, as facts. They become words when somebody reads them, in the reader's language (`wording`)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Phrase:
    """`code` says which sentence of `wording`. `names` stand in it as they are (what a plan is called), `numbers` as the reader
    writes numbers."""

    code: str
    names: Mapping[str, str] = field(default_factory=dict)
    numbers: Mapping[str, Decimal] = field(default_factory=dict)


Text = str | Phrase
"""A plain text is shown as it stands: somebody's own words, or those of a record made before there were phrases."""
