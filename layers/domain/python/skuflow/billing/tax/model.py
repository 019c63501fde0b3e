"""What a sale tells us, and what it owes in taxes.

Rates are percentages (Decimal("9.975") is 9.975 %). Amounts are Money of the sale's one currency. Regimes name who is owed, and
are what a seller registers for and a customer is exempt from:

GST/HST (Canada, federal) · QST · PST_BC · PST_SK · RST_MB · GSTIN (India) · US_<state>, such as US_NY
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Literal

from skuflow.kernel.money import Money

Supply = Literal["goods", "services"]
"""Goods are taxed where they are delivered, services (software too) where the customer is."""

PriceMode = Literal["exclusive", "inclusive"]
"""Whether taxes come on top of the lines' amounts or are contained in them."""

TAX_CODES = (
    "general",
    "saas",
    "digital",
    "groceries",
    "books",
    "childrens_clothing",
    "prescription_drugs",
    "exempt",
    "in_gst_0",
    "in_gst_0.25",
    "in_gst_3",
    "in_gst_5",
    "in_gst_12",
    "in_gst_18",
    "in_gst_28",
    "in_gst_40",
)
"""What a line can be. `saas`: software used over a network; `digital`: music, films, books and games that are downloaded or
streamed; `groceries`: basic ones; `books`: printed ones; `exempt`: outside all sales taxes (financial services, residential
rent, tutoring); `in_gst_…`: an Indian slab by name, for India decides by the product's HSN code."""


@dataclass(frozen=True, slots=True)
class Place:
    """`country`: ISO 3166-1, `region`: ISO 3166-2 without the country (ON, MH, NY). `time_zone` (IANA) decides on which day a
    moment falls there; without it the zone of the region's capital does. `postal_code`: for sources that know local taxes."""

    country: str
    region: str = ""
    time_zone: str = ""
    postal_code: str = ""


@dataclass(frozen=True, slots=True)
class Seller:
    """Who sells. `registrations`: regime -> number; a tax whose regime is missing is not collected. None stands for "registered
    everywhere", for estimates. `small_supplier`: not registered for GST/HST and QST because too little is sold."""

    place: Place
    registrations: Mapping[str, str] | None = None
    small_supplier: bool = False


@dataclass(frozen=True, slots=True)
class Exemption:
    """A customer need not pay the taxes of `regime`, as `certificate` says, from `valid_from` up to and including `valid_to`."""

    regime: str
    certificate: str
    valid_from: date | None = None
    valid_to: date | None = None


@dataclass(frozen=True, slots=True)
class Customer:
    """`tax_number`: a GSTIN in India; its first two digits are the state, where `place.region` is empty."""

    place: Place
    exemptions: tuple[Exemption, ...] = ()
    tax_number: str = ""


@dataclass(frozen=True, slots=True)
class SaleLine:
    """`amount`: of the whole line, after discounts. `supply`: by default services for `saas` and `digital`, goods for the rest.
    `is_credit`: takes something back (proration, a return), so `amount` may be negative. `hsn`: India's product code, 4 to 8
    digits."""

    line_id: str
    amount: Money
    tax_code: str = "general"
    supply: Supply | None = None
    is_credit: bool = False
    hsn: str = ""


@dataclass(frozen=True, slots=True)
class Sale:
    """`at`: when the tax becomes due: a moment (aware), or the day itself as it is called at the place of supply. `ship_to`:
    where goods go, if not to the customer's address."""

    seller: Seller
    customer: Customer
    currency: str
    at: date | datetime
    lines: tuple[SaleLine, ...]
    price_mode: PriceMode = "exclusive"
    ship_to: Place | None = None


@dataclass(frozen=True, slots=True)
class TaxLine:
    """One tax of the whole sale, rounded once. `tax`: GST, HST, PST, RST, QST, CGST, SGST, UTGST, IGST or "sales tax"; `name`: as
    it stands on the document; `jurisdiction`: CA, CA-QC, IN, IN-MH, US-NY; `registration`: the seller's number, "" where none was
    given; `line_ids`: the lines that it is taken on. Negative where credits outweigh."""

    tax: str
    name: str
    regime: str
    jurisdiction: str
    rate: Decimal
    base: Money
    amount: Money
    registration: str = ""
    line_ids: tuple[str, ...] = ()


Why = Literal[
    "",
    "zero_rated",
    "exempt_supply",
    "point_of_sale_rebate",
    "customer_exempt",
    "export",
    "small_supplier",
    "not_registered",
    "no_sales_tax",
]


@dataclass(frozen=True, slots=True)
class Levy:
    """One tax that a country puts on a supply, before asking whether this seller collects it and this customer pays it. `why`: of
    a rate below the usual one."""

    tax: str
    regime: str
    jurisdiction: str
    rate: Decimal
    why: Why = ""


@dataclass(frozen=True, slots=True)
class Relief:
    """A tax that these lines do not bear, or not in full, and why. `certificate`: of an exempt customer."""

    why: Why
    regime: str
    jurisdiction: str
    line_ids: tuple[str, ...]
    certificate: str = ""


@dataclass(frozen=True, slots=True)
class TaxedLine:
    """`net`: the line without taxes (its amount, where prices are exclusive); over all lines they sum to the result's `net`.
    `place`: of supply. `hsn`: as it came."""

    line_id: str
    net: Money
    place: Place
    hsn: str = ""


@dataclass(frozen=True, slots=True)
class TaxResult:
    """`net` + `tax` = `gross`, to the minor unit; `tax` is the sum of `taxes`. `estimate`: why the taxes are not to be relied
    on, where an offline table stands in for the real source; "" otherwise. `tax_dates`: the local day by jurisdiction."""

    net: Money
    tax: Money
    gross: Money
    taxes: tuple[TaxLine, ...]
    lines: tuple[TaxedLine, ...]
    reliefs: tuple[Relief, ...] = ()
    estimate: str = ""
    tax_dates: Mapping[str, date] = field(default_factory=dict)
