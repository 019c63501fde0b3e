"""Where a product belongs, its pictures, and the product as a whole."""

from __future__ import annotations

from skuflow.quality.rules.built_in.making import built, flaw, limits
from skuflow.quality.rules.rule import Params, Rule

_PLACE = (
    built("brand.required", "required", ("warning", 3), ("A product has a brand", "name its maker")),
    built(
        "brand.whitespace",
        "text",
        ("info", 2),
        ("A brand has single blanks between words and none at its ends", "remove the blanks"),
        flaw("whitespace"),
        fixable=True,
    ),
    built(
        "brand.markup",
        "text",
        ("info", 3),
        ("A brand is plain text", "remove tags, and write & for &amp;"),
        flaw("markup"),
        fixable=True,
    ),
    built(
        "brand.placeholder",
        "text",
        ("warning", 3),
        ("A brand names a maker", "name the maker, or leave it empty"),
        flaw("placeholder"),
    ),
    built(
        "brand.known",
        "reference",
        ("info", 3),
        ("A brand is one of the client's brands", "correct its spelling, or add the brand"),
        Params(target="known_brands"),
    ),
    built("category.required", "required", ("info", 4), ("A product has a category", "put it into a category")),
    built(
        "category.known",
        "reference",
        ("warning", 3),
        ("A category is one of the client's categories", "map it to one of yours, or add it to the tree"),
        Params(target="known_categories"),
        fixable=True,
    ),
    built(
        "product_type.whitespace",
        "text",
        ("info", 1),
        ("A type has single blanks between words and none at its ends", "remove the blanks"),
        flaw("whitespace"),
        fixable=True,
    ),
    built(
        "product_type.markup",
        "text",
        ("info", 1),
        ("A type is plain text", "remove tags, and write & for &amp;"),
        flaw("markup"),
        fixable=True,
    ),
    built(
        "tags.whitespace",
        "text",
        ("info", 1),
        ("Tags have single blanks between words and none at their ends", "remove the blanks"),
        flaw("whitespace"),
        fixable=True,
    ),
    built(
        "attributes.whitespace",
        "text",
        ("info", 1),
        ("Attributes have single blanks between words and none at their ends", "remove the blanks"),
        flaw("whitespace"),
        fixable=True,
    ),
    built(
        "attributes.measure",
        "text",
        ("info", 1),
        ("A measure is a number, a blank and the unit's symbol", "write 500 ml, 10 cm, 2 kg"),
        flaw("measure"),
        fixable=True,
    ),
    built(
        "url.format",
        "type",
        ("warning", 2),
        ("A product's address is an absolute one", "give an address that begins with https://"),
        Params(value_type="url"),
    ),
)

_PICTURES = (
    built("images.required", "required", ("warning", 5), ("A product has a picture", "add a picture")),
    built(
        "images.format",
        "type",
        ("warning", 4),
        ("Addresses of pictures are absolute ones", "give addresses that begin with https://"),
        Params(value_type="url"),
    ),
    built(
        "images.reachable",
        "image_reachable",
        ("error", 4),
        ("Pictures can be reached by https", "upload them again, or take their addresses out"),
    ),
    built(
        "images.size",
        "image_size",
        ("warning", 3),
        ("Pictures have at least 250 pixels on their shorter side", "upload larger ones"),
        limits(250, None),
    ),
    built(
        "images.alt.required",
        "required",
        ("info", 1),
        ("A picture has a text for those who do not see it", "describe the picture in a few words"),
    ),
)

_PRODUCT = (
    built(
        "variants.required",
        "required",
        ("warning", 5),
        ("A product has something that can be bought", "add a variant, or remove the product"),
    ),
    built(
        "product.duplicate",
        "same_product",
        ("warning", 3),
        ("No two products of a source look the same to a shopper", "merge them, or say in the title how they differ"),
    ),
    built(
        "product.stale",
        "stale",
        ("info", 3),
        ("A product was shown by its source, or changed, within a year", "check that it is still sold"),
        Params(days=365),
    ),
    built(
        "attributes.colour.form",
        "text",
        ("info", 1),
        ("Common colours are written in one way", "use the usual name"),
        flaw("colour"),
        fixable=True,
    ),
    built(
        "attributes.color.form",
        "text",
        ("info", 1),
        ("Common colours are written in one way", "use the usual name"),
        flaw("colour"),
        fixable=True,
    ),
)

PRODUCTS: tuple[Rule, ...] = (*_PLACE, *_PICTURES, *_PRODUCT)
