"""What each client wants done by night, and which clients that concerns.

A client's wish is one item, there from its first product on. While it wants something, the item also stands in the index
`listing`, under one of 16 keys of the whole installation: `NIGHTLY#<0-15>`, by a digest of the client's id. They are the only
keys here that do not begin with a client; only whoever plans a night reads them, page by page.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

from pynamodb.exceptions import PynamoDBException

from skuflow.kernel.tenancy import ClientId, partition
from skuflow.platform.packing import packed, unpacked
from skuflow.platform.rows import Listing, added, row_at
from skuflow.platform.table import as_ours
from skuflow.quality.store import QualityItem

SHARDS = 16
_SK = "NIGHTLY"


@dataclass(frozen=True, slots=True)
class Nightly:
    """What a client wants done every night. `mode`: measure, or mend what is safe as well."""

    enabled: bool = True
    mode: Literal["score", "fix"] = "score"
    check_images: bool = False


@dataclass(frozen=True, slots=True)
class NightlyStore:
    """Every method may raise TransientError."""

    table: type[QualityItem]

    def get(self, client_id: ClientId) -> Nightly:
        """What the client said, strongly consistent; what holds without a word otherwise."""
        row = row_at(self.table, _pk(client_id), _SK)
        return Nightly() if row is None else unpacked(Nightly, row.doc, row.doc_z)

    def put(self, client_id: ClientId, nightly: Nightly) -> None:
        """Keep what the client says, in the place of what it said before."""
        try:
            self._row(client_id, nightly).save()
        except PynamoDBException as error:
            raise as_ours(error) from error

    def enlist(self, client_id: ClientId) -> bool:
        """Have the client's nights begin, unless they have begun, or it has said what it wants; whether that was so. One
        request."""
        return added(self._row(client_id, Nightly()))

    def clients(self, shard: int, after: str = "") -> Iterator[ClientId]:
        """The clients of a shard that want something done, in order, behind `after`. Eventually consistent: whoever was enlisted
        or has changed its mind a moment ago may be missing, or still be there."""
        index: Any = self.table.listing
        try:
            for row in index.query(_listing_pk(shard), Listing.listing_sk > after if after else None):
                yield ClientId(row.listing_sk)
        except PynamoDBException as error:
            raise as_ours(error) from error

    def _row(self, client_id: ClientId, nightly: Nightly) -> QualityItem:
        row = self.table(_pk(client_id), _SK, client_id=client_id, **packed(nightly))
        if nightly.enabled:
            row.listing_pk, row.listing_sk = _listing_pk(_shard_of(client_id)), client_id
        return row


def _shard_of(client_id: ClientId) -> int:
    return hashlib.sha256(client_id.encode()).digest()[0] % SHARDS


def _pk(client_id: ClientId) -> str:
    return partition(client_id, "NIGHTLY")


def _listing_pk(shard: int) -> str:
    return f"NIGHTLY#{shard}"
