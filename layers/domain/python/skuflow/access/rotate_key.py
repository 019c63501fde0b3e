"""Replace an API key by another one while the old one goes on for a while."""

from __future__ import annotations

from datetime import timedelta

from skuflow.access.audit import Act
from skuflow.access.keys import ApiKey, Minting, ensure_grantable, rotated
from skuflow.access.store import AccessStore
from skuflow.kernel.tenancy import ClientId


def rotate_key(
    key_id: str,
    *,
    overlap: timedelta,
    client_id: ClientId,
    held: frozenset[str],
    store: AccessStore,
    making: Minting,
    act: Act,
) -> tuple[ApiKey, ApiKey, str]:
    """The old key, its successor, and the successor's text, which is shown once.

    Raises NotFound, Conflict (the key has ended or has a successor), Invalid, or Forbidden if the key may do more than the
    one that asks, which would otherwise be a way to get its secret.
    """
    key = store.get_key(client_id, key_id)
    ensure_grantable(key.scopes, held)
    ending, successor, text = rotated(key, overlap, making)
    entry = act.on_key("key.rotated", ending, key, replaced_by=successor.key_id)
    store.replace_key(client_id, ending, successor, entry)
    return ending, successor, text
