"""Codes, prices and options."""

from __future__ import annotations

from decimal import Decimal

from skuflow.quality.rules.built_in.making import built, flaw
from skuflow.quality.rules.rule import Params, Rule

_CODES = (
    built("variant.sku.required", "required", ("warning", 3), ("A variant has an SKU", "give it a code of your own")),
    built(
        "variant.sku.unique",
        "unique",
        ("error", 3),
        ("No two variants of a source have the same SKU", "give each its own"),
    ),
    built(
        "variant.sku.spreadsheet",
        "text",
        ("error", 3),
        ("An SKU was not cut by a spreadsheet", "format the column as text, and import the file again"),
        flaw("spreadsheet"),
    ),
    built(
        "variant.gtin.required",
        "required",
        ("info", 2),
        ("A variant has a GTIN (UPC, EAN)", "ask the maker; leave it empty for what has none"),
    ),
    built(
        "variant.gtin.valid",
        "gtin",
        ("error", 3),
        ("A GTIN has a sound check digit", "copy it from the package again"),
        fixable=True,
    ),
    built(
        "variant.gtin.restricted",
        "gtin_restricted",
        ("warning", 2),
        ("A GTIN names the goods to everybody", "ask the maker for its number, or leave it empty"),
    ),
    built(
        "variant.gtin.unique",
        "unique",
        ("error", 3),
        ("No two variants of a source have the same GTIN", "check which of them it belongs to"),
    ),
    built(
        "variant.mpn.spreadsheet",
        "text",
        ("warning", 1),
        ("A part number was not cut by a spreadsheet", "format the column as text, and import the file again"),
        flaw("spreadsheet"),
    ),
)

_SALE = (
    built("variant.price.required", "required", ("error", 5), ("A variant has a price", "give it a price")),
    built(
        "variant.price.positive",
        "range",
        ("error", 4),
        ("A price is above zero", "give the price; set what is not sold to draft"),
        Params(minimum=Decimal("0.001")),
    ),
    built(
        "variant.price.plausible",
        "price_outlier",
        ("warning", 3),
        ("A price is within ten times what its siblings cost", "look for a decimal point in the wrong place"),
        Params(maximum=Decimal(10)),
    ),
    built(
        "variant.cost.plausible",
        "price_over_cost",
        ("warning", 3),
        ("A price is not below the cost", "check both"),
    ),
    built(
        "variant.compare_at.plausible",
        "compare_at_over_price",
        ("warning", 2),
        ("A compare-at price is not below the price", "take it out, or swap the two"),
    ),
    built(
        "variant.weight_grams.plausible",
        "range",
        ("info", 1),
        ("A weight is at most a tonne", "check the unit"),
        Params(minimum=Decimal(0), maximum=Decimal(1_000_000)),
    ),
    built(
        "variant.options.distinct",
        "same_options",
        ("error", 3),
        ("No two variants of a product have the same options", "say in the options how they differ"),
    ),
    built(
        "variant.options.whitespace",
        "text",
        ("info", 1),
        ("Options have single blanks between words and none at their ends", "remove the blanks"),
        flaw("whitespace"),
        fixable=True,
    ),
    built(
        "variant.options.measure",
        "text",
        ("info", 1),
        ("A measure is a number, a blank and the unit's symbol", "write 500 ml, 10 cm, 2 kg"),
        flaw("measure"),
        fixable=True,
    ),
    built(
        "variant.options.colour.form",
        "text",
        ("info", 1),
        ("Common colours are written in one way", "use the usual name"),
        flaw("colour"),
        fixable=True,
    ),
    built(
        "variant.options.color.form",
        "text",
        ("info", 1),
        ("Common colours are written in one way", "use the usual name"),
        flaw("colour"),
        fixable=True,
    ),
    built(
        "variant.image.own",
        "reference",
        ("info", 1),
        ("A variant's picture is one of the product's", "add it to the product's pictures"),
        Params(target="own_images"),
    ),
)

VARIANTS: tuple[Rule, ...] = (*_CODES, *_SALE)
