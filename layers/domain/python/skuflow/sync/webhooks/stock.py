"""Stock webhooks tell of one place only, and of no product: they say that something has changed, and Shopify is asked what.

All signals of a shop in one batch make one question and one intake.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from skuflow.contracts.sync import BatchHeader, SourceProduct, SourceVariant
from skuflow.kernel.clock import iso
from skuflow.kernel.errors import SkuflowError
from skuflow.kernel.tenancy import ClientId
from skuflow.platform.observability import count, logger
from skuflow.sync.reading.outcome import BadRow
from skuflow.sync.shopify.fields import Taken
from skuflow.sync.shopify.values import numeric_id
from skuflow.sync.shops.errors import NeedsReauth
from skuflow.sync.shops.model import source_of
from skuflow.sync.webhooks.counts import STOCK_FIELDS, counted
from skuflow.sync.webhooks.hand_over import HandingOver, by_shop, count_received, intake_id, written
from skuflow.sync.webhooks.intake import Intake
from skuflow.sync.webhooks.work import Read, StockSignal

if TYPE_CHECKING:
    from skuflow.sync.shopify.admin import Questions

_MAX_COUNT = 10**9


def hand_over_stock(webhooks: Iterable[Read], *, admin: Questions, using: HandingOver) -> None:
    """Ask for the stock that the signals among `webhooks` are about, and give it to the catalogue. May be repeated. Raises
    Throttled and ProviderFailed."""
    for (owner, shop), group in by_shop(webhooks).items():
        signals = [one for one in group if isinstance(one.work, StockSignal)]
        if signals:
            try:
                _ask(owner, shop, signals, admin, using)
            except NeedsReauth as error:
                count("WebhooksDropped", len(signals))
                logger().warning("stock cannot be asked", extra={"shop": shop, "reason": error.code})
        count_received(owner, shop, group, using.shops)


def _ask(owner: ClientId, shop: str, signals: list[Read], admin: Questions, using: HandingOver) -> None:
    from skuflow.sync.shopify.queries import STOCK

    asked = [one.work for one in signals if isinstance(one.work, StockSignal)]
    asked_at = using.clock()
    nodes = admin.query(owner, shop, STOCK, {"ids": sorted({one.item for one in asked})}).get("nodes")
    products = stocked(nodes, asked_at)
    if not products:
        return
    name = intake_id(owner, shop, "stock", [one.name for one in signals])
    header = BatchHeader(
        1,
        name,
        owner,
        1,
        source_of(shop),
        iso(asked_at),
        asked[0].currency,
        product_fields=(),
        variant_fields=STOCK_FIELDS,
    )
    files = tuple(written(header, products, using.bucket))
    intake = Intake(name, shop, header.source, using.clock(), asked_at, using.bucket.name, files)
    new = using.intakes.add(owner, intake, signals[0].envelope.cause)
    ids = [one.envelope.webhook_id for one in signals]
    logger().info("stock handed over", extra={"shop": shop, "intake_id": name, "webhook_ids": ids, "new": new})


def with_stock(taken: Taken, items: Sequence[str], totals: Callable[[Sequence[str]], Mapping[str, Any]]) -> Taken:
    """A new product with the stock of its variants' inventory `items` (gids): a batch of stock alone might come before the product,
    and be refused. `totals` asks for them. If they cannot be had, `taken` as it is: a signal or the night brings the stock."""
    if taken.product is None or not items:
        return taken
    try:
        nodes = totals(items).get("nodes")
    except SkuflowError as error:
        logger().info("a product comes without its stock", extra={"product": taken.product.key, "reason": error.code})
        return taken
    return counted(taken, totals_in(nodes).get(taken.product.key, {}))


def stocked(nodes: Any, asked_at: datetime) -> list[SourceProduct]:
    """The products of inventory items, each with the totals of its variants and nothing else."""
    at = asked_at.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
    found = {key: tuple(variants[name] for name in sorted(variants)) for key, variants in totals_in(nodes).items()}
    return [SourceProduct(key, (1,), defines=False, variants=found[key], observed_at=at) for key in sorted(found)]


def totals_in(nodes: Any) -> dict[str, dict[str, SourceVariant]]:
    """Product key -> variant key -> totals, of inventory items; what is gone, or belongs to no product, is left out."""
    found: dict[str, dict[str, SourceVariant]] = {}
    for node in nodes if isinstance(nodes, list) else []:
        try:
            key, variant = _total(node)
        except (BadRow, AttributeError, KeyError, TypeError):
            continue
        found.setdefault(key, {})[variant.key] = variant
    return found


def _total(node: Any) -> tuple[str, SourceVariant]:
    """Product key and variant. Raises BadRow, AttributeError, KeyError, TypeError where something on the way is missing."""
    variant = node["variant"]
    quantity, tracked, policy = variant["inventoryQuantity"], node["tracked"], variant.get("inventoryPolicy")
    countable = isinstance(quantity, int) and not isinstance(quantity, bool) and abs(quantity) <= _MAX_COUNT
    total = SourceVariant(
        numeric_id(variant["id"]),
        1,
        tracked=tracked if isinstance(tracked, bool) else None,
        quantity=quantity if countable else None,
        backorder=policy.upper() == "CONTINUE" if isinstance(policy, str) else None,
    )
    return numeric_id(variant["product"]["id"]), total
