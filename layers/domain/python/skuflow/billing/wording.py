"""The sentences of `Phrase`s, in the languages that documents are written in.

A sentence is a format string of the phrase's names and numbers. `{tier}` is made of the numbers `floor` and `top`, whichever of
them are there.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal

from skuflow.billing.phrases import Text

ENGLISH: Mapping[str, str] = {
    "base": "{plan}",
    "base_credit": "{plan}: unused time",
    "base_taken_back": "{plan}: unused time, taken back before",
    "usage": "{plan}: {charge}",
    "late_usage": "{plan}: {charge}, late usage",
    "usage_taken_back": "{plan}: {charge}, taken back before",
    "commitment": "{plan}: minimum commitment",
    "discount": "Discount ({coupon})",
    "discount_percent": "Discount {percent} % ({coupon})",
    "discount_given_back": "Discount ({coupon}), on what is given back",
    "whole_period": "the whole period",
    "days_of_period": "{part} of {whole} days of the period",
    "seconds_of_period": "{part} of {whole} seconds of the period",
    "parts_add_up": "rounded, so that the parts of a period add up to its fee",
    "rounded": "rounded half-even",
    "commitment_promised": "commitment for the time billed",
    "commitment_base": "base fee of the period",
    "commitment_charges": "charges of the period",
    "billed_before": "billed before",
    "included": "included",
    "units": "units",
    "packages": "packages of {size}, started ones whole",
    "blocks": "blocks of {size}, started ones whole",
    "tier": "{tier}",
    "tier_rate": "{rate} % of {tier}",
    "tier_flat": "flat amount, {tier}",
    "volume": "all units, at the price for {tier}",
    "flat": "flat amount",
    "free_events": "free: {count} events",
    "turnover": "{rate} % of the turnover",
    "per_event": "fixed amount per event",
    "event": "an event",
    "event_at_least": "an event, at least",
    "event_at_most": "an event, at most",
    "units_up_to": "units up to {top}",
    "units_above": "units above {floor}",
    "units_between": "units above {floor} up to {top}",
}

FRENCH: Mapping[str, str] = {
    "base": "{plan}",
    "base_credit": "{plan}\u00a0: temps non utilisé",
    "base_taken_back": "{plan}\u00a0: temps non utilisé, déjà repris",
    "usage": "{plan}\u00a0: {charge}",
    "late_usage": "{plan}\u00a0: {charge}, relevé tardif",
    "usage_taken_back": "{plan}\u00a0: {charge}, déjà repris",
    "commitment": "{plan}\u00a0: engagement minimal",
    "discount": "Rabais ({coupon})",
    "discount_percent": "Rabais de {percent}\u00a0% ({coupon})",
    "discount_given_back": "Rabais ({coupon}), sur ce qui est rendu",
    "whole_period": "la période entière",
    "days_of_period": "{part} des {whole} jours de la période",
    "seconds_of_period": "{part} des {whole} secondes de la période",
    "parts_add_up": "arrondi, pour que les parts d’une période égalent ses frais",
    "rounded": "arrondi au pair le plus proche",
    "commitment_promised": "engagement pour le temps facturé",
    "commitment_base": "frais de base de la période",
    "commitment_charges": "frais d’utilisation de la période",
    "billed_before": "déjà facturé",
    "included": "compris",
    "units": "unités",
    "packages": "lots de {size}, tout lot entamé étant dû",
    "blocks": "blocs de {size}, tout bloc entamé étant dû",
    "tier": "{tier}",
    "tier_rate": "{rate}\u00a0% des {tier}",
    "tier_flat": "montant forfaitaire, {tier}",
    "volume": "toutes les unités, au prix des {tier}",
    "flat": "montant forfaitaire",
    "free_events": "gratuit\u00a0: {count} opérations",
    "turnover": "{rate}\u00a0% du montant traité",
    "per_event": "montant fixe par opération",
    "event": "une opération",
    "event_at_least": "une opération, au moins",
    "event_at_most": "une opération, au plus",
    "units_up_to": "unités jusqu’à {top}",
    "units_above": "unités au-delà de {floor}",
    "units_between": "unités au-delà de {floor} et jusqu’à {top}",
}

REMARKS_IN_FRENCH: Mapping[str, str] = {
    "Each line is rounded once, half to even. Each tax is rounded once per invoice, half up.": (
        "Chaque ligne est arrondie une fois, au pair le plus proche; chaque taxe une fois par facture, à la demie supérieure."
    ),
    "The amount is kept as credit and used up by the next invoices.": (
        "Le montant est conservé comme crédit et imputé sur les prochaines factures."
    ),
    "The amount is set off against what is due of earlier invoices; the rest is credit that the next ones use up.": (
        "Le montant est imputé sur ce qui reste dû de factures antérieures; le reste est un crédit imputé sur les suivantes."
    ),
    "US sales tax from a static table of state rates: no county, city or district taxes, no product rules of the state. "
    "An estimate, not a tax calculation.": (
        "Taxe de vente des États-Unis selon une table fixe des taux des États, sans taxes de comté, de ville ou de district ni "
        "règles propres aux produits. Une estimation, non un calcul de taxe."
    ),
}
"""What we say, or once said, below an invoice, by its English text, which is what is kept."""


def remark(text: str, language: str) -> str:
    """`text` from below an invoice in `language`; as it stands where it is not one of ours."""
    return REMARKS_IN_FRENCH.get(text, text) if language[:2] == "fr" else text


def plainly(number: Decimal) -> str:
    """Without exponent, and without zeros at the end of the decimals."""
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _with_a_comma(number: Decimal) -> str:
    return plainly(number).replace(".", ",")


def worded(text: Text, language: str, number: Callable[[Decimal], str] | None = None) -> str:
    """`text` in `language` (`fr` or anything that begins with it is French, all else English), its numbers as `number` has
    them, plainly without it. A phrase that is not known here, written by a newer version, says its code and names."""
    if isinstance(text, str):
        return text
    french = language[:2] == "fr"
    sentences = FRENCH if french else ENGLISH
    written = number or (_with_a_comma if french else plainly)
    shown = {name: written(value) for name, value in text.numbers.items()}
    if text.code not in sentences:
        return " ".join((text.code.replace("_", " "), *text.names.values(), *shown.values()))
    return sentences[text.code].format(**text.names, **shown, tier=_tier(shown, sentences))


def _tier(shown: Mapping[str, str], sentences: Mapping[str, str]) -> str:
    code = "units_between" if shown.keys() >= {"floor", "top"} else "units_up_to" if "top" in shown else "units_above"
    return sentences[code].format(**shown) if shown.keys() & {"floor", "top"} else ""
