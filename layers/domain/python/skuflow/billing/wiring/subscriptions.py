"""What plans, subscriptions, entitlements, sellers and customers are worked on with."""

from __future__ import annotations

from functools import partial

from skuflow.billing.deps import SellingDeps
from skuflow.billing.entitlements import EntitlementReader
from skuflow.billing.party_store import DynamoCustomers, DynamoSellers
from skuflow.billing.plan_store import DynamoPlans
from skuflow.billing.store import BillingItem
from skuflow.billing.subscription_store import DynamoSubscriptions
from skuflow.platform.clock import utc_now


def selling(table: type[BillingItem]) -> SellingDeps:
    """`table`: the billing table, bound."""
    subscriptions = DynamoSubscriptions(table)
    return SellingDeps(
        plans=DynamoPlans(table),
        sellers=DynamoSellers(table),
        customers=DynamoCustomers(table),
        subscriptions=subscriptions,
        entitlements=EntitlementReader(partial(subscriptions.entitled, exactly=False), utc_now),
    )
