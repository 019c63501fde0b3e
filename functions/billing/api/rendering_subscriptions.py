"""Subscriptions as they are answered."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from skuflow.billing.plans import PlanRef, ref_of
from skuflow.billing.settling import settled
from skuflow.billing.subscriptions import Act, Subscription
from skuflow.billing.timeline_model import Span
from skuflow.kernel.clock import iso


def subscription_view(stored: Subscription, now: datetime) -> dict[str, Any]:
    """`stored` as it is at `now`."""
    item = settled(stored, now)
    pending = {"plan": _ref(item.pending.plan), "at": iso(item.pending.at)} if item.pending is not None else None
    return {
        "subscription_id": item.subscription_id,
        "subject": item.subject,
        "product": item.product,
        "seller_id": item.seller_id,
        "currency": item.currency,
        "plan": _ref(item.plan),
        "status": item.status,
        "time_zone": item.time_zone,
        "anchor_at": iso(item.anchor_at),
        "started_at": iso(item.started_at),
        "cancel_at": _moment(item.cancel_at),
        "ended_at": _moment(item.ended_at),
        "pending": pending,
        "phases": [
            {"plan": _ref(ref_of(one.plan)), "kind": one.kind, "start": iso(one.start), "end": _moment(one.end)}
            for one in item.phases
        ],
        "coupon": item.coupon or None,
        "invoiced_through": _moment(item.billed.through),
        "next_invoice_at": _moment(item.next_due_at),
        "replaces": item.replaces or None,
        "replaced_by": item.replaced_by or None,
        "created_at": iso(item.created_at),
        "updated_at": iso(item.updated_at),
        "version": stored.version,
    }


def period_view(period: Span | None) -> dict[str, Any] | None:
    return {"start": iso(period.start), "end": iso(period.end)} if period is not None else None


def act_view(act: Act) -> dict[str, Any]:
    return {
        "kind": act.kind,
        "at": iso(act.at),
        "effective_at": iso(act.effective_at),
        "plan": _ref(act.plan),
        "plan_before": _ref(act.plan_before) if act.plan_before is not None else None,
        "by": act.by or None,
    }


def _ref(ref: PlanRef) -> dict[str, Any]:
    return {"code": ref.code, "version": ref.version}


def _moment(moment: datetime | None) -> str | None:
    return iso(moment) if moment is not None else None
