"""Names of colours, each written in one way. Only what is one of these names is touched: fancy names are the maker's."""

from __future__ import annotations

import re
from collections.abc import Mapping

_NAMES = (
    "Beige Black Blue Bronze Brown Burgundy Camel Charcoal Copper Coral Cream Cyan Fuchsia Gold Green Indigo "
    "Ivory Khaki Lavender Lilac Lime Magenta Maroon Mauve Mint Multicolour Mustard Navy Olive Orange Peach Pink "
    "Plum Purple Red Rose Rust Salmon Silver Tan Taupe Teal Turquoise Violet White Yellow"
)
_SPELLINGS = {
    "blk": "Black",
    "wht": "White",
    "gray": "Gray",
    "grey": "Grey",
    "multicolor": "Multicolor",
    "multi-color": "Multicolor",
    "multi color": "Multicolor",
    "multi-colour": "Multicolour",
    "multi colour": "Multicolour",
}
COLOURS: Mapping[str, str] = {**{name.casefold(): name for name in _NAMES.split()}, **_SPELLINGS}
"""Any spelling, case folded -> the one that is used. British and American ones are both right; a client may settle on one."""

_SHADE = re.compile(r"(dark|light|bright|pale|deep)[ -]+(\S.*)", re.I)
_BETWEEN = re.compile(r"( ?[/,&+] ?)")


def colour(text: str, own: Mapping[str, str] | None = None) -> str:
    """`text` with every name of a colour in it written in the one way. `own`: a client's names, case folded, which come first;
    where they lead to is left as it is."""
    names = {**COLOURS, **{name.casefold(): name for name in (own or {}).values()}, **(own or {})}
    whole = names.get(text.casefold())
    if whole is not None:
        return whole
    return "".join(part if _BETWEEN.fullmatch(part) else _one(part, names) for part in _BETWEEN.split(text))


def _one(text: str, names: Mapping[str, str]) -> str:
    found = names.get(text.casefold())
    shade = _SHADE.fullmatch(text)
    if found is None and shade is not None and shade[2].casefold() in names:
        return f"{shade[1].capitalize()} {names[shade[2].casefold()]}"
    return text if found is None else found
