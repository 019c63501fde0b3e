"""Give a subscription a coupon, or take it away."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from skuflow.billing.invoices.coupon_store import DynamoCoupons
from skuflow.billing.invoices.coupons import Coupon, Redeemed, check_redeemable
from skuflow.billing.store import BillingItem
from skuflow.billing.subscription_store import Change, DynamoSubscriptions, changed_writes
from skuflow.billing.subscriptions import Subscription
from skuflow.kernel.clock import Clock
from skuflow.kernel.errors import Conflict, Invalid, NotFound, Problem, TransientError
from skuflow.kernel.events import Cause
from skuflow.kernel.tenancy import ClientId
from skuflow.platform.rows import ATTEMPTS, change


def redeem_coupon(
    client_id: ClientId,
    subscription_id: str,
    code: str,
    *,
    cause: Cause,
    table: type[BillingItem],
    coupons: DynamoCoupons,
    subscriptions: DynamoSubscriptions,
    clock: Clock,
) -> Subscription:
    """The subscription with the coupon `code`, from its next invoice on; instead of the one that it had. The same again changes
    nothing. Raises NotFound for the subscription, Invalid for a coupon that does not exist or is of another currency, Conflict
    for one that may not be redeemed (any more)."""
    for _ in range(ATTEMPTS):
        before = subscriptions.get(client_id, subscription_id)
        if before.coupon == code:
            return before
        if before.status == "cancelled":
            raise Conflict("the subscription has ended")
        if coupons.has_redeemed(client_id, code, subscription_id):
            raise Conflict(f"this subscription has redeemed {code} before; a coupon can be redeemed once")
        now = clock()
        coupon = redeemable(client_id, code, before.currency, now, field="code", coupons=coupons)
        after = replace(before, coupon=code, updated_at=now, cause=cause)
        held = Redeemed(terms=coupon.terms, redeemed_at=now)
        writes = changed_writes(table, client_id, Change(before, after))
        if coupons.redeem(client_id, coupon, subscription_id, held, writes):
            return replace(after, version=before.version + 1)
    raise TransientError(f"the coupon {code} is being redeemed by many; try again")


def drop_coupon(
    client_id: ClientId, subscription_id: str, *, cause: Cause, subscriptions: DynamoSubscriptions, clock: Clock
) -> Subscription:
    """The subscription without coupon; what it took off so far stays. Raises NotFound."""

    def without(item: Subscription) -> Subscription:
        return replace(item, coupon="", updated_at=clock(), cause=cause) if item.coupon else item

    def save(item: Subscription) -> Subscription:
        return subscriptions.save(client_id, Change(item, item))

    name = f"the subscription {subscription_id}"
    return change(lambda: subscriptions.get(client_id, subscription_id), save, without, name)


def redeemable(
    client_id: ClientId, code: str, currency: str, now: datetime, *, field: str, coupons: DynamoCoupons
) -> Coupon:
    """The coupon `code`, which may be redeemed now. Raises Invalid or Conflict, naming `field`, if it may not or does not exist."""
    try:
        coupon = coupons.get(client_id, code)
    except NotFound as error:
        fault = Problem(field, "names no coupon", "take one of GET /v1/coupons")
        raise Invalid(error.detail, problems=[fault]) from None
    check_redeemable(coupon, currency, now, field=field)
    return coupon
