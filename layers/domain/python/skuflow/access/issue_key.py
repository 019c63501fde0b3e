"""Issue an API key for a client."""

from __future__ import annotations

from skuflow.access.audit import Act
from skuflow.access.keys import ApiKey, Minting, NewKey, ensure_grantable, mint
from skuflow.access.store import AccessStore
from skuflow.kernel.tenancy import ClientId


def issue_key(
    wanted: NewKey,
    *,
    client_id: ClientId,
    held: frozenset[str] | None,
    store: AccessStore,
    making: Minting,
    act: Act,
) -> tuple[ApiKey, str]:
    """The stored key and its text, which is shown once. `held` are the scopes of whoever asks (None: an operator).

    Raises Invalid, or Forbidden if the key would be able to do more than whoever asks for it.
    """
    key, text = mint(wanted, client_id, making)
    if held is not None:
        ensure_grantable(key.scopes, held)
    store.add_key(client_id, key, act.on_key("key.issued", key))
    return key, text
