"""How each flaw is mended, one text at a time. What is given back has not got the flaw any more, or is as it was."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from skuflow.quality.rules.normal.codes import padded
from skuflow.quality.rules.normal.colours import colour
from skuflow.quality.rules.normal.letter_case import calmed
from skuflow.quality.rules.normal.markup import as_text, clean
from skuflow.quality.rules.normal.units import measure
from skuflow.quality.rules.normal.whitespace import tidy


@dataclass(frozen=True, slots=True)
class Aid:
    """What mending may lean on: a client's colours, words known to be words, words that stay as they are written here."""

    colours: Mapping[str, str] = field(default_factory=dict)
    words: frozenset[str] = frozenset()
    kept: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Mending:
    mend: Callable[[str, Aid], str]
    reason: str


def _calmed(text: str, aid: Aid) -> str:
    calm = calmed(text, aid.words, aid.kept)
    return calm.text if calm.certain else text


MENDINGS: Mapping[str, Mending] = {
    "markup": Mending(lambda text, _: as_text(text), "tags and entities became plain text"),
    "whitespace": Mending(lambda text, _: tidy(text), "blanks were tidied"),
    "html": Mending(lambda text, _: clean(text), "HTML that readers never see was removed"),
    "measure": Mending(lambda text, _: measure(text), "the unit became its symbol"),
    "colour": Mending(lambda text, aid: colour(text, aid.colours), "the colour got its usual name"),
    "gtin": Mending(
        lambda text, _: padded(text), "a leading zero was lost, and the check digit holds with it; or separators went"
    ),
    "shouting": Mending(_calmed, "capitals became small letters; every word of it is known"),
}
"""By the flaw or kind of the rule, in the order in which they are made."""
