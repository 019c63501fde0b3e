"""What the demo did, in figures: the one line of JSON at its end."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from local.api.importing import COUNTED, Finished


@dataclass
class ShopSummary:
    """The second act, for a client of its own. `products` and `variants` are what the shop sells; times in seconds: from the end of
    the installation until its catalogue was in ours, and from the edit of a price until it was. `healed`: a lost webhook's price
    came by reconciliation. `status_checks`: how often the sync status was looked at and told the truth."""

    domain: str
    client_id: str
    products: int = 0
    variants: int = 0
    first_sync_seconds: float = 0.0
    webhook_seconds: float = 0.0
    healed: bool = False
    status_checks: int = 0
    uninstalled: bool = False


@dataclass
class QualitySummary:
    """The quality act. Scores are texts from 0 to 100; `billable_items` is what was metered of it, the look and the fixes."""

    products: int = 0
    score_before: str = ""
    score_after: str = ""
    fixes_proposed: int = 0
    items_fixed: int = 0
    billable_items: int = 0


@dataclass
class BillingSummary:
    """The billing act. Amounts are texts in major units of `currency`, taxes are in `total`; `pdf` is where the invoice lies."""

    currency: str = ""
    invoice_number: str = ""
    lines: int = 0
    subtotal: str = ""
    tax: str = ""
    total: str = ""
    invoices: int = 0
    pdf: str = ""


@dataclass
class Summary:
    """`products` and `variants` are what the catalogue holds for the client after the file; `events` and `price_drops` what came
    over the bus meanwhile; `seconds` is wall time. `shop` is the second act, None if it was left out."""

    client_id: str = ""
    api: str = ""
    status: str = "started"
    imports: list[Finished] = field(default_factory=list)
    products: int = 0
    variants: int = 0
    events: Sequence[dict[str, Any]] = ()
    problem: str = ""
    quality: QualitySummary | None = None
    billing: BillingSummary | None = None
    shop: ShopSummary | None = None

    def of(self, name: str) -> list[dict[str, Any]]:
        """The payloads of all events called `name`."""
        return [event["detail"]["data"] for event in self.events if event["detail-type"] == name]

    def event_counts(self) -> list[tuple[str, int]]:
        return Counter(str(event["detail-type"]) for event in self.events).most_common()

    def line(self, seconds: float) -> str:
        """One JSON object without line breaks. Row counts are summed over both uploads, except `rejected`: the rows of the
        file that were not accepted, however often they were offered."""
        rejected = frozenset[int]().union(*(each.rejected_lines for each in self.imports))
        figures: dict[str, Any] = {"products": self.products, "variants": self.variants}
        figures |= {name: sum(each.count(name) for each in self.imports) for name in COUNTED}
        figures |= {
            "rejected": len(rejected) or max((each.count("rejected") for each in self.imports), default=0),
            "price_drops": len(self.of("PriceDropped")),
            "events": len(self.events),
            "seconds": round(seconds, 1),
            "imports": [_import(each) for each in self.imports],
            "status": self.status,
            "client_id": self.client_id,
            "api": self.api,
        }
        for name in ("quality", "billing", "shop"):
            act = getattr(self, name)
            if act is not None:
                figures[name] = asdict(act)
        if self.problem:
            figures["problem"] = self.problem
        return json.dumps(figures, ensure_ascii=False)


def _import(finished: Finished) -> dict[str, Any]:
    told = ("import_id", "status", "format", "rows_total")
    figures = {name: finished.seen.get(name) for name in told}
    figures |= {name: finished.count(name) for name in COUNTED}
    refusal = finished.seen.get("refusal")
    return figures | ({"refusal": refusal} if refusal else {})
