"""What is kept of a line becomes words in the reader's language; records from before there were phrases still read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from string import Formatter
from typing import Any

import msgspec
import pytest

from skuflow.billing.charges.model import CHARGE_MODELS, Block, Charge, ChargeModel, Measured, Tier
from skuflow.billing.charges.pricing import price
from skuflow.billing.phrases import Phrase
from skuflow.billing.wording import ENGLISH, FRENCH, worded
from tests.unit.billing.pdf.samples import LINES, invoice

TIERS = (Tier(Decimal(10), Decimal(1), Decimal(2), Decimal(3)), Tier(None, Decimal("0.5"), Decimal(1), Decimal("1.5")))
PARAMETERS: Mapping[ChargeModel, Mapping[str, Any]] = {
    "per_item": {"unit_amount": Decimal(1), "included": Decimal(5)},
    "graduated": {"tiers": TIERS},
    "volume": {"tiers": TIERS},
    "package": {"package_size": Decimal(10), "package_price": Decimal(1), "included": Decimal(5)},
    "percentage": {"rate": Decimal("2.5"), "fixed_amount": Decimal(1), "free_events": 1, "min_per_event": Decimal(2)},
    "graduated_percentage": {"tiers": TIERS},
    "graduated_blocks": {"blocks": (Block(Decimal(10), Decimal(1), 1), Block(Decimal(100), Decimal(2)))},
    "volume_blocks": {"blocks": (Block(Decimal(10), Decimal(1), 1), Block(Decimal(100), Decimal(2)))},
}


def slots(sentence: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(sentence) if name}


@pytest.mark.parametrize("code", sorted(ENGLISH.keys() | FRENCH.keys()))
def test_every_sentence_is_there_in_each_language_and_says_the_same_things(code: str) -> None:
    assert slots(ENGLISH[code]) == slots(FRENCH[code])


@pytest.mark.parametrize("model", CHARGE_MODELS)
def test_every_step_of_every_charge_model_has_words_and_none_is_english_in_french(model: ChargeModel) -> None:
    charge = Charge(code="c", metric="m", model=model, **PARAMETERS[model])
    measured = Measured(Decimal(25), 3, (Decimal(5), Decimal(8), Decimal(12)))
    steps = price(charge, measured).steps
    assert steps
    for step in steps:
        english, french = worded(step.text, "en"), worded(step.text, "fr-CA")
        assert english != french
        assert "{" not in english + french


def test_a_tier_says_its_bounds_as_far_as_it_has_them() -> None:
    floor, top = {"floor": Decimal("1000.50")}, {"top": Decimal("2E+4")}
    assert worded(Phrase("tier", numbers=top), "en") == "units up to 20000"
    assert worded(Phrase("tier", numbers=floor), "en") == "units above 1000.5"
    assert worded(Phrase("volume", numbers={**floor, **top}), "fr") == (
        "toutes les unités, au prix des unités au-delà de 1000,5 et jusqu’à 20000"
    )


def test_names_stand_as_they_are_even_if_they_look_like_a_format() -> None:
    assert worded(Phrase("usage", {"plan": "{0} {x} %s", "charge": "a"}), "en") == "{0} {x} %s: a"


def test_a_sentence_of_a_newer_version_still_says_its_facts() -> None:
    assert worded(Phrase("setup_fee", {"plan": "Basic"}, {"count": Decimal(2)}), "en") == "setup fee Basic 2"


def test_lines_are_kept_as_facts_and_those_of_before_as_their_text() -> None:
    kept = invoice((LINES[0], replace(LINES[1], description=Phrase("base_credit", {"plan": "Basic"}))))
    read = msgspec.json.decode(msgspec.json.encode(kept), type=type(kept))
    assert read == kept
    assert worded(read.lines[0].description, "fr") == "NestSync Family, monthly"
    assert worded(read.lines[1].description, "fr") == "Basic\u00a0: temps non utilisé"
