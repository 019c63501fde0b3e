"""Invoices and what they are made of, for tests."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from skuflow.billing.invoices.draft_invoice import Basis, Drafted, drafted
from skuflow.billing.invoices.model import Invoice, Payment
from skuflow.billing.invoices.statuses import numbered
from skuflow.billing.parties import Address, Customer, Seller
from skuflow.billing.plans import Offer, Plan, PlanRef
from skuflow.billing.subscriptions import Subscription
from skuflow.billing.timeline_model import Line, Phase
from skuflow.kernel.events import Cause
from skuflow.kernel.money import Money

NOW = datetime(2026, 3, 14, tzinfo=UTC)
CAUSE = Cause("test")
ONTARIO, QUEBEC, ALBERTA = "ON", "QC", "AB"


def seller(**more: Any) -> Seller:
    return Seller(
        seller_id="north",
        name="North",
        address=Address(country="CA", region=ONTARIO),
        currency="CAD",
        time_zone="America/Toronto",
        invoice_prefix="N-",
        created_at=NOW,
        updated_at=NOW,
        cause=CAUSE,
        **{"registrations": {"GST/HST": "123456789 RT0001", "QST": "1234567890 TQ0001"}, **more},
    )


def customer(region: str = ALBERTA, credit: int = 0) -> Customer:
    return Customer(
        subject="kim",
        name="Kim",
        address=Address(country="CA", region=region),
        created_at=NOW,
        updated_at=NOW,
        cause=CAUSE,
        credit_minor={"CAD": credit} if credit else {},
    )


def plan(code: str = "basic", **more: Any) -> Plan:
    offer = Offer(
        name=code,
        product="nestsync",
        seller_id="north",
        currency="CAD",
        interval="month",
        base_fee=Decimal("19.99"),
        **more,
    )
    return Plan(code=code, version=1, offer=offer, published_at=NOW, cause=CAUSE)


def subscription(cycle: int = 0) -> Subscription:
    return Subscription(
        subscription_id="sub_1",
        subject="kim",
        product="nestsync",
        seller_id="north",
        currency="CAD",
        plan=PlanRef("basic", 1),
        status="active",
        time_zone="America/Toronto",
        anchor_at=NOW,
        started_at=NOW,
        phases=(Phase("basic@1", "active", NOW),),
        settled_at=NOW,
        created_at=NOW,
        updated_at=NOW,
        cause=CAUSE,
        cycle=cycle,
    )


def line(minor: int, kind: Any = "base", **more: Any) -> Line:
    facts: dict[str, Any] = {
        "period_from": NOW,
        "period_to": datetime(2026, 4, 14, tzinfo=UTC),
        "plan": "basic@1",
        **more,
    }
    return Line(kind, "A line", Decimal(1), None, Money(minor, "CAD"), **facts)


def made(*lines: Line, **more: Any) -> Drafted:
    facts: dict[str, Any] = {
        "subscription": subscription(),
        "seller": seller(),
        "customer": customer(),
        "plans": {
            "basic@1": plan(),
            "other@1": plan("other", tax_code="exempt"),
            "incl@1": plan("incl", tax_inclusive=True),
        },
        "usage": (),
        "held": None,
        "earlier": (),
        "period_from": NOW,
        "issued_at": NOW,
        "cause": CAUSE,
        **more,
    }
    return drafted(Basis(lines=lines, **facts))


def pending(minor: int, credit: int = 0, region: str = ALBERTA) -> Invoice:
    """A numbered invoice over `minor` before taxes."""
    return numbered(made(line(minor), customer=customer(region, credit)).invoice, 1, NOW)


def paid(payment_id: str, minor: int, currency: str = "CAD", **more: Any) -> Payment:
    facts: dict[str, Any] = {"outcome": "succeeded", "received_at": NOW, "recorded_at": NOW, **more}
    return Payment(payment_id=payment_id, amount=Money(minor, currency), **facts)
