"""Reading the inputs of a tax case as a sale."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from skuflow.billing.tax.checks import REGIMES
from skuflow.billing.tax.model import TAX_CODES, Customer, Exemption, Place, PriceMode, Sale, SaleLine, Seller
from skuflow.kernel.money import Money
from tests.bench.billing_inputs import NotUnderstood, as_number

TODAY = date(2026, 11, 1)
"""The day of a case that names none: the rates that the cases were derived from were in force then."""

_CURRENCIES = {"CA": "CAD", "IN": "INR", "US": "USD"}
_CODES = {
    "": "general",
    "standard": "general",
    "taxable": "general",
    "basic_groceries": "groceries",
    "grocery": "groceries",
    "food": "groceries",
    "book": "books",
    "printed_books": "books",
    "children_clothing": "childrens_clothing",
    "clothing_children": "childrens_clothing",
    "drugs": "prescription_drugs",
    "prescription": "prescription_drugs",
    "software": "saas",
    "zero_rated": "groceries",
    "milk": "groceries",
    "bread": "groceries",
    "clothing": "general",
    "goods": "general",
    "services": "general",
    "service": "general",
    "childrens_clothes": "childrens_clothing",
    "prescription_drug": "prescription_drugs",
    "medicine": "prescription_drugs",
}
"""What others call our tax codes."""

_REGION = ("province", "region", "state", "territory")
_BUYER = ("customer", "buyer", "recipient", "purchaser", "delivery", "destination", "ship_to", "shipping", "to")
_SUPPLIER = ("seller", "supplier", "vendor", "origin", "ship_from", "from")


def _places(of: tuple[str, ...]) -> tuple[str, ...]:
    return (*(f"{one}_{region}" for one in of for region in _REGION), *of)


_SOLD_IN = ("place_of_supply", *_places(_BUYER), *_REGION, "address")
_SOLD_FROM = _places(_SUPPLIER)
_LINES = ("lines", "items", "prices", "amounts")
_PRICE = ("price", "amount", "subtotal", "unit_price", "net", "value", "price_before_tax", "consideration")
_CENTS = ("price_cents", "amount_cents", "subtotal_cents", "price_minor", "amount_minor")
_CODE = (
    "tax_code",
    "code",
    "category",
    "product",
    "product_type",
    "tax_treatment",
    "treatment",
    "supply",
    "item",
    "good",
)
_SLAB = ("rate", "slab", "gst_rate")
_DATE = (
    *("date", "tax_date", "on", "at", "invoice_date", "sale_date", "supply_date", "date_of_supply", "transaction_date"),
    *("tax_point", "as_of", "effective_date", "day", "when", "payable_on", "time"),
)
_WITHIN = (
    *("inclusive", "tax_inclusive", "taxes_included", "tax_included", "price_includes_tax", "prices_include_tax"),
    *("includes_tax", "price_includes_taxes"),
)
_GROSS = (
    *("price_with_taxes", "price_with_tax", "gross", "total", "tax_inclusive_price", "price_including_tax"),
    *("price_including_taxes", "total_with_taxes"),
)
_SMALL = ("small_supplier", "seller_small_supplier", "is_small_supplier")
_QUANTITY = ("quantity", "qty", "units")
_OTHER = ("country", "currency", "price_mode", "exempt", "exemptions", "not_registered", "zero_rated", "time_zone")
KNOWN = frozenset(
    {
        *(*_SOLD_IN, *_SOLD_FROM, *_LINES, *_PRICE, *_CENTS, *_CODE, *_SLAB, *_DATE, *_WITHIN, *_GROSS, *_SMALL),
        *(*_QUANTITY, *_OTHER, "rule"),
    }
)

Inputs = Mapping[str, Any]


def sale_of(inputs: Inputs) -> Sale:
    """The sale that the inputs tell of, from a seller in the same place who is registered for every tax, unless they say
    otherwise. Raises NotUnderstood."""
    country = str(inputs.get("country", "CA")).upper()
    place = _place(country, _first(inputs, _SOLD_IN, ""), str(inputs.get("time_zone", "")))
    origin = _first(inputs, _SOLD_FROM, None)
    currency = str(inputs.get("currency", _CURRENCIES.get(country, "CAD")))
    return Sale(
        seller=Seller(
            place if origin is None else _place(country, origin),
            _registrations(inputs),
            bool(_first(inputs, _SMALL, False)),
        ),
        customer=Customer(place, _exemptions(inputs)),
        currency=currency,
        at=_day(_first(inputs, _DATE, None)),
        lines=_lines(inputs, currency),
        price_mode=_mode(inputs),
    )


def _place(country: str, told: Any, time_zone: str = "") -> Place:
    """`told`: a code, a name, or an object that has one. The country before it (CA-ON) may stand there."""
    if isinstance(told, Mapping):
        told = _first(told, _REGION, "")
    region = str(told)
    if region.upper().startswith(f"{country}-"):
        region = region[len(country) + 1 :]
    return Place(country, region, time_zone)


def has_price(inputs: Inputs) -> bool:
    return any(inputs.get(name) is not None for name in (*_PRICE, *_CENTS, *_GROSS, *_LINES))


def has_place(inputs: Inputs) -> bool:
    return any(inputs.get(name) is not None for name in _SOLD_IN)


def _first(inputs: Inputs, names: tuple[str, ...], default: Any) -> Any:
    return next((inputs[name] for name in names if inputs.get(name) is not None), default)


def _lines(inputs: Inputs, currency: str) -> tuple[SaleLine, ...]:
    listed = _first(inputs, _LINES, [inputs])
    if not isinstance(listed, list) or not listed:
        raise NotUnderstood("the lines are no list")
    return tuple(_line(str(at), one, inputs, currency) for at, one in enumerate(listed, start=1))


def _line(name: str, given: Any, inputs: Inputs, currency: str) -> SaleLine:
    told = given if isinstance(given, Mapping) else {"price": given}
    price, cents = _first(told, (*_PRICE, *_GROSS), None), _first(told, _CENTS, None)
    if price is None and cents is None:
        raise NotUnderstood(f"line {name} has no price")
    each = _number(price) if cents is None else _number(cents).scaleb(-2)
    amount = Money.from_decimal(each * as_number(_first(told, _QUANTITY, 1)), currency)
    code = _code(told, inputs)
    if code not in TAX_CODES:
        raise NotUnderstood(f"there is no tax code {code!r}")
    return SaleLine(name, amount, code, is_credit=amount.minor < 0)


def _code(told: Inputs, inputs: Inputs) -> str:
    if _first(told, ("zero_rated",), inputs.get("zero_rated")) is True:
        return "groceries"
    slab = _first(told, _SLAB, _first(inputs, _SLAB, None))
    if slab is not None and inputs.get("country") == "IN":
        return f"in_gst_{str(slab).rstrip('% ')}"
    named = (
        str(_first(told, _CODE, _first(inputs, _CODE, "")))
        .lower()
        .replace("'", "")
        .replace("\N{RIGHT SINGLE QUOTATION MARK}", "")
    )
    code = re.sub(r"[^a-z0-9.]+", "_", named).strip("_")
    spellings = (code, code.removesuffix("s"), code.removeprefix("printed_"))
    return next((_CODES[one] for one in spellings if one in _CODES), code)


def _number(value: Any) -> Decimal:
    return as_number(value.replace(",", "").replace("$", "").strip() if isinstance(value, str) else value)


def _day(value: Any) -> date | datetime:
    if value is None:
        return TODAY
    text = str(value).replace("/", "-")
    try:
        return date.fromisoformat(text) if len(text) == 10 else datetime.fromisoformat(text)
    except ValueError:
        raise NotUnderstood(f"{text!r} is not a day") from None


def _mode(inputs: Inputs) -> PriceMode:
    contained = bool(_first(inputs, _WITHIN, False)) or inputs.get("price_mode") == "inclusive"
    only_gross = _first(inputs, _PRICE, None) is None and _first(inputs, _GROSS, None) is not None
    return "inclusive" if contained or only_gross else "exclusive"


def _registrations(inputs: Inputs) -> dict[str, str] | None:
    missing = inputs.get("not_registered")
    if not missing:
        return None
    names = {missing} if isinstance(missing, str) else set(missing)
    return {regime: "registered" for regime in REGIMES if regime not in names}


def _exemptions(inputs: Inputs) -> tuple[Exemption, ...]:
    told = _first(inputs, ("exemptions", "exempt"), ())
    if told is True:
        return tuple(Exemption(regime, "exempt") for regime in REGIMES)
    if not told:
        return ()
    names = (told,) if isinstance(told, str) else tuple(told)
    return tuple(Exemption(_regime(str(name)), "exempt", None, None) for name in names)


def _regime(name: str) -> str:
    regime = {"GST": "GST/HST", "HST": "GST/HST"}.get(name, name)
    if regime not in REGIMES:
        raise NotUnderstood(f"there is no tax {name!r} to be exempt from")
    return regime
