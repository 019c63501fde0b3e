"""What looks at pictures showed, kept so that each is looked at once in a while and not by every job.

who asks                          key that serves it
facts of some addresses           pk C#<client>#IMAGE#<digest of the address>  sk IMAGE
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta

from pynamodb.exceptions import PynamoDBException

from skuflow.kernel.tenancy import ClientId, partition
from skuflow.platform.packing import packed, unpacked
from skuflow.platform.table import as_ours
from skuflow.quality.model import ImageFact
from skuflow.quality.store import QualityItem

_SK = "IMAGE"
KEPT = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class ImageFactsStore:
    """Every method may raise TransientError."""

    table: type[QualityItem]

    def get_many(self, client_id: ClientId, urls: Iterable[str]) -> dict[str, ImageFact]:
        """Address -> what is known of it; the others are left out."""
        by_key = {_pk(client_id, url): url for url in dict.fromkeys(urls)}
        try:
            rows = list(self.table.batch_get([(pk, _SK) for pk in by_key])) if by_key else []
        except PynamoDBException as error:
            raise as_ours(error) from error
        return {by_key[row.pk]: unpacked(ImageFact, row.doc, row.doc_z) for row in rows}

    def put_many(self, client_id: ClientId, facts: Mapping[str, ImageFact]) -> None:
        """Keep `facts` by address, in the place of older ones."""
        try:
            with self.table.batch_write() as batch:
                for url, fact in facts.items():
                    expires_at = int((fact.checked_at + KEPT).timestamp())
                    row = self.table(
                        _pk(client_id, url), _SK, client_id=client_id, expires_at=expires_at, **packed(fact)
                    )
                    batch.save(row)
        except PynamoDBException as error:
            raise as_ours(error) from error


def _pk(client_id: ClientId, url: str) -> str:
    return partition(client_id, "IMAGE", hashlib.sha256(url.encode("utf-8", "surrogatepass")).hexdigest())
