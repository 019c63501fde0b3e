"""India: GST by slab, halved between the union and the state within a state, whole between states.

The table begins on 2017-07-01; the slabs 12 and 28 end and 40 begins on 2025-09-22 (56th GST Council; tobacco, which kept 28
and its cess for a while, is left out). Sources: CGST Act 2017 s. 9; IGST Act 2017 s. 5, 7, 8, 10, 12, 13; UTGST Act 2017.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from skuflow.billing.tax.indian_states import STATES, WITHOUT_LEGISLATURE
from skuflow.billing.tax.model import Levy, Place, Why
from skuflow.billing.tax.rate_table import RateRow, RateTable
from skuflow.kernel.errors import Invalid, Problem

GSTIN = "GSTIN"
_ACTS = "https://cbic-gst.gov.in/gst-goods-services-rates.html"
_BEGINS, _REFORM, _BEFORE_REFORM = date(2017, 7, 1), date(2025, 9, 22), date(2025, 9, 21)


def _rows() -> Iterator[RateRow]:
    for slab in ("0", "0.25", "3", "5", "18"):
        why: Why = "zero_rated" if slab == "0" else ""
        yield RateRow("IN", "GST", f"in_gst_{slab}", Decimal(slab), _BEGINS, None, _ACTS, why)
    for slab in ("12", "28"):
        yield RateRow("IN", "GST", f"in_gst_{slab}", Decimal(slab), _BEGINS, _BEFORE_REFORM, _ACTS)
    yield RateRow("IN", "GST", "in_gst_40", Decimal(40), _REFORM, None, _ACTS)
    for code in ("general", "saas", "digital"):
        yield RateRow("IN", "GST", code, Decimal(18), _BEGINS, None, _ACTS)
    yield RateRow("IN", "GST", "books", Decimal(0), _BEGINS, None, _ACTS, "exempt_supply")


INDIA = RateTable(_rows())
_SLAB_DECIDES = ("groceries", "childrens_clothing", "prescription_drugs")


def levies(place: Place, tax_code: str, day: date, *, seller: Place) -> tuple[Levy, ...]:
    """The taxes on a supply of `tax_code` in the state `place.region` by a seller in the place `seller`. Raises Invalid for a
    code whose slab depends on the product, and for a day on which its slab was not in force."""
    if tax_code in _SLAB_DECIDES:
        fault = Problem(
            "tax_code", f"India's rate for {tax_code} depends on the product", "name its slab: in_gst_0, in_gst_5 …"
        )
        raise Invalid(f"{tax_code} alone does not say which slab of India's GST applies", problems=[fault])
    row = INDIA.row("IN", "GST", tax_code, day)
    state = STATES[place.region]
    if seller.country != "IN" or STATES[seller.region] != state:
        return (Levy("IGST", GSTIN, "IN", row.rate, row.why),)
    own = "UTGST" if state in WITHOUT_LEGISLATURE else "SGST"
    half = row.rate / 2
    return (Levy("CGST", GSTIN, "IN", half, row.why), Levy(own, GSTIN, f"IN-{place.region}", half, row.why))
