"""The context catalog: what is sold, for how much, since when, and how many are left."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Annotated, Any

import typer

from local.api.calling import segment
from local.api.price_screen import derived, price_points
from local.cli.application import group
from local.cli.calling import Session, calling
from local.cli.parameters import Most
from local.showing import money

app = group("Products, their prices and their stock.")

READ = "catalog:read"

ProductId = Annotated[str, typer.Argument(metavar="PRODUCT", help="An id from `skuflow catalog products`, prd_…")]
_WHEN = "A day in UTC, or a moment with its zone."
Since = Annotated[str | None, typer.Option("--from", help=f"{_WHEN}", show_default="90 days before the end")]
Until = Annotated[str | None, typer.Option("--to", help=f"{_WHEN}", show_default="now")]

_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_LONGEST_TEXT = 300


@app.command("products")
@calling(READ)
def list_products(
    session: Session,
    *,
    brand: Annotated[str | None, typer.Option(help="Only this brand.")] = None,
    category: Annotated[
        str | None, typer.Option(help="Only this category and all below it, such as 'Apparel > Shirts'.")
    ] = None,
    status: Annotated[str | None, typer.Option(help="Only active, draft or archived ones.")] = None,
    sku: Annotated[str | None, typer.Option(help="Only those with this SKU.")] = None,
    limit: Most = 20,
) -> None:
    """Products, newest first."""
    wanted = {"brand": brand, "category": category, "status": status, "sku": sku}
    found = list(session.api.pages("/v1/products", most=limit + 1, **wanted))
    more, found = len(found) > limit, found[:limit]
    columns = ("product_id", "title", "brand", "status", "variants", "price", "in stock")
    session.output.table(columns, [_line(product) for product in found], none="no such products")
    if more:
        session.output.say(f"… and more: --limit {limit * 10}")
    session.output.result(found)


@app.command()
@calling(READ)
def show(session: Session, product_id: ProductId) -> None:
    """A product with its variants."""
    found = session.api.get(_path(product_id))
    fields = (
        "product_id", "title", "brand", "category", "product_type", "tags", "status", "availability", "source", "key", "url",
        "description_text", "attributes", "external_ids", "version", "created_at", "updated_at",
    )  # fmt: skip
    session.output.table(("", ""), [(name, _told(found[name])) for name in fields if found[name]])
    session.output.say("")
    session.output.table(
        ("variant_id", "sku", "options", "price", "compare at", "in stock"),
        [
            (v["variant_id"], v["sku"], _options(v), money(v["price"]), money(v["compare_at"]), _stock(v["stock"]))
            for v in found["variants"]
        ],
    )
    session.output.result(found)


@app.command()
@calling(READ)
def history(
    session: Session,
    product_id: ProductId,
    *,
    since: Since = None,
    until: Until = None,
    resolution: Annotated[str, typer.Option(help="raw: every change; day: one line a day.")] = "raw",
    variant_id: Annotated[str | None, typer.Option("--variant", help="Only this variant.")] = None,
) -> None:
    """Prices through time, variant by variant, and what they say."""
    asked = {"from": _moment(since, "T00:00:00Z"), "to": _moment(until, "T23:59:59.999Z"), "resolution": resolution}
    path = _path(product_id)
    product = session.api.get(path)
    found = session.api.whole(f"{path}/price-history", **asked, variant_id=variant_id)
    names = {v["variant_id"]: _name(v) for v in product["variants"]}
    output = session.output
    output.say(f"{product['title']}, {found['from']} to {found['to']}")
    for variant in dict.fromkeys(point["variant_id"] for point in found["items"]):
        output.say(f"\n{names.get(variant, 'a variant that is gone')} ({variant})")
        output.show(price_points(found, variant))
        output.say(derived(found, variant))
    if not found["items"]:
        output.say("no price is known of that time")
    output.result(found)


@app.command()
@calling(READ)
def pricing(
    session: Session,
    product_id: ProductId,
    *,
    locale: Annotated[
        str | None,
        typer.Option(help="How to write: en-US, en-IN, hi, en-CA, fr-CA.", show_default="as in the home country"),
    ] = None,
) -> None:
    """The price to show: one, a range, or out of stock; and where it is cheapest."""
    found = session.api.get(f"{_path(product_id)}/pricing", locale=locale)
    session.output.say(f"{found['text']}  ({found['locale']})")
    columns = ("currency", "text", "starting at", "listings", "cheapest", "saves", "below its 30-day low")
    if found["displays"]:
        session.output.table(columns, [_display(display) for display in found["displays"]])
    session.output.result(found)


@app.command()
@calling(READ)
def stock(session: Session, product_id: ProductId) -> None:
    """How many are left, by variant and location."""
    path = _path(product_id)
    names = {v["variant_id"]: _name(v) for v in session.api.get(path)["variants"]}
    found = session.api.get(f"{path}/inventory")
    rows = [row for variant in found["variants"] for row in _levels(variant, names)]
    columns = ("variant_id", "variant", "location", "on hand", "reserved", "available", "low")
    session.output.table(columns, rows, none="no stock is kept of it")
    session.output.result(found)


def _path(product_id: str) -> str:
    return f"/v1/products/{segment(product_id)}"


def _moment(text: str | None, time_of_day: str) -> str | None:
    """A day is taken from its beginning, or to its end."""
    return text + time_of_day if text and _DAY.fullmatch(text) else text


def _line(product: dict[str, Any]) -> tuple[object, ...]:
    variants = product["variants"]
    prices = _range([variant["price"] for variant in variants if variant["price"]])
    units = [variant["stock"]["available"] for variant in variants if variant["stock"]["available"] is not None]
    stocked = str(sum(units)) if units else {"in_stock": "yes", "out_of_stock": "no"}[product["availability"]]
    title = product["title"][:60]
    return product["product_id"], title, product["brand"], product["status"], len(variants), prices, stocked


def _range(prices: Iterable[dict[str, Any]]) -> str:
    """`12.99 CAD`, or from the lowest to the highest; each currency for itself."""
    by_currency: dict[str, list[int]] = {}
    for price in prices:
        by_currency.setdefault(price["currency"], []).append(int(price["amount_minor"]))
    spans = []
    for currency, amounts in by_currency.items():
        ends = sorted({min(amounts), max(amounts)})
        spans.append(" to ".join(money({"amount_minor": end, "currency": currency}) for end in ends))
    return ", ".join(spans) or "-"


def _name(variant: dict[str, Any]) -> str:
    return " ".join(filter(None, (variant["sku"], _options(variant)))) or "the only one"


def _options(variant: dict[str, Any]) -> str:
    return ", ".join(f"{option['name']}: {option['value']}" for option in variant["options"])


def _stock(stock: dict[str, Any]) -> str:
    if stock["tracked"]:
        return f"{stock['available']}{', sold on' if stock['backorder'] else ''}"
    return "yes" if stock["in_stock"] else "no"


def _display(display: dict[str, Any]) -> tuple[object, ...]:
    cheapest = display["cheapest"]
    savings = [
        saving["text"] if saving else None
        for saving in (display["saving_on_compare_at"], display["saving_on_30_day_low"])
    ]
    where = f"{cheapest['price_text']} at {cheapest['seller'] or 'the own shop'}"
    return display["currency"], display["text"], display["starting_at"], display["listings"], where, *savings


def _levels(variant: dict[str, Any], names: dict[str, str]) -> list[tuple[object, ...]]:
    """A line for each location; one for a variant whose units are not counted."""
    first = (variant["variant_id"], names.get(variant["variant_id"], "-"))
    if not variant["tracked"]:
        return [(*first, "-", "not counted", "-", "in stock" if variant["is_available"] else "out of stock", "-")]
    return [
        (
            *first,
            level["location"],
            level["on_hand"],
            level["reserved"],
            level["available"],
            "yes" if level["is_low"] else "no",
        )
        for level in variant["levels"]
    ]


def _told(value: object) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{name}: {_told(each)}" for name, each in value.items())
    text = ", ".join(map(str, value)) if isinstance(value, list) else str(value)
    return text if len(text) <= _LONGEST_TEXT else f"{text[:_LONGEST_TEXT]}…"
