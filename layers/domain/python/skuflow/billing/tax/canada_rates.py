"""Canada: what each tax takes, since when. Percent; days are local to the province.

First day of the table: AB, MB, NB, NL, NT, NU, SK, YT 2008-01-01 · NS, ON 2010-07-01 · QC 2013-01-01 · BC, PE 2013-04-01.
What is streamed or downloaded in Saskatchewan: from 2019-01-01. Earlier days are an error, not a guess.

The codes stand for the ordinary case of their kind: in Manitoba a piece of children's clothing over $150 is `general`.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal

from skuflow.billing.tax.model import Why
from skuflow.billing.tax.rate_table import EVERY_CODE, RateRow, RateTable

_CRA_RATES = "https://www.canada.ca/en/revenue-agency/services/tax/businesses/topics/gst-hst-businesses/charge-collect-which-rate/calculator.html"
_CRA_GOODS = "https://www.canada.ca/en/revenue-agency/services/forms-publications/publications/rc4022.html"
_CRA_BOOKS = "https://www.canada.ca/en/revenue-agency/services/forms-publications/publications/gi-065.html"
_CRA_CHILDREN = (
    "https://www.canada.ca/en/revenue-agency/services/forms-publications/publications/gi-063/"
    "point-sale-rebate-on-childrens-goods.html"
)
_CRA_BREAK = "https://www.canada.ca/en/services/taxes/child-and-family-benefits/gst-hst-holiday-tax-break.html"
_NL_BOOKS = "https://www.gov.nl.ca/fin/tax-programs-incentives/generalhstbook-rebate"
_QC = "https://www.revenuquebec.ca/en/businesses/consumption-taxes/gsthst-and-qst/"
_BC = "https://www2.gov.bc.ca/gov/content/taxes/sales-taxes/pst"
_SK = "https://sets.saskatchewan.ca/rptp/portal/provincial-sales-tax"
_MB = "https://www.gov.mb.ca/finance/taxation/taxes/retail.html"

_GST_BEGINS = date(2008, 1, 1)
_BREAK_FIRST, _BREAK_LAST = date(2024, 12, 14), date(2025, 2, 15)
"""Children's clothing and printed books bore neither GST nor HST; the provinces' own taxes went on."""

_HST: dict[str, tuple[tuple[date, str], ...]] = {
    "NB": ((date(2008, 1, 1), "13"), (date(2016, 7, 1), "15")),
    "NL": ((date(2008, 1, 1), "13"), (date(2016, 7, 1), "15")),
    "NS": ((date(2010, 7, 1), "15"), (date(2025, 4, 1), "14")),
    "ON": ((date(2010, 7, 1), "13"),),
    "PE": ((date(2013, 4, 1), "14"), (date(2016, 10, 1), "15")),
}
_PROVINCIAL: dict[str, tuple[str, str, tuple[tuple[date, str], ...]]] = {
    "BC": ("PST", _BC, ((date(2013, 4, 1), "7"),)),
    "MB": ("RST", _MB, ((date(2008, 1, 1), "7"), (date(2013, 7, 1), "8"), (date(2019, 7, 1), "7"))),
    "QC": ("QST", _QC, ((date(2013, 1, 1), "9.975"),)),
    "SK": ("PST", _SK, ((date(2008, 1, 1), "5"), (date(2017, 3, 23), "6"))),
}
_BOOK_REBATES = {"NB": (), "NL": ((date(2017, 1, 1), date(2017, 12, 31)),), "NS": (), "ON": (), "PE": ()}
"""Provinces that give back their part of the HST on printed books, and when they did not."""

_CLOTHING_REBATES = ("NS", "ON", "PE")

_PROVINCIAL_RELIEFS: tuple[tuple[str, str, date | None, date | None], ...] = (
    ("BC", "books", None, None),
    ("BC", "childrens_clothing", None, None),
    ("MB", "books", None, None),
    ("MB", "childrens_clothing", None, None),
    ("MB", "digital", None, date(2021, 11, 30)),
    ("MB", "saas", None, date(2025, 12, 31)),
    ("QC", "books", None, None),
    ("SK", "books", None, None),
    ("SK", "childrens_clothing", None, date(2017, 3, 31)),
)
"""Province, code, first and last day on which the province's own tax leaves the code alone; None: the table's first day, no end."""

_NEVER_TAXED = ("groceries", "prescription_drugs")
"""Zero-rated federally and in Québec, exempt in the other provinces."""

_FEDERAL_PART = Decimal(5)


def _steps(place: str, tax: str, source: str, steps: tuple[tuple[date, str], ...]) -> Iterator[RateRow]:
    """A row for each (first day, rate), for every code; each ends on the day before the next."""
    ends = [first - timedelta(days=1) for first, _ in steps[1:]]
    for (first, rate), last in zip(steps, [*ends, None], strict=True):
        yield RateRow(place, tax, EVERY_CODE, Decimal(rate), first, last, source)


def _value_added(place: str, tax: str, first: date, usual: tuple[RateRow, ...]) -> Iterator[RateRow]:
    """The rows of GST or HST: the usual rates, what bears nothing, and what bore nothing during the break."""
    yield from usual
    for code in _NEVER_TAXED:
        yield RateRow(place, tax, code, Decimal(0), first, None, _CRA_GOODS, "zero_rated")
    province = place.removeprefix("CA-")
    for code, rebated in (("books", province in _BOOK_REBATES), ("childrens_clothing", province in _CLOTHING_REBATES)):
        yield RateRow(place, tax, code, Decimal(0), _BREAK_FIRST, _BREAK_LAST, _CRA_BREAK, "zero_rated")
        if rebated:
            yield from _rebates(place, code, first)


def _rebates(place: str, code: str, first: date) -> Iterator[RateRow]:
    """The days on which the buyer pays only the federal part, for the seller credits the province's at the till."""
    province = place.removeprefix("CA-")
    gaps = [*(_BOOK_REBATES[province] if code == "books" else ()), (_BREAK_FIRST, _BREAK_LAST)]
    source = _CRA_CHILDREN if code != "books" else _NL_BOOKS if province == "NL" else _CRA_BOOKS
    for gap_first, gap_last in gaps:
        last = gap_first - timedelta(days=1)
        yield RateRow(place, "HST", code, _FEDERAL_PART, first, last, source, "point_of_sale_rebate")
        first = gap_last + timedelta(days=1)
    yield RateRow(place, "HST", code, _FEDERAL_PART, first, None, source, "point_of_sale_rebate")


def _rows() -> Iterator[RateRow]:
    gst = tuple(_steps("CA", "GST", _CRA_RATES, ((_GST_BEGINS, "5"),)))
    yield from _value_added("CA", "GST", _GST_BEGINS, gst)
    for province, steps in _HST.items():
        place = f"CA-{province}"
        yield from _value_added(place, "HST", steps[0][0], tuple(_steps(place, "HST", _CRA_RATES, steps)))
    for province, (tax, source, steps) in _PROVINCIAL.items():
        place = f"CA-{province}"
        yield from _steps(place, tax, source, steps)
        why: Why = "zero_rated" if province == "QC" else "exempt_supply"
        for code in _NEVER_TAXED:
            yield RateRow(place, tax, code, Decimal(0), steps[0][0], None, source, why)
        for where, code, first, last in _PROVINCIAL_RELIEFS:
            if where == province:
                relief: Why = "point_of_sale_rebate" if province == "QC" else "exempt_supply"
                yield RateRow(place, tax, code, Decimal(0), first or steps[0][0], last, source, relief)


CANADA = RateTable(_rows(), {("CA-SK", "digital"): date(2019, 1, 1)})

TAXES_OF: dict[str, tuple[tuple[str, str], ...]] = {
    **dict.fromkeys(("AB", "NT", "NU", "YT"), (("CA", "GST"),)),
    **{region: ((f"CA-{region}", "HST"),) for region in _HST},
    **{region: (("CA", "GST"), (f"CA-{region}", tax)) for region, (tax, _, _) in _PROVINCIAL.items()},
}
"""Province or territory -> (jurisdiction, tax) of each tax on a supply there."""

REGIME_OF = {"CA-BC": "PST_BC", "CA-MB": "RST_MB", "CA-QC": "QST", "CA-SK": "PST_SK"}
"""Jurisdiction -> regime of the province's own tax; GST and HST belong to `GST/HST` everywhere."""
