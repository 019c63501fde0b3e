"""Seller, customer and taxes as they stand on a document."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from skuflow.billing.invoices.model import CustomerSnapshot, SellerSnapshot
from skuflow.billing.parties import Address
from skuflow.billing.pdf.document import Paper, Party, Total
from skuflow.billing.pdf.figures import Figures, locale_for
from skuflow.billing.pdf.words import Words, words_in
from skuflow.billing.phrases import Text
from skuflow.billing.tax.indian_states import NAMES, STATES
from skuflow.billing.tax.model import Relief, TaxLine
from skuflow.billing.wording import remark, worded

_LETTER = frozenset({"CA", "US", "MX"})
"""Countries that print on letter paper; all others have A4."""


@dataclass(frozen=True, slots=True)
class Style:
    """How one document speaks: its words and its figures."""

    words: Words
    figures: Figures
    language: str

    def said(self, text: Text) -> str:
        return worded(text, self.language, self.figures.quantity)

    def remark(self, text: str) -> str:
        return remark(text, self.language)


def style_of(customer: CustomerSnapshot, currency: str, time_zone: str) -> Style:
    locale = locale_for(customer.language, customer.address.country)
    return Style(words_in(customer.language), Figures(locale, currency, time_zone), customer.language)


def paper_of(seller: SellerSnapshot) -> Paper:
    return "letter" if seller.address.country in _LETTER else "a4"


def seller_party(seller: SellerSnapshot, style: Style) -> Party:
    lines = (*_address(seller.address, style), *(one for one in (seller.email, seller.website) if one))
    return Party(style.words.from_, seller.name, lines, _numbers(seller.registrations, style.words))


def customer_party(customer: CustomerSnapshot, style: Style) -> Party:
    label = "GSTIN" if customer.address.country == "IN" else style.words.tax_number
    numbers = (f"{label}: {customer.tax_number}",) if customer.tax_number else ()
    lines = (*_address(customer.address, style), *((customer.email,) if customer.email else ()))
    return Party(style.words.bill_to, customer.name or customer.subject, lines, numbers)


def _address(address: Address, style: Style) -> tuple[str, ...]:
    place = " ".join(part for part in (address.city, address.region, address.postal_code) if part)
    return tuple(line for line in (*address.lines, place, style.figures.country(address.country)) if line)


def _numbers(registrations: Mapping[str, str], words: Words) -> tuple[str, ...]:
    return tuple(
        words.number_sign.format(tax=_regime(regime, words), number=number)
        for regime, number in sorted(registrations.items())
        if number
    )


def _regime(regime: str, words: Words) -> str:
    return words.registrations.get(regime) or words.taxes.get(regime, regime.replace("_", " "))


def tax_name(tax: TaxLine, style: Style) -> str:
    """Name and rate of one tax. Never of several: Québec forbids combined rates on a buyer's document."""
    return f"{style.words.taxes.get(tax.tax, tax.name)} {style.figures.rate(tax.rate)}"


def tax_totals(taxes: Iterable[TaxLine], style: Style, *, contained: bool = False) -> tuple[Total, ...]:
    """A line for each tax, with what it was taken on and the number it is collected under."""
    words, figures = style.words, style.figures
    rows = []
    for tax in taxes:
        name = tax_name(tax, style)
        number = words.number_sign.format(tax="", number=tax.registration).replace("  ", " ").strip()
        base = words.on.format(amount=figures.money(tax.base))
        detail = f"{base} · {number}" if tax.registration else base
        rows.append(Total(words.contained.format(tax=name) if contained else name, figures.money(tax.amount), detail))
    return tuple(rows)


def place_of_supply(seller: SellerSnapshot, customer: CustomerSnapshot, style: Style) -> str:
    """The state with its code, as an Indian seller's invoice has to name it (CGST Rules, 46 n); "" on others'."""
    if seller.address.country != "IN":
        return ""
    if customer.address.country != "IN":
        return style.figures.country(customer.address.country)
    code = STATES.get(customer.address.region) or customer.tax_number[:2]
    return f"{NAMES[code]} ({code})" if code in NAMES else ""


def relief_notes(reliefs: Iterable[Relief], style: Style) -> tuple[str, ...]:
    """What a reader should know of taxes that are not there; a seller's missing registration is nobody's business."""
    texts = []
    for relief in reliefs:
        if text := style.words.reliefs.get(relief.why):
            tax, country = _regime(relief.regime, style.words), style.figures.country(relief.jurisdiction[:2])
            texts.append(text.format(tax=tax, country=country, certificate=relief.certificate))
    return tuple(dict.fromkeys(texts))
