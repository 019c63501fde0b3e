"""What quality tells the others. Scores are decimal strings from 0 to 100 with two places."""

from __future__ import annotations

from dataclasses import dataclass

SOURCE = "skuflow.quality"

MOST_PRODUCTS = 50
MOST_FIXES = 500
"""Of one `ProductFixesDecided`: so the answer, which names each fix that was skipped, fits into an event too."""


@dataclass(frozen=True, slots=True)
class Fix:
    """One field of a product: what it was seen as and what it is to be. `path` is one of

    - `title`, `description_html`, `brand`, `product_type`: texts;
    - `category`, `tags`: lists of texts, as JSON;
    - `attributes.<name>`: a list of texts, as JSON; `[]` for an attribute that is not there, or is to go;
    - `images.<url>.alt`: a text;
    - `variants.<variant_id>.gtin`, `variants.<variant_id>.mpn`: a text, "" for none;
    - `variants.<variant_id>.options.<name>`: a text.

    Whoever takes a fix back decides the same with `old` and `new` swapped."""

    path: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class ProductFixes:
    """What is to be changed of one product, if it still is as it was seen."""

    product_id: str
    fixes: tuple[Fix, ...]


@dataclass(frozen=True, slots=True)
class ProductFixesDecided:
    """Fixes that somebody has decided on, of at most 50 products, each once. The catalogue applies those whose field is still as it
    was seen and answers with `ProductFixesApplied`, once for each (`job_id`, `batch`). Whoever decides on more than MOST_FIXES, or
    more than fits into 200 KB, makes several batches of it."""

    job_id: str
    batch: int
    products: tuple[ProductFixes, ...]


@dataclass(frozen=True, slots=True)
class JobCompleted:
    """A job has ended; what it did is what is metered. `source_type` is where the products are from ("shopify", "csv", …),
    "mixed" if from several kinds of places, "" if there were none. `items_processed`: products checked, or, of a job that
    applies a preview's fixes or takes fixes back, products with fixes. `items_fixed`: products of which at least one fix was
    applied. `billable_items`: products checked; 0 for a job that applies a preview, whose products were counted with it,
    for one that takes fixes back, and for one that only scores because it is night. `source_items`: products of the collection
    that were looked through, whatever the filters said. `duration_seconds` is whole, from start to end."""

    job_id: str
    source_type: str
    collection: str
    items_processed: int
    items_fixed: int
    quality_score_before: str
    quality_score_after: str
    duration_seconds: int
    billable_items: int
    source_items: int
    completed_at: str


@dataclass(frozen=True, slots=True)
class QualityThresholdCrossed:
    """A metric went to the wrong side of a client's limit; told once, until it has come back by the threshold's margin. `field`
    is "" for the whole collection. `direction`: `below` or `above`, where it is now. `value` and `limit` are decimal
    strings."""

    threshold_id: str
    alert_id: str
    collection: str
    field: str
    metric: str
    direction: str
    limit: str
    value: str
    job_id: str
    crossed_at: str


EVENTS: dict[tuple[str, int], type] = {
    ("ProductFixesDecided", 1): ProductFixesDecided,
    ("JobCompleted", 1): JobCompleted,
    ("QualityThresholdCrossed", 1): QualityThresholdCrossed,
}
"""Every event of this context by name and schema version; `events/quality` is made from it."""
