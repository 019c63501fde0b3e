"""HTTP: what to show of a product's prices."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from functions.catalog.api.offers import stars
from functions.catalog.api.products_found import product_of
from skuflow.catalog.deps import ApiDeps
from skuflow.catalog.distance import Place
from skuflow.catalog.product_view import money_view
from skuflow.catalog.show_prices import Goods, show_prices
from skuflow.kernel.errors import Invalid, Problem
from skuflow.platform.http_api import Param, Request, Response, Routes

if TYPE_CHECKING:
    from skuflow.catalog.pricing import Display, Listing, Nearest, Saving

ROUTES = Routes("pricing")

LOCALES = ("en-US", "en-IN", "hi", "en-CA", "fr-CA")
_DEGREES = re.compile(r"-?\d{1,3}(\.\d{1,15})?")

LOCALE = Param("locale", "How to write. Default: English as in the country of the client's currency.", choices=LOCALES)
MARKET = Param("market", "Show this market's currency first (ISO 3166-1 alpha-2). Default: the client's home currency.")
VARIANT = Param("variant_id", "Only this variant.")
LAT = Param("lat", "Where the buyer is, in degrees north; with `lon`.")
LON = Param("lon", "Where the buyer is, in degrees east; with `lat`.")


@ROUTES.add(
    "GET",
    "/v1/products/{product_id}/pricing",
    scope="catalog:read",
    summary="The price to show: one, a range, or out of stock; where it is cheapest, nearest, best",
    description="Over everything in stock: the client's own variants and the offers. Amounts in different currencies are never "
    "compared; each has a display of its own.",
    response="functions.catalog.api.views_offers:PricingView",
    query=(LOCALE, MARKET, VARIANT, LAT, LON),
)
def get_pricing(request: Request, deps: ApiDeps) -> Response:
    from skuflow.catalog.price_format import default_locale, out_of_stock

    product, query, now = product_of(request, deps), request.query, deps.clock()
    if query["variant_id"] is not None and product.variant(query["variant_id"]) is None:
        raise _refused("variant_id", "is no variant of this product", "read the product again")
    client_id, product_id = request.client_id, product.product_id
    offers, _ = deps.offers.page(client_id, product_id)
    goods = Goods(client_id, product, deps.stock.get(client_id, product_id), offers, query["variant_id"])
    currencies = _currencies(request, deps)
    displays = show_prices(goods, prices=deps.prices, currencies=currencies, buyer=_buyer(request), now=now)
    locale = query["locale"] or default_locale(currencies[0])
    shown = [_display_view(display, locale) for display in displays]
    return Response(
        {
            "product_id": product_id,
            "locale": locale,
            "status": "in_stock" if shown else "out_of_stock",
            "text": shown[0]["text"] if shown else out_of_stock(locale),
            "displays": shown,
        }
    )


def _currencies(request: Request, deps: ApiDeps) -> tuple[str, ...]:
    """Those to show first: the market's, then the client's own. Raises Invalid for a market that there is not."""
    market = request.query["market"]
    if market is None:
        return (request.home_currency,)
    from skuflow.catalog.price_format import currencies_of

    tender = currencies_of(market, deps.clock().date()) if re.fullmatch("[A-Z]{2}", market) else ()
    if not tender:
        raise _refused("market", "is no country that we know", "use an ISO 3166-1 alpha-2 code such as CA, US, IN")
    return (*tender, request.home_currency)


def _buyer(request: Request) -> Place | None:
    """Raises Invalid for half a place, or one that is not on Earth."""
    lat, lon = request.query["lat"], request.query["lon"]
    if lat is None and lon is None:
        return None
    for name, text, most in (("lat", lat, 90), ("lon", lon, 180)):
        if text is None or not _DEGREES.fullmatch(text) or abs(float(text)) > most:
            raise _refused(name, f"is not a number of degrees from -{most} to {most}", "give both `lat` and `lon`")
    return Place(float(lat), float(lon))


def _refused(field: str, message: str, remedy: str) -> Invalid:
    return Invalid(f"{field} {message}", problems=[Problem(field, message, remedy)])


def _display_view(display: Display, locale: str) -> dict[str, Any]:
    from skuflow.catalog.price_format import price_text

    text = price_text(display, locale)
    return {
        "currency": display.currency,
        "listings": display.listings,
        "lowest": money_view(display.lowest),
        "highest": money_view(display.highest),
        "text": text.price,
        "starting_at": text.starting_at,
        "cheapest": _listing_view(display.cheapest, locale),
        "nearest": _nearest_view(display.nearest, locale),
        "best_rated": _listing_view(display.best_rated, locale) if display.best_rated else None,
        "saving_on_compare_at": _saving_view(display.saving_on_compare_at, text.save),
        "saving_on_30_day_low": _saving_view(display.saving_on_30_day_low, text.below_30_day_low),
    }


def _listing_view(listing: Listing, locale: str) -> dict[str, Any]:
    from skuflow.catalog.price_format import format_money

    return {
        "offer_id": listing.offer_id or None,
        "variant_id": listing.variant_id or None,
        "seller": listing.seller or None,
        "url": listing.url or None,
        "price": money_view(listing.price),
        "price_text": format_money(listing.price, locale),
        "compare_at": money_view(listing.compare_at),
        "rating": stars(listing.rating),
    }


def _nearest_view(nearest: Nearest | None, locale: str) -> dict[str, Any] | None:
    return {"listing": _listing_view(nearest.listing, locale), "distance_m": nearest.metres} if nearest else None


def _saving_view(saving: Saving | None, text: str | None) -> dict[str, Any] | None:
    return {"amount": money_view(saving.amount), "percent": saving.percent, "text": text} if saving else None
