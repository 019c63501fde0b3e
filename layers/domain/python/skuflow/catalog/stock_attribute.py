"""Stock in the table: a map of maps with native numbers, so that taking units is arithmetic in one conditional update.

stock: {variant id: {t: tracked, b: backorder, s: in stock, c: counted at, n: found the same at, l: levels}}
levels: {location: {a: available, r: reserved, m: threshold}}
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pynamodb.attributes import Attribute
from pynamodb.constants import MAP
from pynamodb.expressions.operand import Path

from skuflow.catalog.inventory import Level, VariantStock

Json = Mapping[str, Any]
"""DynamoDB JSON."""


class StockAttribute(Attribute[tuple[VariantStock, ...]]):
    """`VariantStock`s as a map; read and written without PynamoDB's object for each of its elements."""

    attr_type = MAP

    def serialize(self, value: tuple[VariantStock, ...]) -> Json:
        return {variant.variant_id: {"M": _variant(variant)} for variant in value}

    def deserialize(self, value: Json) -> tuple[VariantStock, ...]:
        return tuple(_variant_of(name, value[name]["M"]) for name in sorted(value))


def level_path(variant_id: str, location: str) -> Path:
    """The level's numbers, for an expression."""
    return variant_path(variant_id)["l"][location]


def variant_path(variant_id: str) -> Path:
    return Path(["stock", variant_id])


def _variant(variant: VariantStock) -> Json:
    moments = {"c": variant.seen_ms, "n": variant.noted_ms}
    return {
        **{name: {"N": str(ms)} for name, ms in moments.items() if ms},
        "t": {"BOOL": variant.tracked},
        "b": {"BOOL": variant.backorder},
        "s": {"BOOL": variant.in_stock},
        "l": {"M": {level.location: {"M": _level(level)} for level in variant.levels}},
    }


def _level(level: Level) -> Json:
    numbers = {"a": {"N": str(level.available)}, "r": {"N": str(level.reserved)}}
    return numbers if level.low_stock_threshold is None else {**numbers, "m": {"N": str(level.low_stock_threshold)}}


def _variant_of(variant_id: str, stored: Json) -> VariantStock:
    levels = stored["l"]["M"]
    return VariantStock(
        variant_id=variant_id,
        tracked=stored["t"]["BOOL"],
        backorder=stored["b"]["BOOL"],
        in_stock=stored["s"]["BOOL"],
        levels=tuple(_level_of(name, levels[name]["M"]) for name in sorted(levels)),
        seen_ms=int(stored["c"]["N"]) if "c" in stored else 0,
        noted_ms=int(stored["n"]["N"]) if "n" in stored else 0,
    )


def _level_of(location: str, stored: Json) -> Level:
    threshold = int(stored["m"]["N"]) if "m" in stored else None
    return Level(location, int(stored["a"]["N"]), int(stored["r"]["N"]), threshold)
