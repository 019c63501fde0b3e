"""Webhooks of several products become one file and one intake per shop: what the catalogue is told, it is told once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol

from skuflow.contracts.sync import BatchHeader, SourceProduct
from skuflow.kernel.clock import Clock, iso, parse_iso
from skuflow.kernel.events import Cause
from skuflow.kernel.ids import derived_id
from skuflow.kernel.tenancy import ClientId
from skuflow.platform.observability import logger
from skuflow.sync.batches import batches
from skuflow.sync.bucket import batch_key
from skuflow.sync.model import BatchFile
from skuflow.sync.shopify.fields import Taken
from skuflow.sync.shops.model import source_of
from skuflow.sync.shops.store import ShopStore
from skuflow.sync.webhooks.counts import counted, counts_stock
from skuflow.sync.webhooks.intake import Gone, Intake, IntakeStore
from skuflow.sync.webhooks.work import Deletion, Done, Read, State

Coverage = tuple[tuple[str, ...], tuple[str, ...], bool]


class Bucket(Protocol):
    """Where batch files go."""

    @property
    def name(self) -> str: ...

    def put(self, key: str, body: bytes, content_type: str) -> None: ...


@dataclass(frozen=True, slots=True)
class HandingOver:
    """What it takes to hand over."""

    bucket: Bucket
    intakes: IntakeStore
    shops: ShopStore
    clock: Clock


def hand_over(webhooks: Iterable[Read], *, using: HandingOver) -> None:
    """Give the states and deletions among `webhooks` to the catalogue, and count them all. May be repeated."""
    for (owner, shop), group in by_shop(webhooks).items():
        products = [one for one in group if isinstance(one.work, State | Deletion)]
        if products:
            intake = _intake(owner, shop, products, using.bucket, using.clock())
            new = using.intakes.add(owner, intake, _cause(products))
            said = {
                "webhook_ids": [one.envelope.webhook_id for one in products],
                "intake_id": intake.intake_id,
                "new": new,
            }
            logger().info("webhooks handed over", extra={"shop": shop, **said})
        count_received(owner, shop, group, using.shops)


def by_shop(webhooks: Iterable[Read]) -> dict[tuple[ClientId, str], list[Read]]:
    groups: dict[tuple[ClientId, str], list[Read]] = {}
    for one in webhooks:
        groups.setdefault(one.place, []).append(one)
    return groups


def count_received(owner: ClientId, shop: str, group: Iterable[Read], shops: ShopStore) -> None:
    """One addition for all of `group` that did anything."""
    worked = [one for one in group if not (isinstance(one.work, Done) and one.work.dropped)]
    if worked:
        latest = max(one.envelope.received for one in worked)
        shops.count(owner, shop, webhooks_received=len(worked), last_webhook_at=latest)


def intake_id(owner: ClientId, shop: str, kind: str, names: Iterable[str]) -> str:
    """The same webhooks always make the same intake."""
    return derived_id("itk", owner, shop, kind, *sorted(set(names)))


def _intake(owner: ClientId, shop: str, webhooks: list[Read], bucket: Bucket, now: datetime) -> Intake:
    """The intake of `webhooks`, whose files are written."""
    name = intake_id(owner, shop, "products", [one.name for one in webhooks])
    states = newest(one.work for one in webhooks if isinstance(one.work, State))
    gone = _gone(one.work for one in webhooks if isinstance(one.work, Deletion))
    times = [*(parse_iso(product.observed_at) for product in products_of(states)), *(one.observed_at for one in gone)]
    header = BatchHeader(
        schema_version=1,
        import_id=name,
        client_id=owner,
        batch=1,
        source=source_of(shop),
        observed_at=iso(max(times)),
        currency=states[0].currency if states else "",
        product_fields=(),
        variant_fields=(),
    )
    files: list[BatchFile] = []
    for covered, products in _by_coverage(states):
        product_fields, variant_fields, complete = covered
        own = replace(header, batch=len(files) + 1, complete=complete)
        files += written(replace(own, product_fields=product_fields, variant_fields=variant_fields), products, bucket)
    return Intake(name, shop, header.source, now, max(times), bucket.name, tuple(files), gone)


def written(header: BatchHeader, products: Iterable[SourceProduct], bucket: Bucket) -> list[BatchFile]:
    """The files of `products`, put where the catalogue finds them."""
    files: list[BatchFile] = []
    for batch in batches(numbered(products), header):
        key = batch_key(ClientId(header.client_id), header.import_id, batch.number, batch.content)
        bucket.put(key, batch.content, "application/x-ndjson")
        files.append(BatchFile(batch.number, key, batch.products))
    return files


def numbered(products: Iterable[SourceProduct]) -> Iterator[SourceProduct]:
    """`products` with the lines of one file: each variant, or product without one, has its own, from 1."""
    line = 1
    for product in products:
        variants = tuple(replace(one, line=line + place) for place, one in enumerate(product.variants))
        lines = tuple(range(line, line + max(len(variants), 1)))
        line += len(lines)
        yield replace(product, variants=variants, lines=lines)


def newest(states: Iterable[State]) -> list[State]:
    """Of each product its newest state, in order of their keys: what order they came in does not matter."""
    found: dict[str, State] = {}
    for state in states:
        for product in products_of([state]):
            known = found.get(product.key)
            if known is None:
                found[product.key] = state
            elif _age(known.taken) <= _age(state.taken):
                found[product.key] = _with_stock_of(known, state)
            else:
                found[product.key] = _with_stock_of(state, known)
    return [found[key] for key in sorted(found)]


def _with_stock_of(older: State, newer: State) -> State:
    """`newer`, with the stock that was asked for when the product was created, if it has none of its own: no later webhook asks."""
    if older.taken.product is None or counts_stock(newer.taken) or not counts_stock(older.taken):
        return newer
    return replace(newer, taken=counted(newer.taken, {one.key: one for one in older.taken.product.variants}))


def products_of(states: Iterable[State]) -> list[SourceProduct]:
    return [state.taken.product for state in states if state.taken.product is not None]


def _age(taken: Taken) -> datetime:
    assert taken.product is not None
    return parse_iso(taken.product.observed_at)


def _by_coverage(states: Iterable[State]) -> Iterator[tuple[Coverage, list[SourceProduct]]]:
    """Products that say the same fields go into one file."""
    groups: dict[Coverage, list[SourceProduct]] = {}
    for state in states:
        taken = state.taken
        if taken.product is not None:
            covered = (taken.product_fields, taken.variant_fields, taken.complete)
            groups.setdefault(covered, []).append(taken.product)
    yield from groups.items()


def _gone(deletions: Iterable[Deletion]) -> tuple[Gone, ...]:
    keys: dict[datetime, set[str]] = {}
    for one in deletions:
        keys.setdefault(one.at, set()).add(one.key)
    return tuple(Gone(tuple(sorted(keys[at])), at) for at in sorted(keys))


def _cause(webhooks: list[Read]) -> Cause:
    """That of the first; the log line names them all."""
    return webhooks[0].envelope.cause
