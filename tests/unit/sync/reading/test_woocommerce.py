"""WooCommerce's product export."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from tests.unit.sync.reading.files import Outcome, read

HEADER = (
    "ID,Type,SKU,Name,Published,Is featured?,Visibility in catalog,Short description,Description,Date sale price starts,"
    "Date sale price ends,In stock?,Stock,Backorders allowed?,Weight (lbs),Sale price,Regular price,Categories,Tags,Images,"
    "Parent,External URL,Attribute 1 name,Attribute 1 value(s),Attribute 1 visible,Attribute 1 global"
)


def row(**values: str) -> str:
    names = {
        "number": "ID", "kind": "Type", "sku": "SKU", "name": "Name", "published": "Published", "text": "Description",
        "starts": "Date sale price starts", "ends": "Date sale price ends", "in_stock": "In stock?", "stock": "Stock",
        "back": "Backorders allowed?", "weight": "Weight (lbs)", "sale": "Sale price", "price": "Regular price",
        "categories": "Categories", "tags": "Tags", "images": "Images", "parent": "Parent", "url": "External URL",
        "attribute": "Attribute 1 name", "values": "Attribute 1 value(s)",
    }  # fmt: skip
    cells = {names[key]: value for key, value in values.items()}
    return ",".join('"' + cells.get(name, "").replace('"', '""') + '"' for name in HEADER.split(","))


def woo(*rows: str, as_of: datetime | None = None) -> Outcome:
    return read("\n".join((HEADER, *rows)) + "\n", as_of=as_of)


def test_a_simple_product_is_one_product_with_one_variant() -> None:
    outcome = woo(
        row(number="7", kind="simple", sku="HAT", name="Hat", published="1", text=r"Warm.\nSoft.", in_stock="1", stock="5",
            back="notify", weight="0.5", sale="18", price="20", categories=r"Wear > Hats, Sale", tags=r"a\, b, c",
            images="https://img.example.com/1.png, https://img.example.com/2.png", attribute="Fabric", values="Wool, Silk")
    )  # fmt: skip
    assert outcome.plan.format == "woocommerce"
    hat = outcome.product
    assert (hat.key, hat.title, hat.description_html, hat.status) == ("HAT", "Hat", "Warm.\nSoft.", "active")
    assert hat.category == ("Wear", "Hats")
    assert hat.tags == ("a, b", "c")
    assert hat.attributes == {"categories": ("Wear > Hats", "Sale"), "Fabric": ("Wool", "Silk")}
    assert hat.external_ids == {"woocommerce_id": "7"}
    assert [image.url for image in hat.images] == ["https://img.example.com/1.png", "https://img.example.com/2.png"]
    (only,) = hat.variants
    assert (only.key, only.sku, only.price, only.compare_at) == ("default", "HAT", (1800, "CAD"), (2000, "CAD"))
    assert (only.tracked, only.quantity, only.in_stock, only.backorder) == (True, 5, True, True)
    assert only.weight_grams == 227


def test_variations_far_below_join_their_parent_by_its_sku() -> None:
    outcome = woo(
        row(number="1", kind="variable", sku="TEE", name="Tee", published="1", attribute="Colour", values="Red, Blue"),
        row(number="2", kind="simple", sku="CAP", name="Cap", published="1", price="9"),
        row(number="3", kind="variation", sku="TEE-R", name="Tee - Red", published="1", price="20", parent="TEE",
            attribute="Colour", values="Red", images="https://img.example.com/r.png"),
        row(number="4", kind="variation, virtual", sku="TEE-B", published="0", in_stock="1", price="21", parent="TEE",
            attribute="Colour", values="Blue"),
    )  # fmt: skip
    tee, cap = outcome.products
    assert (tee.lines, cap.lines) == ((2, 4, 5), (3,))
    assert [(one.key, one.options, one.price) for one in tee.variants] == [
        ("TEE-R", (("Colour", "Red"),), (2000, "CAD")),
        ("TEE-B", (("Colour", "Blue"),), (2100, "CAD")),
    ]
    assert tee.variants[0].image == "https://img.example.com/r.png"
    assert tee.variants[1].in_stock is False


def test_a_parent_without_a_sku_is_known_by_its_number() -> None:
    outcome = woo(
        row(number="1", kind="variable", name="Tee", published="1"),
        row(number="3", kind="variation", sku="R", parent="id:1", price="20"),
    )
    assert (outcome.product.key, outcome.product.lines) == ("id:1", (2, 3))


def test_a_parent_with_a_sku_may_be_named_by_its_number_all_the_same() -> None:
    outcome = woo(
        row(number="1", kind="variable", sku="TEE", name="Tee", published="1"),
        row(number="3", kind="variation", sku="R", parent="id:1", price="20"),
    )
    assert outcome.plan.parents == {"id:1": "TEE"}
    assert (outcome.product.key, len(outcome.product.variants)) == ("TEE", 1)


def test_a_blank_attribute_of_a_variation_means_any_and_is_no_option() -> None:
    outcome = woo(
        row(number="1", kind="variable", sku="TEE", name="Tee", published="1"),
        row(number="3", kind="variation", sku="R", parent="TEE", price="20", attribute="Size"),
    )
    assert outcome.variants[0].options == ()


def test_grouped_and_external_products_are_taken() -> None:
    group, other = woo(
        row(number="1", kind="grouped", sku="SET", name="Set", published="1"),
        row(number="2", kind="external", sku="GO", name="Go", published="1", price="30", url="https://example.com/go"),
    ).products
    assert (group.title, group.variants) == ("Set", ())
    assert (other.url, other.variants[0].price) == ("https://example.com/go", (3000, "CAD"))


@pytest.mark.parametrize(("published", "status"), [("1", "active"), ("0", "draft"), ("-1", "draft"), ("2", "draft")])
def test_only_what_is_published_is_active(published: str, status: str) -> None:
    outcome = woo(row(number="1", kind="simple", sku="A", name="A", published=published, price="1"))
    assert outcome.product.status == status


@pytest.mark.parametrize(
    ("day", "price"), [("2026-05-31", 2000), ("2026-06-01", 1800), ("2026-06-30", 1800), ("2026-07-01", 2000)]
)
def test_a_dated_sale_price_holds_between_its_dates(day: str, price: int) -> None:
    content = row(number="1", kind="simple", sku="A", name="A", published="1", price="20", sale="18",
                  starts="2026-06-01 00:00:00", ends="2026-06-30 23:59:59")  # fmt: skip
    outcome = woo(content, as_of=datetime.fromisoformat(day).replace(tzinfo=UTC))
    assert outcome.variants[0].price == (price, "CAD")


def test_a_dated_sale_price_is_left_out_with_a_warning_when_the_day_is_not_known() -> None:
    outcome = woo(
        row(number="1", kind="simple", sku="A", name="A", published="1", price="20", sale="18", ends="2026-06-30")
    )
    assert outcome.variants[0].price == (2000, "CAD")
    assert outcome.warnings[0].column == "Sale price"


def test_stock_kept_at_the_parent_is_not_counted_for_the_variation() -> None:
    outcome = woo(row(number="3", kind="variation", sku="R", parent="TEE", price="20", stock="parent", in_stock="1"))
    only = outcome.variants[0]
    assert (only.tracked, only.quantity, only.in_stock) == (None, None, True)
    assert not outcome.product.defines


def test_what_cannot_be_placed_is_rejected() -> None:
    outcome = woo(
        row(number="1", kind="variation", sku="R", price="20"),
        row(kind="simple", name="Nameless", published="1", price="3"),
        row(number="2", kind="simple", sku="A", name="A", published="1", price="3"),
        row(number="3", kind="simple", sku="B", name="B", published="1", price="3"),
        row(number="4", kind="simple", sku="A", name="A again", published="1", price="4"),
        row(number="5", kind="simple", sku="C", published="1", price="4"),
    )
    assert [(reject.line, reject.column) for reject in outcome.rejects] == [
        (2, "Parent"), (3, "SKU"), (6, "SKU"), (7, "Name"),
    ]  # fmt: skip
    assert [product.key for product in outcome.products] == ["A", "B"]


def test_a_german_export_is_recognised() -> None:
    outcome = read(
        "ID;Typ;Artikelnummer;Name;Veröffentlicht;Sichtbarkeit im Katalog;Beschreibung;Vorrätig?;Bestand;Angebotspreis;"
        "Regulärer Preis;Kategorien;Bilder;Attribut 1 Name;Attribut 1 Wert(e)\n"
        "4;simple;LAMPE;Lampe;1;visible;Hell;1;3;19,90;24,90;Haus > Licht;;Farbe;Rot\n",
        currency="EUR",
    )
    assert (outcome.plan.format, outcome.plan.decimal_style) == ("woocommerce", ",")
    only = outcome.variants[0]
    assert (only.price, only.compare_at, only.quantity) == ((1990, "EUR"), (2490, "EUR"), 3)
    assert outcome.product.attributes == {"Farbe": ("Rot",)}
