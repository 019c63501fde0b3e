"""What is known beside the product that is judged."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from skuflow.quality.model import ImageFact

Repeated = Mapping[str, frozenset[int]]
"""Rule id -> digests of the values that more than one subject has; see `seen`."""


@dataclass(frozen=True, slots=True)
class Known:
    """None: not known, and then the rules that ask for it are not judged and do not count. `categories` are paths from the root,
    `images` facts by address (an address without one passes). `colours` are a client's names for them, case folded.
    Without `repeated` duplicates are counted, but no product is told that it has one: that takes a second look at all of them."""

    now: datetime
    categories: frozenset[tuple[str, ...]] | None = None
    brands: frozenset[str] | None = None
    images: Mapping[str, ImageFact] | None = None
    repeated: Repeated | None = None
    colours: Mapping[str, str] = field(default_factory=dict)
