"""Canada: which taxes a supply bears."""

from __future__ import annotations

from datetime import date

from skuflow.billing.tax.canada_rates import CANADA, REGIME_OF, TAXES_OF
from skuflow.billing.tax.model import Levy, Place

FEDERAL = "GST/HST"
"""One registration, and one exemption, for both: HST is GST with the province's part in it."""


def levies(place: Place, tax_code: str, day: date) -> tuple[Levy, ...]:
    """The taxes on a supply of `tax_code` in the province `place.region`. Raises Invalid before the table's first day."""
    return tuple(_levy(jurisdiction, tax, tax_code, day) for jurisdiction, tax in TAXES_OF[place.region])


def _levy(jurisdiction: str, tax: str, tax_code: str, day: date) -> Levy:
    row = CANADA.row(jurisdiction, tax, tax_code, day)
    regime = FEDERAL if tax in {"GST", "HST"} else REGIME_OF[jurisdiction]
    return Levy(tax, regime, jurisdiction, row.rate, row.why)
