"""Google Merchant feeds."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from tests.unit.sync.reading.files import Outcome, read, table

HEADER = [
    "id", "title", "description", "link", "image_link", "additional_image_link", "price", "sale_price",
    "sale_price_effective_date", "availability", "brand", "condition", "gtin", "mpn", "item_group_id", "product_type",
    "google_product_category", "color", "size", "shipping_weight",
]  # fmt: skip


def feed(*offers: dict[str, str], as_of: datetime | None = None) -> Outcome:
    rows = [[offer.get(name, "") for name in HEADER] for offer in offers]
    return read(table([HEADER, *rows], delimiter="\t"), as_of=as_of)


def offer(number: str = "a1", **values: str) -> dict[str, str]:
    return {"id": number, "title": f"Thing {number}", "price": "12.50 USD", "availability": "in_stock", **values}


def test_an_offer_is_a_product_with_one_variant() -> None:
    outcome = feed(
        offer(description="<b>Good</b>", link="https://shop.example.com/a1", image_link="https://img.example.com/a1.jpg",
              additional_image_link="https://img.example.com/2.jpg,https://img.example.com/3.jpg", brand="Harbour",
              condition="new", gtin="4006381333931", mpn="M1", product_type="Home > Mugs", color="Red",
              shipping_weight="0.5 kg")
    )  # fmt: skip
    assert (outcome.plan.format, outcome.plan.delimiter) == ("google_merchant", "\t")
    product = outcome.product
    assert (product.key, product.title, product.brand, product.category) == (
        "a1",
        "Thing a1",
        "Harbour",
        ("Home", "Mugs"),
    )
    assert product.url == "https://shop.example.com/a1"
    assert len(product.images) == 3
    assert product.attributes == {"color": ("Red",), "condition": ("new",)}
    (only,) = product.variants
    assert (only.key, only.sku, only.price, only.gtin, only.mpn) == ("a1", "a1", (1250, "USD"), "4006381333931", "M1")
    assert (only.in_stock, only.weight_grams, only.options) == (True, 500, ())


@pytest.mark.parametrize(
    ("price", "sale", "expected"),
    [
        ("174.58", "150 AUD", ((15000, "AUD"), (17458, "AUD"))),
        ("252.02", "252.02 AUD", ((25202, "AUD"), None)),
        ("12.50 USD", "", ((1250, "USD"), None)),
        ("12.50", "", ((1250, "CAD"), None)),
        ("USD 12.50", "10.00 USD", ((1000, "USD"), (1250, "USD"))),
        ("12.50", "13.00", ((1250, "CAD"), None)),
        ("12.50", "0", ((1250, "CAD"), None)),
        ("", "10.00 EUR", ((1000, "EUR"), None)),
    ],
)
def test_the_price_is_the_lower_of_the_two_and_in_the_currency_that_the_row_names(
    price: str, sale: str, expected: tuple[tuple[int, str], tuple[int, str] | None]
) -> None:
    only = feed(offer(price=price, sale_price=sale)).variants[0]
    assert (only.price, only.compare_at) == expected


def test_prices_in_two_currencies_in_one_row_are_rejected() -> None:
    outcome = feed(offer(price="12 USD", sale_price="10 EUR"))
    assert "EUR" in outcome.reject.reason


@pytest.mark.parametrize(("day", "price"), [("2026-02-28", 1250), ("2026-03-10", 1000), ("2026-03-16", 1250)])
def test_a_dated_sale_price_holds_between_its_dates(day: str, price: int) -> None:
    dates = "2026-03-01T00:00-0500/2026-03-15T23:59-0500"
    outcome = feed(
        offer(sale_price="10.00 USD", sale_price_effective_date=dates),
        as_of=datetime.fromisoformat(day).replace(tzinfo=UTC),
    )
    assert outcome.variants[0].price == (price, "USD")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("in_stock", (True, False)),
        ("in stock", (True, False)),
        ("https://schema.org/InStock", (True, False)),
        ("out_of_stock", (False, False)),
        ("preorder", (False, True)),
        ("backorder", (False, True)),
        ("", (None, None)),
    ],
)
def test_availability_is_read_in_its_usual_forms(text: str, expected: tuple[bool | None, bool | None]) -> None:
    only = feed(offer(availability=text)).variants[0]
    assert (only.in_stock, only.backorder) == expected


def test_an_unknown_availability_is_reported_and_the_row_taken() -> None:
    outcome = feed(offer(availability="perhaps"))
    assert outcome.variants[0].in_stock is None
    assert outcome.warnings[0].column == "availability"


def test_offers_of_a_group_are_the_variants_of_one_product_described_by_the_first() -> None:
    outcome = feed(
        offer(
            "s-r",
            title="Shirt red",
            item_group_id="shirt",
            color="Red",
            size="M",
            image_link="https://i.example.com/r.jpg",
        ),
        offer("s-b", title="Shirt blue", item_group_id="shirt", color="Blue", size="M", price="14 USD"),
        offer("mug", title="Mug"),
        offer("s-g", title="Shirt green", item_group_id="shirt", color="Green", size="M"),
    )
    shirt, mug = outcome.products
    assert (shirt.key, shirt.title, shirt.lines) == ("shirt", "Shirt red", (2, 3, 5))
    assert [one.options[0] for one in shirt.variants] == [("Color", "Red"), ("Color", "Blue"), ("Color", "Green")]
    assert shirt.variants[0].image == "https://i.example.com/r.jpg"
    assert mug.key == "mug"


def test_an_id_that_comes_again_is_rejected() -> None:
    outcome = feed(offer("a"), offer("a"), offer("b"), offer("a"))
    assert [reject.line for reject in outcome.rejects] == [3, 5]


def test_the_wrong_row_of_an_id_does_not_describe_the_right_one() -> None:
    outcome = feed(offer("a", title="Wrong", price="soon"), offer("a", title="Right"))
    assert (outcome.product.title, outcome.reject.line) == ("Right", 2)


def test_google_names_with_spaces_and_capitals_are_the_same() -> None:
    outcome = read("ID,Title,Image Link,Price,Item Group ID\n1,Mug,https://i.example.com/1.jpg,5.00 EUR,\n")
    assert (outcome.plan.format, outcome.variants[0].price) == ("google_merchant", (500, "EUR"))
