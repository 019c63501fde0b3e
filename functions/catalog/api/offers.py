"""HTTP: offers of retailers and shops."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from functions.catalog.api.cursors import after_of, cursor_after
from functions.catalog.api.products_found import product_of
from functions.catalog.api.versions import asked_version, etag, path_id
from skuflow.catalog.deps import ApiDeps
from skuflow.catalog.distance import Place
from skuflow.catalog.model import Product
from skuflow.catalog.observe_offer import observe_offer
from skuflow.catalog.offers import Offer, Seen, Terms
from skuflow.catalog.product_view import money_view
from skuflow.catalog.taxonomy import check_version
from skuflow.kernel.errors import Invalid, NotFound, Problem
from skuflow.kernel.money import Money
from skuflow.platform.http_api import IF_MATCH, PAGE, Request, Response, Routes

ROUTES = Routes("offers")
_VIEWS = "functions.catalog.api.views_offers"

MAX_AHEAD = timedelta(minutes=5)
"""How far `seen_at` may lie ahead of our clock: clocks differ, but a look from next year would shut out all real ones."""


@ROUTES.add(
    "GET",
    "/v1/products/{product_id}/offers",
    scope="catalog:read",
    summary="A product's offers, in order of their ids",
    response=f"{_VIEWS}:OfferPage",
    query=PAGE,
)
def list_offers(request: Request, deps: ApiDeps) -> Response:
    product_id = product_of(request, deps).product_id
    query = f"offers {request.client_id} {product_id}"
    limit, after = request.query["limit"], after_of(request, query)
    offers, last = deps.offers.page(request.client_id, product_id, limit=limit, after=after)
    return Response({"items": [offer_view(offer) for offer in offers], "next_cursor": cursor_after(query, last)})


@ROUTES.add(
    "PUT",
    "/v1/products/{product_id}/offers/{offer_id}",
    scope="catalog:write",
    summary="Tell what was seen of an offer",
    description="The first look makes the offer. The same terms again only move `last_seen_at`; other terms add a point to the "
    "price history and tell `PriceChanged` and `PriceDropped`. A look that is older than the last one changes nothing.",
    body="functions.catalog.api.bodies_offers:OfferBody",
    response=f"{_VIEWS}:ObservedOfferView",
    headers=(IF_MATCH,),
    errors=(412,),
)
def put_offer(request: Request, deps: ApiDeps) -> Response:
    product, body = product_of(request, deps), request.body
    variant = product.variant(body.variant_id)
    seen = Seen(
        product_id=product.product_id,
        offer_id=path_id(request, "offer_id"),
        title=product.title,
        sku=variant.sku if variant else None,
        terms=_terms(body, product),
        source=body.source,
        at=body.seen_at or deps.clock(),
        cause=request.cause,
    )
    if seen.at > deps.clock() + MAX_AHEAD:
        fault = Problem("seen_at", "lies in the future", "give the time of the look, or leave it out")
        raise Invalid("seen_at lies in the future", problems=[fault])
    offer, observed = observe_offer(
        deps.offers, request.client_id, seen, version=asked_version(request), pause=deps.pause
    )
    return Response({**offer_view(offer), "observed": observed}, headers=etag(offer.version))


@ROUTES.add(
    "GET",
    "/v1/products/{product_id}/offers/{offer_id}",
    scope="catalog:read",
    summary="An offer",
    response=f"{_VIEWS}:OfferView",
)
def get_offer(request: Request, deps: ApiDeps) -> Response:
    offer = _offer_of(request, deps)
    return Response(offer_view(offer), headers=etag(offer.version))


@ROUTES.add(
    "DELETE",
    "/v1/products/{product_id}/offers/{offer_id}",
    scope="catalog:write",
    summary="Forget an offer",
    description="Its price history stays.",
    status=204,
    headers=(IF_MATCH,),
    errors=(412, 422),
)
def delete_offer(request: Request, deps: ApiDeps) -> Response:
    offer = _offer_of(request, deps)
    check_version(asked_version(request), offer.version)
    deps.offers.delete(request.client_id, offer.product_id, offer.offer_id, offer.version)
    return Response(status=204)


def _offer_of(request: Request, deps: ApiDeps) -> Offer:
    product_id = product_of(request, deps).product_id
    offer = deps.offers.get(request.client_id, product_id, path_id(request, "offer_id"))
    if offer is None:
        raise NotFound("there is no such offer")
    return offer


def _terms(body: Any, product: Product) -> Terms:
    if body.variant_id and product.variant(body.variant_id) is None:
        fault = Problem("variant_id", "is no variant of this product", "read the product again, or leave it out")
        raise Invalid("there is no such variant", problems=[fault])
    return Terms(
        retailer=body.retailer,
        price=_money(body.price),
        variant_id=body.variant_id,
        url=body.url,
        original_price=_money(body.original_price) if body.original_price else None,
        is_available=body.is_available,
        stock_status=body.stock_status,
        shipping=_money(body.shipping) if body.shipping else None,
        condition=body.condition,
        rating=int(body.rating * 100) if body.rating is not None else None,
        place=Place(body.place.lat, body.place.lon) if body.place else None,
    )


def _money(said: Any) -> Money:
    return Money(said.amount_minor, said.currency)


def offer_view(offer: Offer) -> dict[str, Any]:
    terms = offer.terms
    return {
        "offer_id": offer.offer_id,
        "product_id": offer.product_id,
        "variant_id": terms.variant_id or None,
        "retailer": terms.retailer,
        "url": terms.url or None,
        "price": money_view(terms.price),
        "original_price": money_view(terms.original_price),
        "is_available": terms.is_available,
        "stock_status": terms.stock_status,
        "shipping": money_view(terms.shipping),
        "condition": terms.condition,
        "rating": stars(terms.rating),
        "place": {"lat": terms.place.lat, "lon": terms.place.lon} if terms.place else None,
        "source": offer.source,
        "first_seen_at": offer.first_seen_at,
        "changed_at": offer.changed_at,
        "last_seen_at": offer.last_seen_at,
        "version": offer.version,
    }


def stars(rating: int | None) -> float | None:
    """Hundredths of a star as stars."""
    return None if rating is None else rating / 100
