"""Quality's own copy of the catalogue's products, fed by what the catalogue tells.

| access | key |
|---|---|
| a product; a client's products in a steady order | pk C#<client>#PRODUCT#<segment 0-15>, sk product id |
| parts of a version that is not complete yet | pk C#<client>#PARTS#<product id>, sk <version>#<part>; they go after 30 days |

A product is one item, the whole of it in one version, so no reader ever has parts of two versions: what comes in parts waits beside
it until all are there, and takes the product's place in one write. An item holds 400 KB; what is longer than 100 KB is compressed.
A removed product leaves an item without content, so that older news, come late, does not bring it back.

The segment is a digest of the product's id: sixteen parts of about the same size, which can be read at the same time.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from pynamodb.exceptions import PynamoDBException

from skuflow.contracts.catalog import ProductChanged
from skuflow.kernel.errors import Malformed
from skuflow.kernel.tenancy import ClientId, partition
from skuflow.platform.packing import packed, unpacked
from skuflow.platform.rows import row_at, saved_if
from skuflow.platform.table import as_ours
from skuflow.quality.model import Snapshot
from skuflow.quality.store import QualityItem

SEGMENTS = 16
PAGE = 100
PARTS_KEPT = timedelta(days=30)
"""Longer than a message can lie in a queue and in the one for those that failed."""


@dataclass(frozen=True, slots=True)
class ProductsStore:
    """Products by client. Every method may raise TransientError."""

    table: type[QualityItem]

    def keep(self, client_id: ClientId, product: Snapshot) -> bool:
        """Write `product` unless as new a version, or its removal, is known; whether it was written. One request. Raises
        TooLarge if it does not fit into an item."""
        row = self._row(client_id, product.product_id, product.product_version)
        for name, value in packed(product).items():
            setattr(row, name, value)
        older = QualityItem.pk.does_not_exist() | (QualityItem.version < product.product_version)
        return saved_if(row, older)

    def bury(self, client_id: ClientId, product_id: str, version: int) -> bool:
        """Leave the trace of a product that was removed at `version`, unless a newer one is known; whether it was written. One
        request."""
        no_newer = QualityItem.pk.does_not_exist() | (QualityItem.version <= version)
        return saved_if(self._row(client_id, product_id, version), no_newer)

    def version(self, client_id: ClientId, product_id: str) -> int:
        """The newest version that is known, removed or not; 0 if there is none."""
        row = row_at(self.table, *_key(client_id, product_id))
        return int(row.version or 0) if row is not None else 0

    def get_many(self, client_id: ClientId, product_ids: Iterable[str]) -> dict[str, Snapshot]:
        """Product id -> product, without those that are not known or removed."""
        keys = [_key(client_id, name) for name in dict.fromkeys(product_ids)]
        try:
            rows = list(self.table.batch_get(keys, consistent_read=True)) if keys else []
        except PynamoDBException as error:
            raise as_ours(error) from error
        return {row.sk: _product(row) for row in rows if _has_content(row)}

    def page(self, client_id: ClientId, after: str, limit: int = PAGE) -> tuple[tuple[Snapshot, ...], str | None]:
        """At most `limit` products behind the cursor `after` ("": from the beginning), and the cursor for the rest, None if there
        is none. The order never changes: by segment, then by id. A product is as it is when its page is read; one that comes
        later shows up if its place is still ahead. Raises Malformed if `after` is none of our cursors."""
        segment, behind = _position(after)
        found: list[Snapshot] = []
        while segment < SEGMENTS and len(found) < limit:
            products, next_behind = self.page_of_segment(client_id, segment, behind, limit - len(found))
            found += products
            segment, behind = (segment, next_behind) if next_behind else (segment + 1, "")
        return tuple(found), f"{segment}#{behind}" if segment < SEGMENTS else None

    def page_of_segment(
        self, client_id: ClientId, segment: int, behind: str, limit: int = PAGE
    ) -> tuple[tuple[Snapshot, ...], str]:
        """At most `limit` products of one segment with ids behind `behind`, and the id behind which it goes on, "" if it is read to
        its end. There may be none, and more behind them: places of removed products count."""
        try:
            found = self.table.query(
                _pk(client_id, segment),
                QualityItem.sk > behind if behind else None,
                limit=limit,
                page_size=limit,
                consistent_read=True,
            )
            rows = list(found)
        except PynamoDBException as error:
            raise as_ours(error) from error
        last = found.last_evaluated_key
        return tuple(_product(row) for row in rows if _has_content(row)), str(last["sk"]["S"]) if last else ""

    def has_any(self, client_id: ClientId) -> bool:
        """Whether the client has a product; one request, as a rule."""
        for segment in range(SEGMENTS):
            found, behind = self.page_of_segment(client_id, segment, "")
            while behind and not found:
                found, behind = self.page_of_segment(client_id, segment, behind)
            if found:
                return True
        return False

    def add_part(self, client_id: ClientId, part: ProductChanged, now: datetime) -> None:
        """Keep one part of a version until the others are there. Doing it again changes nothing."""
        row = self.table(
            _parts_pk(client_id, part.product_id),
            f"{_version_prefix(part.product_version)}{part.part:04d}",
            client_id=client_id,
            expires_at=int((now + PARTS_KEPT).timestamp()),
            **packed(part),
        )
        try:
            row.save()
        except PynamoDBException as error:
            raise as_ours(error) from error

    def parts(self, client_id: ClientId, product_id: str, version: int) -> tuple[ProductChanged, ...]:
        """The parts of `version` that wait, in order. Sees every part that was added before."""
        own = QualityItem.sk.startswith(_version_prefix(version))
        try:
            rows = list(self.table.query(_parts_pk(client_id, product_id), own, consistent_read=True))
        except PynamoDBException as error:
            raise as_ours(error) from error
        return tuple(unpacked(ProductChanged, row.doc, row.doc_z) for row in rows)

    def drop_parts(self, client_id: ClientId, parts: Iterable[ProductChanged]) -> None:
        """Forget parts that are no longer needed."""
        try:
            with self.table.batch_write() as batch:
                for part in parts:
                    sk = f"{_version_prefix(part.product_version)}{part.part:04d}"
                    batch.delete(self.table(_parts_pk(client_id, part.product_id), sk))
        except PynamoDBException as error:
            raise as_ours(error) from error

    def _row(self, client_id: ClientId, product_id: str, version: int) -> QualityItem:
        return self.table(*_key(client_id, product_id), client_id=client_id, version=version)


def segment_of(product_id: str) -> int:
    """The segment that a product is in."""
    return hashlib.sha256(product_id.encode()).digest()[0] % SEGMENTS


def _key(client_id: ClientId, product_id: str) -> tuple[str, str]:
    return _pk(client_id, segment_of(product_id)), product_id


def _pk(client_id: ClientId, segment: int) -> str:
    return partition(client_id, "PRODUCT", str(segment))


def _parts_pk(client_id: ClientId, product_id: str) -> str:
    return partition(client_id, "PARTS", product_id)


def _version_prefix(version: int) -> str:
    return f"{version:012d}#"


def _position(cursor: str) -> tuple[int, str]:
    """The segment, and the id in it, that a cursor stands for."""
    segment, _, behind = cursor.partition("#")
    if not cursor:
        return 0, ""
    if not (segment.isdecimal() and int(segment) < SEGMENTS):
        raise Malformed(f"not a place among the products: {cursor[:100]!r}")
    return int(segment), behind


def _has_content(row: QualityItem) -> bool:
    """Whether it is a product, not the trace of one that was removed."""
    return bool(row.doc or row.doc_z)


def _product(row: QualityItem) -> Snapshot:
    return unpacked(Snapshot, row.doc, row.doc_z)
