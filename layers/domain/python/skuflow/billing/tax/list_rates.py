"""The rates of a place, as the tables have them."""

from __future__ import annotations

from datetime import date

from skuflow.billing.tax.canada_rates import CANADA, TAXES_OF
from skuflow.billing.tax.india import INDIA
from skuflow.billing.tax.model import Place
from skuflow.billing.tax.places import ZONES, place_problems
from skuflow.billing.tax.rate_table import RateRow
from skuflow.billing.tax.region_names import region_code
from skuflow.billing.tax.us import US
from skuflow.kernel.errors import Invalid, Problem


def list_rates(country: str, region: str, day: date | None) -> tuple[RateRow, ...]:
    """What the tables know of a place: the rows in force on `day`, or the whole history, oldest first, without a day.

    `region` "" stands for all of the country. Raises Invalid for a place that does not exist, a country whose taxes we do not
    know, and a day before the place's tables begin.
    """
    region = region_code(country, region)
    if country not in ZONES:
        fault = Problem("country", f"the taxes of {country[:20]!r} are not in our tables", f"use {', '.join(ZONES)}")
        raise Invalid("no rates are known for that country", problems=[fault])
    if region and (faults := place_problems(Place(country, region), "place")):
        raise Invalid(
            "that place does not exist", problems=[Problem("region", fault.message, fault.remedy) for fault in faults]
        )
    rows = [row for row in _rows(country) if not region or _concerns(row, region)]
    if day is None:
        return tuple(sorted(rows, key=lambda row: (row.jurisdiction, row.tax, row.tax_code, row.valid_from)))
    return tuple(sorted(_in_force(rows, day, region), key=lambda row: (row.jurisdiction, row.tax, row.tax_code)))


def _rows(country: str) -> tuple[RateRow, ...]:
    return tuple({"CA": CANADA, "IN": INDIA, "US": US}[country])


def _concerns(row: RateRow, region: str) -> bool:
    country = row.jurisdiction.partition("-")[0]
    if country == "CA":
        return (row.jurisdiction, row.tax) in TAXES_OF[region]
    return row.jurisdiction in {country, f"{country}-{region}"}


def _in_force(rows: list[RateRow], day: date, region: str) -> list[RateRow]:
    """The rows of `day`. A region all of whose tables must know the day: half an answer would look like the whole."""
    first = max((min(r.valid_from for r in rows if r.tax == tax) for tax in {row.tax for row in rows}), default=day)
    if region and day < first:
        fault = Problem("date", f"the table of this place begins on {first}", f"give a day from {first} on")
        raise Invalid(f"no rates are known for {day}", problems=[fault])
    return [row for row in rows if row.holds_on(day)]
