"""The taxes of an invoice's lines, after discounts. Pure.

Credits for a fee that an earlier invoice charged bear the taxes of that invoice, rates and all, even if others are in force by now;
where they are the same, everything is taxed together and each tax rounded once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from fractions import Fraction

from skuflow.billing.invoices.discounting import Lines, gives_back, origin_of
from skuflow.billing.invoices.model import Invoice, InvoiceLine
from skuflow.billing.parties import Address, Customer, Seller
from skuflow.billing.tax import model as tax
from skuflow.billing.tax.compute_tax import compute_tax
from skuflow.billing.tax.rounding import half_up
from skuflow.kernel.money import Money


@dataclass(frozen=True, slots=True)
class Taxed:
    """`taxes` in the order in which they are shown; `contained` is how much of them lies within the lines' prices."""

    taxes: tuple[tax.TaxLine, ...]
    contained: Money
    reliefs: tuple[tax.Relief, ...]
    estimate: str


def taxed(lines: Lines, seller: Seller, customer: Customer, at: datetime, earlier: Sequence[Invoice]) -> Taxed:
    """The taxes on `lines` of an invoice issued `at`. `earlier` as in `discounted`. Raises Invalid where no tax can be found."""
    currency = lines[0].amount.currency
    taxes: list[tax.TaxLine] = []
    reliefs: list[tax.Relief] = []
    contained, estimate = 0, ""
    for inclusive in (False, True):
        mine = [one for one in lines if one.tax_inclusive == inclusive]
        found, told, said = _of_one_mode(mine, seller, customer, at, earlier)
        taxes += found
        reliefs += told
        estimate = estimate or said
        contained += sum(one.amount.minor for one in found) if inclusive else 0
    return Taxed(tuple(taxes), Money(contained, currency), tuple(reliefs), estimate)


_Found = tuple[list[tax.TaxLine], list[tax.Relief], str]


def _of_one_mode(
    lines: Sequence[InvoiceLine], seller: Seller, customer: Customer, at: datetime, earlier: Sequence[Invoice]
) -> _Found:
    if not lines:
        return [], [], ""
    present = list(lines)
    as_before: list[tax.TaxLine] = []
    for (invoice, charged), group in by_origin(lines, earlier):
        before = mirrored(invoice, charged, group)
        if _rates(before) != _rates(compute_tax(_sale(group, seller, customer, at)).taxes):
            as_before += before
            present = [one for one in present if one not in group]
    if not present:
        return as_before, [], ""
    result = compute_tax(_sale(present, seller, customer, at))
    return [*result.taxes, *as_before], list(result.reliefs), result.estimate


def by_origin(
    lines: Sequence[InvoiceLine], earlier: Sequence[Invoice]
) -> list[tuple[tuple[Invoice, InvoiceLine], list[InvoiceLine]]]:
    """The credits among `lines`, with the discounts on them, by the line that they give back."""
    groups: dict[tuple[str, str], tuple[tuple[Invoice, InvoiceLine], list[InvoiceLine]]] = {}
    for one in lines:
        takes_back = gives_back(one) or (one.kind == "discount" and one.amount.minor > 0)
        origin = origin_of(one, earlier) if takes_back else None
        if origin is not None:
            groups.setdefault((origin[0].invoice_id, origin[1].line_id), (origin, []))[1].append(one)
    return list(groups.values())


def mirrored(invoice: Invoice, charged: InvoiceLine, group: Sequence[InvoiceLine]) -> list[tax.TaxLine]:
    """The taxes that `invoice` took on `charged`, on `group`."""
    bearing = [one for one in invoice.taxes if charged.line_id in one.line_ids]
    listed = sum(one.amount.minor for one in group)
    parts = 100 + (sum(Fraction(one.rate) for one in bearing) if charged.tax_inclusive else 0)
    amounts = [half_up(listed * Fraction(one.rate) / parts) for one in bearing]
    net = listed - (sum(amounts) if charged.tax_inclusive else 0)
    ids = tuple(one.line_id for one in group)
    currency = invoice.currency
    return [
        replace(one, base=Money(net, currency), amount=Money(amount, currency), line_ids=ids)
        for one, amount in zip(bearing, amounts, strict=True)
    ]


def _rates(taxes: Sequence[tax.TaxLine]) -> list[tuple[str, str, str]]:
    return sorted((one.tax, one.jurisdiction, f"{one.rate.normalize():f}") for one in taxes)


def _sale(lines: Sequence[InvoiceLine], seller: Seller, customer: Customer, at: datetime) -> tax.Sale:
    known: Mapping[str, str] = dict(seller.registrations)
    return tax.Sale(
        seller=tax.Seller(_place(seller.address), known, seller.small_supplier),
        customer=tax.Customer(_place(customer.address), customer.exemptions, customer.tax_number),
        currency=lines[0].amount.currency,
        at=at,
        lines=tuple(
            tax.SaleLine(one.line_id, one.amount, one.tax_code, is_credit=one.amount.minor < 0) for one in lines
        ),
        price_mode="inclusive" if lines[0].tax_inclusive else "exclusive",
    )


def _place(address: Address) -> tax.Place:
    return tax.Place(address.country, address.region, postal_code=address.postal_code)
