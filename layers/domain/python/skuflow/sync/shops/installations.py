"""Installations that were begun: what a link or a browser carries proves something once, and for ten minutes.

A secret is `<client>.<random>`. The table knows its digest only, so that what is read there opens nothing.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from pynamodb.exceptions import PynamoDBException

from skuflow.kernel.errors import Malformed
from skuflow.kernel.tenancy import ClientId
from skuflow.kernel.tenancy import client_id as checked_client
from skuflow.platform.packing import packed, unpacked
from skuflow.platform.table import as_ours, lost_race
from skuflow.sync.store import SyncItem, install_pk

LIVES = timedelta(minutes=10)
Kind = Literal["TICKET", "STATE"]
"""TICKET: what the link carries that the client was given. STATE: what goes to Shopify and back, and into the browser's cookie."""


@dataclass(frozen=True, slots=True)
class Begun:
    """An installation of `shop`; worth nothing from `expires_at` on."""

    shop: str
    expires_at: datetime


def secret_of(owner: ClientId, random: str) -> str:
    """The secret that holds `random`, 128 bits or more of it."""
    return f"{owner}.{random}"


def owner_in(secret: str) -> ClientId | None:
    """Who began it, if `secret` looks like one of ours at all."""
    owner, _, random = secret.partition(".")
    try:
        return checked_client(owner) if random else None
    except Malformed:
        return None


class Installations:
    """Installations on the sync table."""

    def __init__(self, table: type[SyncItem]) -> None:
        self._table = table

    def put(self, client_id: ClientId, kind: Kind, secret: str, begun: Begun) -> None:
        row = self._row(client_id, kind, secret)
        row.client_id = client_id
        row.expires_at = int(begun.expires_at.timestamp())
        row.doc = packed(begun)["doc"]
        try:
            row.save()
        except PynamoDBException as error:
            raise as_ours(error) from error

    def take(self, client_id: ClientId, kind: Kind, secret: str) -> Begun | None:
        """What `secret` was put for; of several who ask one gets it, and nobody afterwards."""
        row = self._row(client_id, kind, secret)
        try:
            found = self._table.get(row.pk, row.sk, consistent_read=True)
            row.delete(condition=self._table.pk.exists())
        except self._table.DoesNotExist:
            return None
        except PynamoDBException as error:
            if lost_race(error):
                return None
            raise as_ours(error) from error
        return unpacked(Begun, found.doc, None)

    def _row(self, client_id: ClientId, kind: Kind, secret: str) -> SyncItem:
        digest = hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()
        return self._table(install_pk(client_id, digest), kind)
