"""United States: where the rates of an address come from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Protocol

from skuflow.billing.tax.model import Levy, Place
from skuflow.billing.tax.rate_table import EVERY_CODE, RateRow, RateTable
from skuflow.billing.tax.us_rates import ESTIMATE, FIRST_DAY, SOURCE, STATE_RATES

SALES_TAX = "sales tax"
_LEFT_ALONE = ("groceries", "prescription_drugs")
"""Most states do; an estimate leaves it at that."""


class UsTaxes(Protocol):
    """What an address pays. A calculation service by address (Stripe Tax) stands here one day; until then `StateRates` does."""

    @property
    def estimate(self) -> str:
        """Why its answers are not to be relied on; "" if they are."""

    def levies(self, place: Place, tax_code: str, day: date) -> tuple[Levy, ...]:
        """One for each jurisdiction that taxes a supply of `tax_code` at `place` on `day`; none where there is no sales tax.
        Raises Invalid if it cannot say."""


@dataclass(frozen=True, slots=True)
class StateRates:
    """The offline stand-in: a state's general rate for nearly everything, and nothing local."""

    table: RateTable

    @property
    def estimate(self) -> str:
        return ESTIMATE

    def levies(self, place: Place, tax_code: str, day: date) -> tuple[Levy, ...]:
        if STATE_RATES[place.region] is None:
            return ()
        jurisdiction = f"US-{place.region}"
        row = self.table.row(jurisdiction, SALES_TAX, tax_code, day)
        return (Levy(SALES_TAX, f"US_{place.region}", jurisdiction, row.rate, row.why),)


US = RateTable(
    RateRow(
        f"US-{state}",
        SALES_TAX,
        code,
        Decimal(rate) if code == EVERY_CODE else Decimal(0),
        FIRST_DAY,
        None,
        SOURCE,
        "" if code == EVERY_CODE else "exempt_supply",
    )
    for state, rate in STATE_RATES.items()
    if rate is not None
    for code in (EVERY_CODE, *_LEFT_ALONE)
)
STATE_TABLE = StateRates(US)
