"""What an invoice that gives back does to the earlier invoices of its subscription. Pure.

Those that had charged for it keep how much was given back, so that neither a credit note nor their being void forgives the same
once more; as both write the invoice over the version they read, that holds for what happens at once, too. And whatever is still
due is lowered first, the oldest before the others: a fee that nobody has paid must not become credit that pays for something else.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal

from skuflow.billing.invoices.discounting import Lines, gives_back
from skuflow.billing.invoices.model import Invoice, InvoiceLine
from skuflow.billing.invoices.statuses import settled_if_covered
from skuflow.billing.invoices.taxing import by_origin, mirrored
from skuflow.billing.phrases import Phrase
from skuflow.kernel.events import Cause
from skuflow.kernel.money import Money

_ROUNDED = Phrase("parts_add_up")
_MOST_CENTS = 5
"""What roundings can come to: a cent for the part and for each of its taxes. More than that is no rounding: what an invoice set off
against credits of its own can be given back, too, though it is not in its total."""
_MOST_SET_OFF = 20
"""Invoices whose due is lowered at once: they are written in one transaction with the bill. More credit than that stays credit."""


def within_what_is_left(lines: Lines, earlier: Sequence[Invoice]) -> Lines:
    """`lines`, with a line that takes back the cents by which they, and the taxes on them, would give back more of one of `earlier`
    than is left of it: parts are rounded one by one, and so are their taxes."""
    left = {one.invoice_id: one.amount_left.minor for one in earlier}
    extra: list[InvoiceLine] = []
    for (invoice, charged), group in by_origin(lines, earlier):
        given = _gross(invoice, charged, group)
        over = max(0, given - left[invoice.invoice_id])
        left[invoice.invoice_id] -= given - over
        if 0 < over <= _MOST_CENTS and not any(map(gives_back, invoice.lines)):
            cents = Money(over, invoice.currency)
            line_id = str(len(lines) + len(extra) + 1)
            like = replace(group[0], line_id=line_id, kind="base_credit", quantity=Decimal(1), explanation=())
            extra.append(replace(like, description=_ROUNDED, unit_amount=cents.to_decimal(), amount=cents))
    return (*lines, *extra)


def lessened(
    lines: Lines, earlier: Sequence[Invoice], credit: Money, at: datetime, cause: Cause
) -> tuple[tuple[Invoice, ...], Money]:
    """Those of `earlier` that change, as they are afterwards: of which `lines` give something back, or whose due is lowered by
    `credit`, which the new invoice gave. And what is left of that."""
    given = _given_back(lines, earlier)
    after: list[Invoice] = []
    for invoice in sorted(earlier, key=lambda one: one.cycle):
        back = Money(given.get(invoice.invoice_id, 0), credit.currency)
        use = min(invoice.amount_due, credit) if back.minor or len(after) < _MOST_SET_OFF else invoice.zero
        credit -= use
        if back.minor or use.minor:
            changed = replace(
                invoice,
                given_back=invoice.amount_given_back + back,
                credit_used=invoice.credit_used + use,
                updated_at=at,
                cause=cause,
            )
            after.append(changed if changed.status in {"draft", "void"} else settled_if_covered(changed, at))
    return tuple(after), credit


def _given_back(lines: Lines, earlier: Sequence[Invoice]) -> dict[str, int]:
    """By invoice what `lines` give back of it, with the taxes that it took on that, in minor units; never more than is left of it:
    taxes of parts can be rounded up where those of the whole were not."""
    given: dict[str, int] = {}
    for (invoice, charged), group in by_origin(lines, earlier):
        upto = given.get(invoice.invoice_id, 0) + _gross(invoice, charged, group)
        given[invoice.invoice_id] = max(0, min(upto, invoice.amount_left.minor))
    return given


def _gross(invoice: Invoice, charged: InvoiceLine, group: Sequence[InvoiceLine]) -> int:
    """What `group` gives back of the line `charged` of `invoice`, with the taxes that it took on that, in minor units."""
    listed = sum(one.amount.minor for one in group)
    return -listed - (
        0 if charged.tax_inclusive else sum(one.amount.minor for one in mirrored(invoice, charged, group))
    )
