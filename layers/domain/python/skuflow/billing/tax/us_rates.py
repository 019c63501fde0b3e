"""United States: the states' own rates of general sales tax, in percent. A static table for when no source of addresses is at hand.

It knows no local taxes (counties, cities and districts add up to 7 points), no state's rules for a kind of product and no nexus.
First day: 2025-01-01. Source: Tax Foundation, State and Local Sales Tax Rates, 2025 (Louisiana at 5 % since that day); California,
Utah and Virginia with the local shares that are the same in the whole state.
"""

from __future__ import annotations

from datetime import date

FIRST_DAY = date(2025, 1, 1)
SOURCE = "https://taxfoundation.org/data/all/state/2025-sales-taxes/"

STATE_RATES: dict[str, str | None] = {
    "AK": None,
    "AL": "4",
    "AR": "6.5",
    "AZ": "5.6",
    "CA": "7.25",
    "CO": "2.9",
    "CT": "6.35",
    "DC": "6",
    "DE": None,
    "FL": "6",
    "GA": "4",
    "HI": "4",
    "IA": "6",
    "ID": "6",
    "IL": "6.25",
    "IN": "7",
    "KS": "6.5",
    "KY": "6",
    "LA": "5",
    "MA": "6.25",
    "MD": "6",
    "ME": "5.5",
    "MI": "6",
    "MN": "6.875",
    "MO": "4.225",
    "MS": "7",
    "MT": None,
    "NC": "4.75",
    "ND": "5",
    "NE": "5.5",
    "NH": None,
    "NJ": "6.625",
    "NM": "4.875",
    "NV": "6.85",
    "NY": "4",
    "OH": "5.75",
    "OK": "4.5",
    "OR": None,
    "PA": "6",
    "RI": "7",
    "SC": "6",
    "SD": "4.2",
    "TN": "7",
    "TX": "6.25",
    "UT": "6.1",
    "VA": "5.3",
    "VT": "6",
    "WA": "6.5",
    "WI": "5",
    "WV": "6",
    "WY": "4",
}
"""State -> rate; None: no sales tax of the state."""

ESTIMATE = (
    "US sales tax from a static table of state rates: no county, city or district taxes, no product rules of the state. "
    "An estimate, not a tax calculation."
)
