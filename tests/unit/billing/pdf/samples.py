"""Invoices to print."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from skuflow.billing.invoices.model import (
    CreditNote,
    CustomerSnapshot,
    Explained,
    Invoice,
    InvoiceLine,
    SellerSnapshot,
    UsageFigure,
)
from skuflow.billing.parties import Address
from skuflow.billing.tax.compute_tax import compute_tax
from skuflow.billing.tax.model import Customer, Place, Sale, SaleLine, Seller, TaxResult
from skuflow.kernel.events import Cause
from skuflow.kernel.money import Money

FROM = datetime(2026, 10, 1, 4, tzinfo=UTC)
TO = datetime(2026, 11, 1, 4, tzinfo=UTC)
ISSUED = datetime(2026, 11, 2, 14, 5, tzinfo=UTC)
CAUSE = Cause("cor_1")
SELLER = SellerSnapshot(
    seller_id="sel_nest",
    name="Nest & Fils Commerce Inc.",
    address=Address(
        country="CA",
        region="ON",
        lines=("410 Adelaide Street West", "Suite 500"),
        city="Toronto",
        postal_code="M5V 1S8",
    ),
    invoice_prefix="NEST-",
    registrations={"GST/HST": "123456789 RT0001", "QST": "1234567890 TQ0001", "PST_BC": "PST-1234-5678"},
    email="billing@nest.example",
    website="nest.example",
    time_zone="America/Toronto",
)
CUSTOMER = CustomerSnapshot(
    subject="hh_42",
    name="Éléonore Lévesque-Çelik",
    address=Address(
        country="CA", region="QC", lines=("1200, rue Saint-Denis, app. 3",), city="Montréal", postal_code="H2X 3J6"
    ),
    email="eleonore@maison.example",
    language="fr",
)
MUMBAI = replace(
    SELLER,
    name="Nest Commerce India Pvt. Ltd.",
    address=Address(country="IN", region="MH", lines=("4 Marine Drive",), city="Mumbai", postal_code="400020"),
    registrations={"GSTIN": "27AAPFU0939F1ZV"},
    time_zone="Asia/Kolkata",
)


def line(number: int, description: str, amount: str, **more: Any) -> InvoiceLine:
    currency = more.pop("currency", "CAD")
    fields: dict[str, Any] = {
        "line_id": f"ln_{number}",
        "kind": "base",
        "description": description,
        "quantity": Decimal(1),
        "unit_amount": Decimal(amount),
        "amount": Money.from_decimal(Decimal(amount), currency),
        "period_from": FROM,
        "period_to": TO,
        "plan": "family@2",
        "tax_code": "saas",
    }
    return InvoiceLine(**{**fields, **more})


LINES = (
    line(1, "NestSync Family, monthly", "34.99", period_from=TO, period_to=TO + timedelta(days=30)),
    line(
        2,
        "Catalogue items scored and fixed",
        "61.25",
        kind="usage",
        quantity=Decimal(12_250),
        unit_amount=None,
        unit="items",
        metric="billable_items",
        explanation=(
            Explained("first 10,000 items", Decimal(10_000), Decimal("0.005"), Decimal(50)),
            Explained("further items", Decimal(2_250), Decimal("0.005"), Decimal("11.25")),
        ),
    ),
    line(
        3,
        "Late usage of September",
        "0.42",
        kind="late_usage",
        quantity=Decimal(84),
        unit_amount=Decimal("0.005"),
        unit="items",
    ),
    line(4, "Unused time on NestSync Basic (12 of 31 days)", "-7.74", kind="base_credit"),
    line(5, "Coupon AUTOMNE10: 10 % off", "-8.89", kind="discount", coupon="AUTOMNE10"),
)
USAGE = (
    UsageFigure("billable_items", "items", Decimal(12_250), 31, FROM, TO),
    UsageFigure("child_profiles", "profiles", Decimal(3), 2, FROM, TO),
)


def taxed(lines: tuple[InvoiceLine, ...], seller: SellerSnapshot, customer: CustomerSnapshot, **more: Any) -> TaxResult:
    where, whose = customer.address, seller.address
    return compute_tax(
        Sale(
            seller=Seller(Place(whose.country, whose.region), dict(seller.registrations)),
            customer=Customer(Place(where.country, where.region)),
            currency=lines[0].amount.currency,
            at=ISSUED,
            lines=tuple(
                SaleLine(one.line_id, one.amount, one.tax_code, is_credit=one.amount.minor < 0) for one in lines
            ),
            **more,
        )
    )


def invoice(
    lines: tuple[InvoiceLine, ...] = LINES,
    *,
    seller: SellerSnapshot = SELLER,
    customer: CustomerSnapshot = CUSTOMER,
    inclusive: bool = False,
    **more: Any,
) -> Invoice:
    """With the taxes that our own tables say."""
    result = taxed(lines, seller, customer, price_mode="inclusive" if inclusive else "exclusive")
    zero = Money(0, result.net.currency)
    fields: dict[str, Any] = {
        "invoice_id": "inv_7f3a_4",
        "subscription_id": "sub_7f3a",
        "cycle": 4,
        "subject": customer.subject,
        "status": "pending",
        "currency": result.net.currency,
        "seller": seller,
        "customer": customer,
        "plan": "family@2",
        "time_zone": "America/Toronto",
        "period_from": FROM,
        "period_to": TO,
        "issued_at": ISSUED,
        "due_at": ISSUED + timedelta(days=30),
        "lines": lines,
        "taxes": result.taxes,
        "subtotal": sum((one.amount for one in lines), start=zero),
        "discount": sum((one.amount for one in lines if one.kind == "discount"), start=zero),
        "tax": result.tax,
        "total": result.gross,
        "credit_used": zero,
        "cause": CAUSE,
        "updated_at": ISSUED,
        "contained_tax": result.tax if inclusive else zero,
        "reliefs": result.reliefs,
        "estimate": result.estimate,
        "usage": USAGE,
        "number": "NEST-000123",
        "sequence": 123,
        "notes": ("Each line is rounded half to even, each tax once per invoice, half up.",),
    }
    return Invoice(**{**fields, **more})


def credit_note() -> CreditNote:
    whole = invoice()
    zero = whole.zero
    return CreditNote(
        note_id="crn_1",
        invoice_id=whole.invoice_id,
        invoice_number=whole.number,
        subject=whole.subject,
        number="NEST-CN-000007",
        sequence=7,
        reason="Service indisponible du 3 au 5 octobre",
        reference="case 77",
        destination="refund",
        currency="CAD",
        amount=whole.total,
        net=whole.total - whole.tax,
        taxes=whole.taxes,
        refund=whole.total,
        to_credit=zero,
        off_due=zero,
        seller=SELLER,
        customer=CUSTOMER,
        issued_at=ISSUED,
        cause=CAUSE,
    )
