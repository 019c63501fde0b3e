"""Everything that the bills of several subscriptions are made with, in two requests: the subscriptions, then what they name."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from skuflow.billing.invoices.coupon_store import held_in, held_key
from skuflow.billing.invoices.writing import rows_at
from skuflow.billing.party_store import customer_in, customer_key, seller_in, seller_key
from skuflow.billing.plan_store import plan_in, plan_key
from skuflow.billing.plans import Plan, ref_of
from skuflow.billing.runs.prepare_bill import Known
from skuflow.billing.store import BillingItem
from skuflow.billing.subscription_store import subscription_in, subscription_key
from skuflow.billing.subscriptions import Subscription
from skuflow.kernel.tenancy import ClientId

MOST_REMEMBERED = 500
"""Plan versions kept in memory between messages: they never change."""


@dataclass(frozen=True, slots=True)
class KnownReader:
    """Reads them from the billing table, strongly consistent. Every method may raise TransientError."""

    table: type[BillingItem]
    _plans: dict[tuple[ClientId, str], Plan] = field(default_factory=dict)

    def subscriptions(self, client_id: ClientId, ids: Iterable[str]) -> list[Subscription]:
        """Those that are there, in the order of `ids`."""
        keys = [subscription_key(client_id, one) for one in ids]
        rows = rows_at(self.table, keys)
        return [subscription_in(rows[key]) for key in keys if key in rows]

    def known(self, client_id: ClientId, items: Sequence[Subscription]) -> Known:
        """What the bills of `items` need. What does not exist is left out."""
        named = {key for item in items for key in item.plans}
        unread = [key for key in sorted(named) if (client_id, key) not in self._plans]
        sellers = {item.seller_id: seller_key(client_id, item.seller_id) for item in items}
        customers = {item.subject: customer_key(client_id, item.subject) for item in items}
        coupons = {one.subscription_id: held_key(client_id, one.subscription_id) for one in items if one.coupon}
        plans = {key: plan_key(client_id, ref_of(key)) for key in unread}
        wanted = [*plans.values(), *sellers.values(), *customers.values(), *coupons.values()]
        rows = rows_at(self.table, wanted)
        self._remember(client_id, {name: plan_in(rows[key]) for name, key in plans.items() if key in rows})
        return Known(
            plans={key: self._plans[client_id, key] for key in named if (client_id, key) in self._plans},
            sellers={name: seller_in(rows[key]) for name, key in sellers.items() if key in rows},
            customers={name: customer_in(rows[key]) for name, key in customers.items() if key in rows},
            held={name: held_in(rows[key]) for name, key in coupons.items() if key in rows},
        )

    def _remember(self, client_id: ClientId, plans: dict[str, Plan]) -> None:
        if len(self._plans) + len(plans) > MOST_REMEMBERED:
            self._plans.clear()
        self._plans.update({(client_id, key): plan for key, plan in plans.items()})
