"""Places of supply: which regions exist, what the clock says there, and where a line is supplied."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from skuflow.billing.tax.countries import COUNTRIES, MISTAKEN
from skuflow.billing.tax.indian_states import STATES
from skuflow.billing.tax.model import Customer, Place, SaleLine, Supply
from skuflow.billing.tax.region_names import region_code
from skuflow.billing.tax.us_rates import STATE_RATES
from skuflow.kernel.errors import Problem

_PROVINCE_ZONES = {
    "AB": "America/Edmonton",
    "BC": "America/Vancouver",
    "MB": "America/Winnipeg",
    "NB": "America/Moncton",
    "NL": "America/St_Johns",
    "NS": "America/Halifax",
    "NT": "America/Edmonton",
    "NU": "America/Iqaluit",
    "ON": "America/Toronto",
    "PE": "America/Halifax",
    "QC": "America/Toronto",
    "SK": "America/Regina",
    "YT": "America/Whitehorse",
}
"""Each province's and territory's capital."""

_EASTERN = [
    "CT",
    "DC",
    "DE",
    "FL",
    "GA",
    "IN",
    "KY",
    "MA",
    "MD",
    "ME",
    "MI",
    "NC",
    "NH",
    "NJ",
    "NY",
    "OH",
    "PA",
    "RI",
    "SC",
    "VA",
    "VT",
    "WV",
]
_CENTRAL = ["AL", "AR", "IA", "IL", "KS", "LA", "MN", "MO", "MS", "ND", "NE", "OK", "SD", "TN", "TX", "WI"]
_STATE_ZONES = {
    **dict.fromkeys(_EASTERN, "America/New_York"),
    **dict.fromkeys(_CENTRAL, "America/Chicago"),
    **dict.fromkeys(("CO", "ID", "MT", "NM", "UT", "WY"), "America/Denver"),
    **dict.fromkeys(("CA", "NV", "OR", "WA"), "America/Los_Angeles"),
    "AK": "America/Juneau",
    "AZ": "America/Phoenix",
    "HI": "Pacific/Honolulu",
}
"""Each state's capital."""

ZONES: Mapping[str, Mapping[str, str]] = {
    "CA": _PROVINCE_ZONES,
    "IN": dict.fromkeys(STATES, "Asia/Kolkata"),
    "US": {state: _STATE_ZONES[state] for state in STATE_RATES},
}
"""Country -> region -> time zone, for the countries whose taxes we know."""

_REGION_IS_CALLED = {
    "CA": "a province or territory of Canada",
    "IN": "a state or union territory of India",
    "US": "a state of the United States",
}
_SERVICES = frozenset({"saas", "digital"})


def supply_of(line: SaleLine) -> Supply:
    return line.supply or ("services" if line.tax_code in _SERVICES else "goods")


def supplied_at(line: SaleLine, customer: Customer, ship_to: Place | None) -> Place:
    """Where the line is supplied: goods where they go, services where the customer is."""
    return ship_to if ship_to is not None and supply_of(line) == "goods" else customer.place


def with_region_code(place: Place) -> Place:
    """`place` with the code of its region where it was named in another way: ON for Ontario, QC for Québec or PQ."""
    return replace(place, region=region_code(place.country, place.region))


def place_problems(place: Place, field: str) -> list[Problem]:
    """What is wrong with `place`, which the sender calls `field`. Countries whose taxes we do not know need no region."""
    faults = []
    if place.country not in COUNTRIES:
        message = f"{place.country[:20]!r} is not a country code" if place.country else "is missing"
        meant = MISTAKEN.get(place.country, place.country.upper())
        remedy = f"use {meant}" if meant in COUNTRIES else "use two capitals of ISO 3166-1, such as CA"
        faults.append(Problem(f"{field}.country", message, remedy))
    regions = ZONES.get(place.country)
    if regions is not None and place.region not in regions:
        message = f"{place.region[:20]!r} is not {_REGION_IS_CALLED[place.country]}" if place.region else "is missing"
        faults.append(Problem(f"{field}.region", message, f"use one of {', '.join(regions)}"))
    if place.time_zone and _zone(place.time_zone) is None:
        message = f"{place.time_zone[:64]!r} is not a time zone"
        faults.append(
            Problem(f"{field}.time_zone", message, "use a name of the IANA database, such as America/Toronto")
        )
    return faults


def local_day(at: date | datetime, place: Place) -> date:
    """The day on which `at` falls at `place`; a day is taken as it is. `place` must have no problems."""
    if not isinstance(at, datetime):
        return at
    return at.astimezone(ZoneInfo(place.time_zone or ZONES.get(place.country, {}).get(place.region, "UTC"))).date()


def _zone(name: str) -> ZoneInfo | None:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None
