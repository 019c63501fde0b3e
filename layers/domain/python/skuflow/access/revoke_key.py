"""End an API key at once. Caches of the authorizer let it live for one minute more."""

from __future__ import annotations

from skuflow.access.audit import Act
from skuflow.access.keys import ApiKey, revoked
from skuflow.access.store import AccessStore
from skuflow.kernel.tenancy import ClientId


def revoke_key(key_id: str, *, client_id: ClientId, store: AccessStore, act: Act) -> ApiKey:
    """The revoked key; a second time changes nothing. Raises NotFound."""
    key = store.get_key(client_id, key_id)
    ended = revoked(key, act.at)
    if ended is not key:
        store.save_key(client_id, ended, act.on_key("key.revoked", ended, key))
    return ended
