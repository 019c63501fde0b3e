"""Orders that have changed since the run before: a webhook that was missed is made good for.

Not by a bulk operation: there are few, their lines come with them, and a page of them is a checkpoint by itself.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from skuflow.kernel.clock import Clock
from skuflow.kernel.events import Cause
from skuflow.kernel.tenancy import ClientId
from skuflow.platform.observability import count, logger
from skuflow.sync.reading.outcome import BadRow
from skuflow.sync.shopify.admin import Questions, next_page, understanding
from skuflow.sync.shopify.graphql_order import Node, order_from_graphql
from skuflow.sync.shopify.queries import ORDER_LINES, ORDERS_CHANGED
from skuflow.sync.shopify.refusals import ShopifyRefused
from skuflow.sync.shops.orders import Order, OrderStore

MAX_LINES = 1_000
"""Twice as many as Shopify allows an order: beyond it its cursor goes in circles."""

_NEVER = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class HealedOrders:
    """`after` is where the next page begins; None: there is none."""

    after: str | None
    written: int


@dataclass(frozen=True, slots=True)
class OrderHealing:
    """Reads the orders of `shop`, page by page, and keeps those that are newer than what is known."""

    client_id: ClientId
    shop: str
    cause: Cause
    admin: Callable[[], Questions]
    orders: OrderStore
    clock: Clock

    def page(self, since: str, after: str | None) -> HealedOrders:
        """The orders changed since `since` (RFC 3339) on the page that begins at `after`; None: on the first. A shop that does not
        let us read orders has none for us: its products are read all the same. Raises as `ShopifyAdmin.query` does otherwise."""
        asked = {"after": after, "query": f"updated_at:>='{since}'"}
        try:
            seen_at = self.clock()
            data = self.admin().query(self.client_id, self.shop, ORDERS_CHANGED, asked)
        except ShopifyRefused as refusal:
            logger().warning("orders cannot be read", extra={"reason": f"{refusal.code}: {refusal.detail}"})
            count("OrdersNotRead")
            return HealedOrders(None, 0)
        with understanding(ORDERS_CHANGED):
            found = data["orders"]
            told = [self._order(node, seen_at) for node in found["nodes"]]
            onward = next_page(found["pageInfo"])
        written = sum(self._keep(order) for order in told if order is not None)
        count("OrdersHealed", written)
        return HealedOrders(onward, written)

    def _order(self, node: Node, seen_at: datetime) -> Order | None:
        """None for one that cannot be taken: the others can."""
        lines = list(node["lineItems"]["nodes"])
        after = next_page(node["lineItems"]["pageInfo"])
        while after is not None:
            if len(lines) > MAX_LINES:
                raise ValueError(f"the lines of {node['id']} do not end")
            asked = {"id": node["id"], "after": after}
            rest = self.admin().query(self.client_id, self.shop, ORDER_LINES, asked)["order"]["lineItems"]
            lines += rest["nodes"]
            after = next_page(rest["pageInfo"])
        try:
            return order_from_graphql(node, lines, shop=self.shop, seen_at=seen_at)
        except BadRow as fault:
            logger().warning(
                "an order was left out", extra={"order": node["id"], "reason": f"{fault.column} {fault.reason}"}
            )
            count("OrdersRejected")
            return None

    def _keep(self, order: Order) -> bool:
        known = self.orders.get(self.client_id, self.shop, order.order_id)
        if known is not None and _says_the_same(known, order):
            return False
        return self.orders.put(self.client_id, order, self.cause)


def _says_the_same(known: Order, told: Order) -> bool:
    """Whether `told` is no news: the same of the same moment. A product that is gone by now has no key any more, which is none."""
    return _bare(known) == _bare(told)


def _bare(order: Order) -> Order:
    lines = tuple(replace(line, product_key="", variant_key="") for line in order.lines)
    return replace(order, lines=lines, observed_at=_NEVER)
