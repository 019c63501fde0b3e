"""Shopify's product CSV: the current template and the legacy export."""

from __future__ import annotations

from skuflow.contracts.sync import SourceImage, SourceVariant
from tests.unit.sync.reading.files import read

LEGACY = """\
Handle,Title,Body (HTML),Vendor,Product Category,Type,Tags,Published,Option1 Name,Option1 Value,Option2 Name,Option2 Value,\
Variant SKU,Variant Grams,Variant Inventory Tracker,Variant Inventory Qty,Variant Inventory Policy,Variant Price,\
Variant Compare At Price,Variant Barcode,Image Src,Image Position,Image Alt Text,Google Shopping / Gender,\
Google Shopping / MPN,Variant Image,Cost per item,Status
cedar-mug,Cedar Mug,"<p>Holds
two <b>cups</b>.</p>",Harbour,Home > Kitchen > Mugs,Mugs,"hot, cold, hot",true,Colour,Red,Size,Large,MUG-RL,350,shopify,12,deny,\
19.50,24.00,4006381333931,https://img.example.com/1.jpg,2,In use,unisex,MM-1,https://img.example.com/red.jpg,7.25,active
cedar-mug,,,,,,,,,Blue,,Large,MUG-BL,350,shopify,-3,continue,19.50,19.50,,,,,,,,,
cedar-mug,,,,,,,,,,,,,,,,,,,,https://img.example.com/0.jpg,1,Front,,,,,
plain-bowl,Plain Bowl,,Harbour,,,,true,Title,Default Title,,,BOWL,0,,0,deny,1299,,,,,,,,,,active
"""

CURRENT = """\
Title,URL handle,Description,Vendor,Product category,Type,Tags,Published on online store,Status,SKU,Barcode,Option1 name,\
Option1 value,Price,Compare-at price,Cost per item,Inventory tracker,Inventory quantity,Continue selling when out of stock,\
Weight value (grams),Product image URL,Image position,Variant image URL,Color (product.metafields.shopify.color-pattern)
Granite Lamp,granite-lamp,<p>Heavy</p>,North,Home > Lamps,Lamps,desk,TRUE,Active,L-1,,Finish,Matt,89.00,,,shopify,4,DENY,2100,\
https://img.example.com/l.jpg,1,,grey; black
,granite-lamp,,,,,,,,L-2,,,Gloss,95.00,,,shopify,0,CONTINUE,2100,,,,
River Vase,,,,,,,FALSE,Active,,,,,,,,,,,,,,,
"""


def test_a_legacy_export_gives_products_with_their_own_fields() -> None:
    outcome = read(LEGACY)
    assert outcome.plan.format == "shopify_legacy"
    mug, bowl = outcome.products
    assert (mug.key, mug.title, mug.brand, mug.product_type) == ("cedar-mug", "Cedar Mug", "Harbour", "Mugs")
    assert mug.description_html == "<p>Holds\ntwo <b>cups</b>.</p>"
    assert mug.category == ("Home", "Kitchen", "Mugs")
    assert mug.tags == ("hot", "cold")
    assert mug.attributes == {"gender": ("unisex",)}
    assert mug.external_ids == {"shopify_handle": "cedar-mug"}
    assert mug.defines
    assert bowl.title == "Plain Bowl"


def test_rows_of_a_product_become_its_variants_and_its_images_in_their_order() -> None:
    mug = read(LEGACY).products[0]
    assert mug.lines == (2, 4, 5)
    assert mug.images == (
        SourceImage("https://img.example.com/0.jpg", "Front"),
        SourceImage("https://img.example.com/1.jpg", "In use"),
    )
    assert mug.variants[0] == SourceVariant(
        key="Red/Large",
        line=2,
        sku="MUG-RL",
        options=(("Colour", "Red"), ("Size", "Large")),
        price=(1950, "CAD"),
        compare_at=(2400, "CAD"),
        cost=(725, "CAD"),
        gtin="4006381333931",
        mpn="MM-1",
        weight_grams=350,
        tracked=True,
        quantity=12,
        backorder=False,
        image="https://img.example.com/red.jpg",
    )


def test_blank_option_names_are_those_of_the_first_row() -> None:
    second = read(LEGACY).products[0].variants[1]
    assert second.options == (("Colour", "Blue"), ("Size", "Large"))
    assert (second.quantity, second.backorder) == (-3, True)


def test_a_compare_at_price_that_is_no_reduction_is_left_out() -> None:
    assert read(LEGACY).products[0].variants[1].compare_at is None


def test_the_default_title_is_a_variant_without_options_and_stock_that_is_not_tracked_is_not_counted() -> None:
    (only,) = read(LEGACY).products[1].variants
    assert (only.key, only.options, only.price) == ("default", (), (129900, "CAD"))
    assert (only.tracked, only.quantity) == (False, None)


def test_the_current_template_is_read_by_its_own_column_names() -> None:
    outcome = read(CURRENT)
    assert outcome.plan.format == "shopify"
    lamp = outcome.products[0]
    assert (lamp.key, lamp.title, lamp.status) == ("granite-lamp", "Granite Lamp", "active")
    assert lamp.attributes == {"color": ("grey", "black")}
    assert [(one.sku, one.options, one.price, one.backorder) for one in lamp.variants] == [
        ("L-1", (("Finish", "Matt"),), (8900, "CAD"), False),
        ("L-2", (("Finish", "Gloss"),), (9500, "CAD"), True),
    ]


def test_a_title_alone_makes_a_product_under_the_handle_that_shopify_would_give_it() -> None:
    vase = read(CURRENT).products[1]
    assert (vase.key, vase.title, vase.variants) == ("river-vase", "River Vase", ())


def test_what_is_not_published_is_a_draft() -> None:
    assert read(CURRENT).products[1].status == "draft"
    assert read("Handle,Title,Status\na,A,unlisted\nb,B,archived\n").products[0].status == "draft"


def test_the_columns_of_the_file_are_the_fields_it_covers() -> None:
    plan = read("Handle,Variant SKU,Variant Price\nmug,M,5.00\n").plan
    assert plan.product_fields == ()
    assert plan.variant_fields == ("sku", "price")
    assert plan.mapping == {"key": "Handle", "sku": "Variant SKU", "price": "Variant Price"}


def test_a_price_update_without_titles_does_not_define_products() -> None:
    product = read("Handle,Variant SKU,Variant Price\nmug,M,5.00\n").product
    assert (product.defines, product.variants[0].price) == (False, (500, "CAD"))


def test_column_names_are_recognised_in_any_case_and_spacing() -> None:
    outcome = read(" HANDLE ,title,variant_price,Body(HTML)\nmug,Mug,5.00,x\n")
    assert outcome.product.variants[0].price == (500, "CAD")


def test_a_rejected_variant_leaves_the_rest_of_its_product_valid() -> None:
    outcome = read(LEGACY.replace("deny,\\\n19.50", "deny,19.50").replace("19.50,24.00", "free,24.00"))
    mug = outcome.products[0]
    assert (outcome.reject.line, outcome.reject.column) == (2, "Variant Price")
    assert (mug.title, mug.lines, [one.sku for one in mug.variants]) == ("Cedar Mug", (4, 5), ["MUG-BL"])
    assert mug.variants[0].options == (("Colour", "Blue"), ("Size", "Large"))


def test_a_row_that_describes_a_product_needs_a_title() -> None:
    outcome = read("Handle,Title,Vendor,Variant Price\nmug,,Harbour,5.00\n")
    assert (outcome.reject.column, outcome.products) == ("Title", [])


def test_a_row_that_carries_nothing_is_rejected() -> None:
    outcome = read("Handle,Title,Vendor,Variant Price,Note\nmug,Mug,Harbour,5.00,\nmug,,,,hello\n")
    assert (outcome.reject.line, outcome.reject.column) == (3, "Handle")


def test_a_variant_that_comes_twice_is_rejected_the_second_time() -> None:
    outcome = read(
        "Handle,Title,Option1 Name,Option1 Value,Variant Price\nmug,Mug,Size,S,5.00\nmug,,,M,6.00\nmug,,,S,7.00\n"
    )
    assert outcome.reject.line == 4
    assert "line 2" in outcome.reject.reason
    assert [one.price for one in outcome.variants] == [(500, "CAD"), (600, "CAD")]


def test_option_values_that_contain_the_separator_do_not_collide() -> None:
    outcome = read(
        "Handle,Title,Option1 Name,Option1 Value,Option2 Name,Option2 Value\nm,M,A,x/y,B,z\nm,,,x,,y/z\n",
    )
    assert len({one.key for one in outcome.variants}) == 2


def test_rows_of_a_product_that_stand_apart_bring_variants_but_do_not_describe_it_again() -> None:
    outcome = read(
        "Handle,Title,Option1 Name,Option1 Value,Variant Price\n"
        "mug,Mug,Size,S,5.00\nbowl,Bowl,Title,Default Title,3.00\nmug,Other name,Size,M,6.00\nmug,,,L,7.00\n"
    )
    mug = outcome.products[0]
    assert (mug.title, mug.lines) == ("Mug", (2, 4, 5))
    assert [one.options for one in mug.variants] == [(("Size", "S"),), (("Size", "M"),), (("Size", "L"),)]


def test_an_option_without_a_name_anywhere_near_is_rejected_rather_than_named_by_us() -> None:
    outcome = read(
        "Handle,Title,Option1 Name,Option1 Value,Variant Price\n"
        "mug,Mug,Size,S,5.00\nbowl,Bowl,Title,Default Title,3.00\nmug,,,M,6.00\n"
    )
    assert (outcome.reject.line, outcome.reject.column) == (4, "Option1 Name")


def test_a_line_of_totals_does_not_become_a_variant_of_the_last_product() -> None:
    total = ",,,,,,,,,,,,,184.00,,,,4,,,,,,\n"
    with_options = CURRENT[: CURRENT.index("River Vase")]
    outcome = read(with_options + total)
    assert [variant.sku for variant in outcome.products[0].variants] == ["L-1", "L-2"]
    (reject,) = outcome.rejects
    assert (reject.line, reject.column) == (4, "URL handle")
    assert "totals" in reject.reason


def test_a_row_without_a_handle_that_names_an_option_belongs_to_the_product_above() -> None:
    (product,) = read(
        "Handle,Title,Option1 Name,Option1 Value,Variant SKU,Variant Price\nmug,Mug,Size,S,M-S,5.00\n,,,L,M-L,6.00\n"
    ).products
    assert [variant.sku for variant in product.variants] == ["M-S", "M-L"]
