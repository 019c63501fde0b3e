"""The shop that is there from the start: Harbour & Field, which sells things for the coast and the garden. All of it is made up."""

from __future__ import annotations

from dataclasses import dataclass

from local.sandbox.shopify.editing import Editing
from local.sandbox.shopify.model import Category, Product
from local.sandbox.shopify.shop import Shop
from local.sandbox.shopify.world import World

DOMAIN = "harbour-and-field.myshopify.com"

_CDN = "https://cdn.shopify.com/s/files/1/0604/1187/files"


@dataclass(frozen=True)
class _Article:
    """`values` are the variants by the one option named `option`; with a price of its own behind `=`. `gtins` in their order."""

    title: str
    kind: str
    vendor: str
    category: str
    price: str
    about: str
    option: str = ""
    values: tuple[str, ...] = ()
    was: str = ""
    stock: int = 12
    status: str = "ACTIVE"
    gtins: tuple[str, ...] = ()
    grams: float = 300.0
    tags: tuple[str, ...] = ()


_OUTERWEAR = "Apparel & Accessories > Clothing > Outerwear > Coats & Jackets"
_KITCHEN = "Home & Garden > Kitchen & Dining > Tableware"
_TOOLS = "Home & Garden > Lawn & Garden > Gardening > Gardening Tools"
_SIZES = ("S", "M", "L", "XL")

_ARTICLES = (
    _Article("Breton Oilskin Jacket", "Jackets", "Harbour & Field", _OUTERWEAR, "189.00",
             "Waxed cotton, corduroy collar, two-way zip.", "Size", _SIZES, "229.00", 9, grams=1250, tags=("coast", "rain")),
    _Article("Fisherman's Rib Sweater", "Knitwear", "Lunen Knits", "Apparel & Accessories > Clothing > Clothing Tops > Sweaters",
             "128.00", "Undyed wool in full fisherman's rib.", "Size", _SIZES, stock=14, grams=780, tags=("wool",)),
    _Article("Field Shirt", "Shirts", "Harbour & Field", "Apparel & Accessories > Clothing > Clothing Tops > Shirts", "74.50",
             "Brushed cotton with two buttoned pockets.", "Colour", ("Moss", "Chalk", "Slate"), stock=21, grams=320),
    _Article("Deck Cap", "Hats", "Harbour & Field", "Apparel & Accessories > Clothing Accessories > Hats", "32.00",
             "Six panels, short peak.", "Colour", ("Navy", "Sand"), stock=40, grams=90, tags=("coast",)),
    _Article("Tarred Canvas Tote", "Bags", "Ropewalk", "Luggage & Bags > Shopping Totes", "58.00",
             "Heavy canvas, rope handles, a pocket inside.", stock=17, gtins=("0657742114207",), grams=540),
    _Article("Enamel Mug", "Kitchen", "Tidewater", _KITCHEN + " > Drinkware > Mugs", "16.50",
             "Holds 350 ml; for the stove and the fire.", "Colour", ("White", "Blue", "Green"), stock=85, grams=160,
             gtins=("0657742114306", "0657742114313", "0657742114320"), tags=("camp",)),
    _Article("Stoneware Bowl", "Kitchen", "Tidewater", _KITCHEN + " > Dinnerware > Bowls", "28.00",
             "Thrown by hand; each is a little different.", "Size", ("Small", "Large=39.00"), stock=22, grams=610),
    _Article("Oyster Knife", "Kitchen", "Ropewalk", "Home & Garden > Kitchen & Dining > Kitchen Tools & Utensils", "34.00",
             "Short blade, walnut handle.", stock=31, gtins=("0657742114405",), grams=120, tags=("coast",)),
    _Article("Linen Tea Towel", "Kitchen", "Lunen Knits", "Home & Garden > Linens & Bedding > Kitchen Linens", "19.00",
             "Washed linen with a hanging loop.", "Colour", ("Natural", "Stripe"), stock=60, grams=110),
    _Article("Hand Trowel", "Garden", "Alder Works", _TOOLS + " > Garden Trowels", "27.50",
             "Forged in one piece, ash handle.", stock=26, gtins=("0657742114504",), grams=310, tags=("garden",)),
    _Article("Border Fork", "Garden", "Alder Works", _TOOLS + " > Garden Forks", "89.00",
             "For heavy soil; balanced for long days.", stock=6, was="99.00", grams=1900, tags=("garden",)),
    _Article("Seed Tin", "Garden", "Alder Works", "Home & Garden > Lawn & Garden > Gardening", "42.00",
             "Twelve dividers, one for each month.", "Colour", ("Sage", "Cream"), stock=18, grams=700, tags=("garden",)),
    _Article("Beeswax Candle", "Home", "Kelp & Co", "Home & Garden > Decor > Home Fragrances > Candles", "14.00",
             "Burns for thirty hours.", "Size", ("Short", "Tall=22.00"), stock=74, grams=210),
    _Article("Sea Salt Soap", "Home", "Kelp & Co", "Health & Beauty > Personal Care > Cosmetics > Bath & Body > Bar Soap", "9.50",
             "Kelp, oat and salt.", stock=120, gtins=("0657742114603",), grams=130),
    _Article("Wool Picnic Blanket", "Outdoors", "Lunen Knits", "Home & Garden > Lawn & Garden > Outdoor Living > Outdoor Blankets",
             "112.00", "Backed against damp, with a leather strap.", "Pattern", ("Check", "Herringbone"), stock=8, grams=1400),
    _Article("Storm Lantern", "Outdoors", "Tidewater", "Home & Garden > Lighting > Lanterns", "64.00",
             "Burns paraffin; stays lit in a gale.", stock=0, gtins=("0657742114702",), grams=980, tags=("camp", "coast")),
    _Article("Brass Compass", "Outdoors", "Ropewalk", "Sporting Goods > Outdoor Recreation > Camping & Hiking > Compasses", "76.00",
             "Sighting compass in a leather case.", stock=11, grams=190),
    _Article("Tide Table Print", "Paper", "Harbour & Field", "Home & Garden > Decor > Artwork > Posters & Prints", "24.00",
             "A year of tides for the harbour nearest to you.", "Size", ("A3", "A2=36.00"), stock=50, grams=80),
    _Article("Logbook", "Paper", "Ropewalk", "Office Supplies > General Office Supplies > Paper Products > Notebooks", "18.00",
             "Sewn binding; paper that takes rain.", stock=64, gtins=("0657742114801",), grams=240),
    _Article("Harvest Apron", "Garden", "Alder Works", "Apparel & Accessories > Clothing > Aprons", "54.00",
             "For next season.", "Colour", ("Rust", "Ink"), stock=0, status="DRAFT", grams=350, tags=("garden",)),
)  # fmt: skip


def furnish(world: World, editing: Editing) -> Shop:
    """Open the shop with all its articles. Nobody is told: nobody has subscribed yet."""
    shop = world.open_shop(DOMAIN, name="Harbour & Field")
    shop.state.email = "hello@harbour-and-field.example"
    for number, article in enumerate(_ARTICLES):
        _put_on_shelf(shop, editing, article, large=number % 4 == 3)
    return shop


def _put_on_shelf(shop: Shop, editing: Editing, article: _Article, *, large: bool) -> Product:
    handle = article.title.lower().replace("'", "").replace(" ", "-")
    variants = []
    for index, value in enumerate(article.values or ("",)):
        name, _, price = value.partition("=")
        variants.append({
            "options": [name] if article.option else [],
            "sku": f"HF-{handle[:3].upper()}{len(shop.state.products) + 1:02}-{index + 1:02}",
            "barcode": article.gtins[index] if index < len(article.gtins) else None,
            "price": price or article.price,
            "compare_at_price": article.was,
            "quantity": max(0, article.stock - 3 * index),
            "weight": article.grams,
        })  # fmt: skip
    product = editing.create(
        shop,
        {
            "title": article.title, "vendor": article.vendor, "product_type": article.kind, "status": article.status,
            "description_html": f"<p>{article.about}</p>", "tags": [*article.tags, article.kind.lower()], "large_id": large,
            "option_names": [article.option] if article.option else [], "variants": variants,
            "images": [f"{_CDN}/{handle}.jpg?v=1728400000", f"{_CDN}/{handle}-detail.jpg?v=1728400000"], "handle": handle,
        },
        silent=True,
    )  # fmt: skip
    number = len(shop.state.products)
    product.category = Category(f"hf-{number}", article.category.rsplit(" > ", 1)[-1], article.category)
    for variant in product.variants:
        variant.image_id = product.images[0].id
    return product
