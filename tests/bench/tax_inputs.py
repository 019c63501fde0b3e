"""Reading the inputs of a tax case as a sale."""

from __future__ import annotations

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
}
"""What others call our tax codes."""

_PLACE = ("province", "region", "state", "territory", "ship_to", "place_of_supply")
_LINES = ("lines", "items")
_PRICE = ("price", "amount", "subtotal", "unit_price")
_CODE = ("tax_code", "code", "category", "product", "product_type")
_DATE = ("date", "tax_date", "on", "at", "invoice_date", "sale_date")
_WITHIN = ("inclusive", "tax_inclusive", "taxes_included", "tax_included", "price_includes_tax", "prices_include_tax")
_GROSS = ("price_with_taxes", "price_with_tax", "gross", "total", "tax_inclusive_price")
_OTHER = ("country", "currency", "price_mode", "quantity", "small_supplier", "exempt", "exemptions", "not_registered")
KNOWN = frozenset({*_PLACE, *_LINES, *_PRICE, *_CODE, *_DATE, *_WITHIN, *_GROSS, *_OTHER, "rule"})

Inputs = Mapping[str, Any]


def sale_of(inputs: Inputs) -> Sale:
    """The sale that the inputs tell of, from a seller in the same place who is registered for every tax, unless they say
    otherwise. Raises NotUnderstood."""
    country = str(inputs.get("country", "CA")).upper()
    place = Place(country, str(_first(inputs, _PLACE, "")).upper().removeprefix(f"{country}-"))
    currency = str(inputs.get("currency", _CURRENCIES.get(country, "CAD")))
    return Sale(
        seller=Seller(place, _registrations(inputs), bool(inputs.get("small_supplier", False))),
        customer=Customer(place, _exemptions(inputs)),
        currency=currency,
        at=_day(_first(inputs, _DATE, None)),
        lines=_lines(inputs, currency),
        price_mode=_mode(inputs),
    )


def _first(inputs: Inputs, names: tuple[str, ...], default: Any) -> Any:
    return next((inputs[name] for name in names if inputs.get(name) is not None), default)


def _lines(inputs: Inputs, currency: str) -> tuple[SaleLine, ...]:
    listed = _first(inputs, _LINES, [inputs])
    if not isinstance(listed, list) or not listed:
        raise NotUnderstood("the lines are no list")
    return tuple(_line(str(at), one, inputs, currency) for at, one in enumerate(listed, start=1))


def _line(name: str, given: Any, inputs: Inputs, currency: str) -> SaleLine:
    told = given if isinstance(given, Mapping) else {"price": given}
    price = _first(told, (*_PRICE, *_GROSS), None)
    if price is None:
        raise NotUnderstood(f"line {name} has no price")
    quantity = as_number(told.get("quantity", 1))
    amount = Money.from_decimal(_number(price) * quantity, currency)
    code = str(_first(told, _CODE, _first(inputs, _CODE, ""))).lower().replace("-", "_").replace("'", "")
    code = _CODES.get(code, code)
    if code not in TAX_CODES:
        raise NotUnderstood(f"there is no tax code {code!r}")
    return SaleLine(name, amount, code, is_credit=amount.minor < 0)


def _number(value: Any) -> Decimal:
    return as_number(value.replace(",", "").replace("$", "").strip() if isinstance(value, str) else value)


def _day(value: Any) -> date | datetime:
    if value is None:
        return TODAY
    text = str(value)
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
