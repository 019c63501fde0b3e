"""Taxes: what a sale to an address owes, and the rates behind it. The tables are loaded by the first who asks."""

from __future__ import annotations

from datetime import date
from typing import Any

from skuflow.billing.deps import ApiDeps
from skuflow.billing.tax.model import Customer, Exemption, Place, Relief, Sale, SaleLine, Seller, TaxLine, TaxResult
from skuflow.kernel.errors import Invalid, Problem
from skuflow.kernel.money import Money
from skuflow.platform.http_api import Param, Request, Response, Routes

ROUTES = Routes("taxes")
_VIEWS = "functions.billing.api.views_tax"
_ASSUMED = "No seller was named: the result takes for granted that the seller is registered wherever the sale is taxed."


@ROUTES.add(
    "POST",
    "/v1/tax/calculations",
    scope="billing:read",
    summary="Compute the taxes of a sale to an address",
    description=(
        "Goods are taxed where they go, services and software where the customer is, at the rates of that day there; each tax is "
        "rounded once, half up. Canada and India in full; the United States from a static table of state rates, which `estimate` "
        "says. Nothing is kept."
    ),
    body="functions.billing.api.bodies_tax:CalculateTax",
    response=f"{_VIEWS}:TaxCalculationView",
    errors=(404,),
)
def calculate_tax(request: Request, deps: ApiDeps) -> Response:
    from skuflow.billing.tax.compute_tax import compute_tax

    body = request.body
    if body.tax_date is not None and body.at is not None:
        fault = Problem("tax_date", "is given beside at", "leave one of the two out")
        raise Invalid("a sale has one time", problems=[fault])
    sale = Sale(
        seller=_seller(request, deps),
        customer=Customer(_place(body.customer), _exemptions(body.customer), body.customer.tax_number),
        currency=body.currency,
        at=body.tax_date or body.at or deps.clock(),
        lines=tuple(_line(index, line, body.currency) for index, line in enumerate(body.lines)),
        price_mode=body.price_mode,
        ship_to=_place(body.ship_to) if body.ship_to is not None else None,
    )
    return Response(_view(compute_tax(sale), sale, assumed=body.seller is None and body.seller_id is None))


@ROUTES.add(
    "GET",
    "/v1/tax/rates",
    scope="billing:read",
    summary="List tax rates",
    description="Those in force on `date`; without it all that were, with their days.",
    query=(
        Param("country", "CA, IN or US.", required=True),
        Param("region", "Province or state; all of the country if left out.", default=""),
        Param("date", "A day, as 2026-11-01."),
    ),
    response=f"{_VIEWS}:TaxRateList",
)
def list_tax_rates(request: Request, _deps: ApiDeps) -> Response:
    from skuflow.billing.tax.list_rates import list_rates
    from skuflow.billing.tax.us_rates import ESTIMATE

    country = request.query["country"]
    rows = list_rates(country, request.query["region"], _day(request.query["date"]))
    items = [
        {
            "jurisdiction": row.jurisdiction,
            "tax": row.tax,
            "tax_code": row.tax_code,
            "rate": f"{row.rate.normalize():f}",
            "valid_from": row.valid_from.isoformat(),
            "valid_to": row.valid_to.isoformat() if row.valid_to is not None else None,
            "why": row.why,
            "source": row.source,
        }
        for row in rows
    ]
    return Response({"items": items, "estimate": ESTIMATE if country == "US" else None})


def _seller(request: Request, deps: ApiDeps) -> Seller:
    body = request.body
    if body.seller_id is not None and body.seller is not None:
        fault = Problem("seller", "is given beside seller_id", "leave one of the two out")
        raise Invalid("a sale has one seller", problems=[fault])
    if body.seller_id is not None:
        known = deps.selling.sellers.get(request.client_id, body.seller_id)
        place = Place(known.address.country, known.address.region, known.time_zone)
        return Seller(place, dict(known.registrations), known.small_supplier)
    if body.seller is not None:
        return Seller(
            Place(body.seller.country, body.seller.region), body.seller.registrations, body.seller.small_supplier
        )
    there = body.ship_to or body.customer
    return Seller(_place(there))


def _place(body: Any) -> Place:
    return Place(body.country, body.region, body.time_zone, body.postal_code)


def _exemptions(body: Any) -> tuple[Exemption, ...]:
    return tuple(Exemption(one.regime, one.certificate, one.valid_from, one.valid_to) for one in body.exemptions)


def _line(index: int, body: Any, currency: str) -> SaleLine:
    try:
        amount = Money.from_decimal(body.amount, currency)
    except Invalid as error:
        faults = [
            Problem(f"lines[{index}].amount" if one.field == "amount" else one.field, one.message, one.remedy)
            for one in error.problems
        ]
        raise Invalid(error.detail, problems=faults) from None
    return SaleLine(body.line_id or str(index + 1), amount, body.tax_code, body.supply, body.is_credit, body.hsn)


def _day(text: str | None) -> date | None:
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        fault = Problem("date", f"{text[:20]!r} is not a day", "write it as 2026-11-01")
        raise Invalid("that is not a day", problems=[fault]) from None


def _major(amount: Money) -> str:
    return f"{amount.to_decimal():f}"


def _view(result: TaxResult, sale: Sale, *, assumed: bool) -> dict[str, Any]:
    estimate = " ".join(text for text in (result.estimate, _ASSUMED if assumed else "") if text)
    return {
        "currency": sale.currency,
        "price_mode": sale.price_mode,
        "net": _major(result.net),
        "tax": _major(result.tax),
        "gross": _major(result.gross),
        "taxes": [_tax_view(one) for one in result.taxes],
        "lines": [
            {
                "line_id": one.line_id,
                "net": _major(one.net),
                "country": one.place.country,
                "region": one.place.region,
                "hsn": one.hsn,
            }
            for one in result.lines
        ],
        "reliefs": [_relief_view(one) for one in result.reliefs],
        "tax_dates": {name: day.isoformat() for name, day in result.tax_dates.items()},
        "estimate": estimate or None,
    }


def _tax_view(one: TaxLine) -> dict[str, Any]:
    return {
        "tax": one.tax,
        "name": one.name,
        "regime": one.regime,
        "jurisdiction": one.jurisdiction,
        "rate": f"{one.rate.normalize():f}",
        "base": _major(one.base),
        "amount": _major(one.amount),
        "registration": one.registration,
        "line_ids": list(one.line_ids),
    }


def _relief_view(one: Relief) -> dict[str, Any]:
    return {
        "why": one.why,
        "regime": one.regime,
        "jurisdiction": one.jurisdiction,
        "line_ids": list(one.line_ids),
        "certificate": one.certificate,
    }
