"""Files in nobody's format: the suggested mapping, the saved one, and what is asked when neither will do."""

from __future__ import annotations

import pytest

from skuflow.kernel.errors import Invalid
from skuflow.sync.reading.inspection import inspect
from skuflow.sync.reading.plan import Suggestion
from skuflow.sync.reading.refusal import MappingNeeded, UploadRefused
from skuflow.sync.reading.source import Limits
from skuflow.sync.reading.suggestion import suggest_mapping
from tests.unit.sync.reading.files import Memory, read, table

PLAIN = [
    ["Item Code", "Product Name", "Sell Price", "Was Price", "Qty", "Barcode", "Picture", "Maker"],
    ["A1", "Mug", "5.00", "7.50", "4", "4006381333931", "https://i.example.com/a.jpg", "Harbour"],
    ["A2", "Bowl", "9.00", "", "0", "", "https://i.example.com/b.jpg", "North"],
]


def asked(rows: list[list[str]], *, accept: bool = True) -> Suggestion:
    with pytest.raises(MappingNeeded) as caught:
        inspect(Memory(table(rows)), currency="CAD", limits=Limits(), accept_suggestion=accept)
    return caught.value.suggestion


def test_columns_of_an_unknown_file_are_recognised_by_their_usual_names() -> None:
    outcome = read(PLAIN)
    assert outcome.plan.format == "mapped"
    assert outcome.plan.mapping == {
        "key": "Item Code",
        "title": "Product Name",
        "price": "Sell Price",
        "compare_at": "Was Price",
        "quantity": "Qty",
        "gtin": "Barcode",
        "image": "Picture",
        "brand": "Maker",
    }
    mug = outcome.products[0]
    assert (mug.key, mug.title, mug.brand) == ("A1", "Mug", "Harbour")
    assert (mug.variants[0].price, mug.variants[0].compare_at) == ((500, "CAD"), (750, "CAD"))
    assert (mug.variants[0].quantity, mug.variants[0].gtin, mug.variants[0].tracked) == (4, "4006381333931", True)


@pytest.mark.parametrize(
    "header",
    [
        ["Artikelnummer", "Bezeichnung", "Preis", "UVP", "Bestand", "EAN", "Hersteller", "Warengruppe"],
        ["Référence", "Désignation", "Prix TTC", "Prix barré", "Quantité", "Code EAN", "Marque", "Catégorie"],
        ["Código", "Nombre", "Precio", "Precio anterior", "Existencias", "EAN", "Marca", "Categoría"],
        [
            "Codice articolo",
            "Nome prodotto",
            "Prezzo",
            "Prezzo di listino",
            "Giacenza",
            "Codice EAN",
            "Marca",
            "Categoria",
        ],
        ["Artikelnr", "Productnaam", "Prijs", "Adviesprijs", "Voorraad", "EAN", "Merk", "Categorie"],
        ["उत्पाद कोड", "उत्पाद का नाम", "मूल्य", "एमआरपी", "मात्रा", "बारकोड", "ब्रांड", "श्रेणी"],
        ["skuNumber", "productName", "sellingPrice", "rrpPrice", "stockQuantity", "ean13", "brandName", "categoryPath"],
        ["SKU", "NAME", "PRICE_EUR", "MSRP", "STOCK", "UPC", "BRAND", "CATEGORY"],
    ],
    ids=["German", "French", "Spanish", "Italian", "Dutch", "Hindi", "camelCase", "capitals"],
)
def test_columns_are_recognised_in_several_languages_and_spellings(header: list[str]) -> None:
    row = ["A1", "Tasse", "5,00", "7,50", "4", "4006381333931", "Hafen", "Haus > Tassen"]
    outcome = read(table([header, row], delimiter=";"), currency="EUR")
    product = outcome.product
    assert (product.key, product.title, product.brand, product.category) == ("A1", "Tasse", "Hafen", ("Haus", "Tassen"))
    only = product.variants[0]
    assert (only.price, only.compare_at, only.quantity) == ((500, "EUR"), (750, "EUR"), 4)


def test_a_suggestion_tells_how_sure_it_is_and_what_it_did_not_use() -> None:
    suggestion = suggest_mapping(["SKU", "Price", "Frobnication", "Item title"], [["a", "1.00", "x", "Mug"]])
    assert suggestion.mapping == {"sku": "SKU", "title": "Item title", "price": "Price"}
    assert suggestion.confidence["sku"] == 1.0
    assert all(0 < value <= 1 for value in suggestion.confidence.values())
    assert (suggestion.missing, suggestion.unused) == ((), ("Frobnication",))


def test_values_speak_against_a_name() -> None:
    suggestion = suggest_mapping(["sku", "name", "price", "cost"], [[sku, "Mug", "see shop", "1.00"] for sku in "abc"])
    assert "price" not in suggestion.mapping
    assert suggestion.missing == ("price",)


def test_headers_alone_are_enough_for_a_suggestion() -> None:
    assert suggest_mapping(["sku", "name", "price"], []).missing == ()


def test_a_file_without_a_recognisable_price_waits_for_a_mapping() -> None:
    suggestion = asked([["sku", "name", "frob"], ["a", "Mug", "1.00"]])
    assert (suggestion.missing, suggestion.unused) == (("price",), ("frob",))


def test_a_good_suggestion_waits_too_when_it_may_not_be_acted_on() -> None:
    assert asked(PLAIN, accept=False).missing == ()


def test_a_known_format_is_not_asked_about() -> None:
    plan = inspect(Memory(b"Handle,Title\nm,Mug\n"), currency="CAD", limits=Limits(), accept_suggestion=False)
    assert plan.format == "shopify_legacy"


def test_a_guessed_key_that_most_rows_share_is_asked_about() -> None:
    rows = [["id", "name", "price"], *([["5", f"Thing {number}", "1.00"] for number in range(60)])]
    rows[1][0], rows[2][0] = "3", "4"  # not the same everywhere, so that only the whole file shows it
    assert "key" in asked(rows).missing


def test_a_saved_mapping_reads_the_columns_it_names() -> None:
    rows = [["c1", "c2", "c3", "c4"], ["a", "Mug", "5.00", "Red"]]
    outcome = read(rows, mapping={"key": "c1", "title": "c2", "price": "C3 ", "color": "c4"})
    assert outcome.plan.mapping == {"key": "c1", "title": "c2", "price": "c3", "color": "c4"}
    assert (outcome.product.title, outcome.product.attributes) == ("Mug", {"color": ("Red",)})


def test_a_mapping_wins_over_a_known_format() -> None:
    outcome = read("Handle,Title,Vendor\nm,Mug,Bowl\n", mapping={"key": "Handle", "title": "Vendor"})
    assert (outcome.plan.format, outcome.product.title) == ("mapped", "Bowl")


def test_a_mapping_to_columns_that_are_not_there_is_refused() -> None:
    with pytest.raises(UploadRefused, match="'price'") as caught:
        read("sku,name\na,Mug\n", mapping={"key": "sku", "price": "price"})
    assert caught.value.code == "missing_columns"


def test_a_mapping_of_fields_that_do_not_exist_is_invalid() -> None:
    with pytest.raises(Invalid) as caught:
        read("sku,name\na,Mug\n", mapping={"prise": "name"})
    assert caught.value.problems[0].field == "mapping.prise"


def test_a_mapping_has_to_tell_products_apart() -> None:
    with pytest.raises(UploadRefused, match="has no column for") as caught:
        read("sku,name,price\na,Mug,1\n", mapping={"price": "price"})
    assert caught.value.code == "missing_columns"


def test_a_currency_column_counts_for_the_prices_of_its_row() -> None:
    rows = [
        ["sku", "name", "price", "rrp", "currency"],
        ["a", "A", "5.00", "6 €", "EUR"],
        ["b", "B", "5.00", "", "usd"],
    ]
    outcome = read([*rows, ["c", "C", "5.00", "", "ZZZ"], ["d", "D", "5 USD", "", "EUR"]])
    assert [one.price for one in outcome.variants] == [(500, "EUR"), (500, "USD")]
    assert [(reject.line, reject.column) for reject in outcome.rejects] == [(4, "currency"), (5, "price")]


def test_a_currency_in_the_header_counts_for_its_column() -> None:
    outcome = read([["sku", "name", "Price (USD)"], ["a", "A", "5.00"], ["b", "B", "5.00 EUR"]])
    assert [one.price for one in outcome.variants] == [(500, "USD"), (500, "EUR")]


def test_of_a_regular_and_a_sale_price_the_lower_one_holds() -> None:
    outcome = read([["sku", "name", "Retail Price", "Sale Price"], ["a", "A", "95.00", "66.00"]])
    assert (outcome.variants[0].price, outcome.variants[0].compare_at) == ((6600, "CAD"), (9500, "CAD"))


def test_columns_that_a_repair_file_adds_are_not_suggested() -> None:
    suggestion = suggest_mapping(["sku", "name", "price", "skuflow_line", "skuflow_reference"], [])
    assert not [name for name in suggestion.mapping.values() if name.startswith("skuflow_")]
