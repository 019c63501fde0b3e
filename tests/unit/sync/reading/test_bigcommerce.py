"""BigCommerce's product exports, legacy and current."""

from __future__ import annotations

from tests.unit.sync.reading.files import read

LEGACY_HEADER = (
    "Item Type,Product ID,Product Name,Product Type,Product Code/SKU,Brand Name,Product Description,Price,Cost Price,"
    "Retail Price,Sale Price,Product Visible?,Track Inventory,Current Stock Level,Category,Product Image URL - 1,"
    "Search Keywords,Product UPC/EAN,GPS Gender\n"
)
LEGACY = LEGACY_HEADER + (
    "Product,12,Trail Shirt,P,,Harbour,<p>Light</p>,30.00,11.00,0.00,25.00,Y,by option,0,Shop/Shirts;Sale,"
    "https://img.example.com/s.jpg,trail,,male\n"
    '  SKU,,"[RT]Size=M,[CS]Colour=Black:#000000",,TS-M,,,,,,,,,4,,,,4006381333931,\n'
    '  SKU,,"[RT]Size=XL,[CS]Colour=Black:#000000",,TS-XL,,,,,,,,,0,,,,,\n'
    "  Rule,,[RT]Size=XL,,,,,[ADD]4.50,,,,,,,,,,,\n"
    "Product,13,Mug,P,MUG,,,8.00,,10.00,,N,by product,7,Shop\\/Home,,,,\n"
)
CURRENT = (
    "Item,ID,Name,Type,SKU,Options,Inventory Tracking,Current Stock,Price,Cost Price,Retail Price,Sale Price,Categories,"
    "Description,Is Visible,Variant Image URL,Internal Image URL (Export),Image URL (Import),Image Description\n"
    "Product,77,Desk Lamp,physical,LAMP,,variant,0,50.00,20.00,70.00,0.00,Home/Lamps,<p>Bright</p>,TRUE,,,,\n"
    "Variant,501,,,LAMP-R,Type=Dropdown|Name=Colour|Value=Red,,3,,,,,,,,https://img.example.com/r.jpg,,,\n"
    "Variant,502,,,LAMP-B,Type=Dropdown|Name=Colour|Value=Blue,,0,55.00,,,45.00,,,,,,,\n"
    "Image,9,,,,,,,,,,,,,,,https://img.example.com/in.jpg,,Front\n"
    "Video,10,,,,,,,,,,,,,,,,,\n"
)


def test_legacy_sku_rows_are_the_variants_of_the_product_above() -> None:
    outcome = read(LEGACY)
    assert (outcome.plan.format, outcome.rejects) == ("bigcommerce", [])
    shirt = outcome.products[0]
    assert (shirt.key, shirt.title, shirt.brand, shirt.category) == (
        "id:12",
        "Trail Shirt",
        "Harbour",
        ("Shop", "Shirts"),
    )
    assert (shirt.lines, shirt.tags, shirt.attributes) == ((2, 3, 4, 5), ("trail",), {"gender": ("male",)})
    assert [image.url for image in shirt.images] == ["https://img.example.com/s.jpg"]
    first = shirt.variants[0]
    assert (first.key, first.options) == ("TS-M", (("Size", "M"), ("Colour", "Black")))
    assert (first.tracked, first.quantity, first.gtin, first.cost) == (True, 4, "4006381333931", (1100, "CAD"))


def test_a_variant_without_a_price_has_the_products_and_a_rule_changes_it() -> None:
    medium, large = read(LEGACY).products[0].variants
    assert (medium.price, medium.compare_at) == ((2500, "CAD"), (3000, "CAD"))
    assert (large.price, large.compare_at) == ((2950, "CAD"), (3000, "CAD"))


def test_a_product_without_sku_rows_is_its_own_variant() -> None:
    mug = read(LEGACY).products[1]
    (only,) = mug.variants
    assert (only.sku, only.price, only.compare_at) == ("MUG", (800, "CAD"), (1000, "CAD"))
    assert (only.tracked, only.quantity, mug.status, mug.category) == (True, 7, "draft", ("Shop/Home",))


def test_a_rule_that_we_do_not_know_is_rejected() -> None:
    outcome = read(LEGACY.replace("[ADD]4.50", "[PERCENT]10"))
    assert (outcome.reject.line, outcome.reject.column) == (5, "Price")


def test_a_rule_for_one_sku_may_fix_or_lower_its_price() -> None:
    fixed = read(LEGACY.replace("  Rule,,[RT]Size=XL,,,,,[ADD]4.50", "  Rule,,,,TS-M,,,[FIXED]12.00"))
    assert fixed.products[0].variants[0].price == (1200, "CAD")
    lowered = read(LEGACY.replace("[ADD]4.50", "[REMOVE]5.00"))
    assert lowered.products[0].variants[1].price == (2000, "CAD")


def test_the_current_export_is_read_by_its_own_rows() -> None:
    outcome = read(CURRENT)
    lamp = outcome.product
    assert (lamp.key, lamp.title, lamp.category, lamp.lines) == (
        "id:77",
        "Desk Lamp",
        ("Home", "Lamps"),
        (2, 3, 4, 5, 6),
    )
    red, blue = lamp.variants
    assert (red.options, red.price, red.compare_at) == ((("Colour", "Red"),), (5000, "CAD"), (7000, "CAD"))
    assert (red.quantity, red.image) == (3, "https://img.example.com/r.jpg")
    assert (blue.price, blue.compare_at, blue.quantity) == ((4500, "CAD"), (5500, "CAD"), 0)
    assert [(image.url, image.alt) for image in lamp.images] == [("https://img.example.com/in.jpg", "Front")]


def test_stock_counted_for_the_product_only_says_whether_a_variant_is_there() -> None:
    outcome = read(CURRENT.replace(",variant,0,50.00", ",product,6,50.00"))
    assert [(one.tracked, one.quantity, one.in_stock) for one in outcome.variants][1] == (None, None, True)


def test_rows_without_their_product_are_rejected() -> None:
    outcome = read(
        LEGACY_HEADER + "  SKU,,[RT]Size=M,,TS-M,,,5.00,,,,,,4,,,,,\nProduct,1,Mug,P,M,,,5.00,,,,Y,none,,,,,,\n"
    )
    assert (outcome.reject.line, outcome.reject.column) == (2, "Item Type")


def test_a_product_that_comes_twice_is_rejected_with_the_rows_below_it() -> None:
    twice = LEGACY + LEGACY.splitlines(keepends=True)[1] + LEGACY.splitlines(keepends=True)[2]
    outcome = read(twice)
    assert [reject.line for reject in outcome.rejects] == [7, 8]
    assert len(outcome.products) == 2


def test_variants_keep_their_own_price_when_the_products_is_bad() -> None:
    outcome = read(CURRENT.replace("50.00,20.00", "soon,20.00"))
    assert [(reject.line, reject.column) for reject in outcome.rejects] == [(2, "Price"), (3, "Price")]
    assert [one.sku for one in outcome.product.variants] == ["LAMP-B"]
    assert outcome.product.title == "Desk Lamp"
