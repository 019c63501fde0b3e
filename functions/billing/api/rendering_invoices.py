"""Invoices, credit notes, coupons and billing runs as they are answered."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from skuflow.billing.wording import plainly, remark, worded
from skuflow.kernel.clock import iso
from skuflow.kernel.money import Money

if TYPE_CHECKING:
    from datetime import datetime

    from skuflow.billing.invoices.coupons import Coupon
    from skuflow.billing.invoices.model import (
        CreditNote,
        CustomerSnapshot,
        Invoice,
        InvoiceLine,
        Payment,
        SellerSnapshot,
    )
    from skuflow.billing.runs.dry_run import Explained
    from skuflow.billing.runs.model import Failure, Run
    from skuflow.billing.tax.model import TaxLine


def money(amount: Money) -> dict[str, Any]:
    return {"amount_minor": amount.minor, "currency": amount.currency}


def invoice_summary(item: Invoice) -> dict[str, Any]:
    return {
        "invoice_id": item.invoice_id,
        "number": item.number or None,
        "kind": item.kind,
        "status": item.status,
        "subscription_id": item.subscription_id,
        "subject": item.subject,
        "seller_id": item.seller.seller_id,
        "customer_name": item.customer.name,
        "plan": item.plan,
        "period_from": iso(item.period_from),
        "period_to": iso(item.period_to),
        "issued_at": iso(item.issued_at),
        "due_at": iso(item.due_at),
        "total": money(item.total),
        "amount_due": money(item.amount_due),
        "updated_at": iso(item.updated_at),
    }


def invoice_view(item: Invoice) -> dict[str, Any]:
    """Texts are in the customer's language, as they are on the document."""
    language = item.customer.language
    return {
        **invoice_summary(item),
        "seller": _party(item.seller),
        "customer": _party(item.customer),
        "time_zone": item.time_zone,
        "lines": [_line(line, language) for line in item.lines],
        "subtotal": money(item.subtotal),
        "discount": money(item.discount),
        "taxes": [tax_view(one) for one in item.taxes],
        "tax": money(item.tax),
        "contained_tax": money(item.contained_tax),
        "reliefs": [
            {"why": one.why, "regime": one.regime, "jurisdiction": one.jurisdiction, "certificate": one.certificate}
            for one in item.reliefs
        ],
        "estimate": remark(item.estimate, language),
        "credit_used": money(item.credit_used),
        "amount_paid": money(item.amount_paid),
        "amount_credited": money(item.amount_credited),
        "amount_refunded": money(item.amount_refunded),
        "amount_given_back": money(item.amount_given_back),
        "usage": [
            {
                "metric": one.metric,
                "unit": one.unit,
                "quantity": plainly(one.quantity),
                "events": one.events,
                "period_from": iso(one.period_from),
                "period_to": iso(one.period_to),
            }
            for one in item.usage
        ],
        "payments": [_payment(one) for one in item.payments],
        "run_id": item.run_id or None,
        "reason": item.reason,
        "notes": [remark(note, language) for note in item.notes],
    }


def tax_view(one: TaxLine) -> dict[str, Any]:
    return {
        "tax": one.tax,
        "name": one.name,
        "jurisdiction": one.jurisdiction,
        "rate": plainly(one.rate),
        "base": money(one.base),
        "amount": money(one.amount),
        "registration": one.registration,
    }


def note_view(note: CreditNote) -> dict[str, Any]:
    return {
        "credit_note_id": note.note_id,
        "number": note.number,
        "reference": note.reference,
        "invoice_id": note.invoice_id,
        "invoice_number": note.invoice_number,
        "subject": note.subject,
        "reason": note.reason,
        "memo": note.memo,
        "amount": money(note.amount),
        "net": money(note.net),
        "taxes": [tax_view(one) for one in note.taxes],
        "refund": money(note.refund),
        "to_credit": money(note.to_credit),
        "off_due": money(note.off_due),
        "issued_at": iso(note.issued_at),
    }


def coupon_view(item: Coupon) -> dict[str, Any]:
    terms = item.terms
    return {
        "code": item.code,
        "name": item.name,
        "percent": plainly(terms.percent) if terms.percent is not None else None,
        "amount": money(terms.amount) if terms.amount is not None else None,
        "duration": terms.duration,
        "periods": terms.periods,
        "redeem_by": _moment(item.redeem_by),
        "max_redemptions": item.max_redemptions,
        "redemptions": item.redemptions,
        "created_at": iso(item.created_at),
        "archived_at": _moment(item.archived_at),
    }


def run_view(run: Run, failures: list[Failure]) -> dict[str, Any]:
    done, whole = run.progress.batches, run.batches
    share = 1.0 if run.status == "completed" else round(done / whole, 4) if whole else 0.0
    return {
        "run_id": run.run_id,
        "kind": run.kind,
        "status": run.status,
        "as_of": iso(run.as_of),
        "created_at": iso(run.created_at),
        "updated_at": iso(run.updated_at),
        "completed_at": _moment(run.completed_at),
        "subscriptions": run.subscriptions,
        "progress": share,
        "invoices": run.progress.invoices,
        "without_invoice": run.progress.without_invoice,
        "failed": run.progress.failed,
        "failures": [
            {"subscription_id": one.subscription_id, "code": one.code, "detail": one.detail} for one in failures
        ],
        "preview": None,
    }


def dry_view(as_of: datetime, told: list[Explained], cursor: str | None) -> dict[str, Any]:
    """A dry run looks like one that is over, and has left no trace."""
    invoices = [one.invoice for one in told if one.invoice is not None]
    billed = {one.subscription_id for one in invoices}
    totals: dict[str, int] = {}
    for one in invoices:
        totals[one.currency] = totals.get(one.currency, 0) + one.total.minor
    return {
        "run_id": None,
        "kind": "dry",
        "status": "completed",
        "as_of": iso(as_of),
        "created_at": None,
        "updated_at": None,
        "completed_at": None,
        "subscriptions": len({one.subscription_id for one in told}),
        "progress": 1.0,
        "invoices": len(invoices),
        "without_invoice": len({one.subscription_id for one in told} - billed),
        "failed": 0,
        "failures": [],
        "preview": {
            "items": [
                {
                    "subscription_id": one.subscription_id,
                    "invoice": invoice_view(one.invoice) if one.invoice is not None else None,
                    "reason": one.reason,
                }
                for one in told
            ],
            "totals": [money(Money(minor, currency)) for currency, minor in sorted(totals.items())],
            "next_cursor": cursor,
        },
    }


def _line(line: InvoiceLine, language: str) -> dict[str, Any]:
    return {
        "line_id": line.line_id,
        "kind": line.kind,
        "description": worded(line.description, language),
        "quantity": plainly(line.quantity),
        "unit": line.unit,
        "unit_amount": plainly(line.unit_amount) if line.unit_amount is not None else None,
        "amount": money(line.amount),
        "period_from": iso(line.period_from),
        "period_to": iso(line.period_to),
        "plan": line.plan,
        "metric": line.metric,
        "charge": line.charge,
        "coupon": line.coupon,
        "tax_code": line.tax_code,
        "hsn": line.hsn,
        "tax_inclusive": line.tax_inclusive,
        "explanation": [
            {
                "text": worded(step.text, language),
                "quantity": plainly(step.quantity),
                "unit_amount": plainly(step.unit_amount) if step.unit_amount is not None else None,
                "amount": plainly(step.amount),
            }
            for step in line.explanation
        ],
    }


def _payment(one: Payment) -> dict[str, Any]:
    return {
        "payment_id": one.payment_id,
        "amount": money(one.amount),
        "outcome": one.outcome,
        "received_at": iso(one.received_at),
        "method": one.method,
        "reference": one.reference,
        "reason": one.reason,
    }


def _party(party: SellerSnapshot | CustomerSnapshot) -> dict[str, Any]:
    told: dict[str, Any] = msgspec.to_builtins(party)
    return told


def _moment(at: datetime | None) -> str | None:
    return iso(at) if at is not None else None
