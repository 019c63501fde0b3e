"""Take over what was seen of an offer: a change of its terms, the same again, or something that is older than what is known."""

from __future__ import annotations

from typing import Literal

from skuflow.catalog.inventory_store import ATTEMPTS
from skuflow.catalog.offer_store import OfferStore
from skuflow.catalog.offers import Offer, Seen, observe
from skuflow.catalog.store_errors import Pause, no_pause
from skuflow.kernel.errors import TransientError, VersionConflict
from skuflow.kernel.tenancy import ClientId

Observed = Literal["created", "changed", "unchanged", "outdated"]


def observe_offer(
    store: OfferStore, client_id: ClientId, seen: Seen, *, version: int | None = None, pause: Pause = no_pause
) -> tuple[Offer, Observed]:
    """The offer as it now is, and what `seen` did to it. Raises VersionConflict if the offer is not at `version` (None: the
    caller does not mind, 0: it must be new), TransientError if others are faster all the time."""
    for attempt in range(1, ATTEMPTS + 1):
        old = store.get(client_id, seen.product_id, seen.offer_id)
        known = old.version if old else 0
        if version is not None and version != known:
            raise VersionConflict(f"the offer is at version {known} by now; read it again and repeat the change")
        new = observe(old, seen)
        if new is None and old is not None:
            return old, "outdated"
        assert new is not None
        try:
            if new.version == known:
                store.seen_again(client_id, new)
            else:
                store.put(client_id, new)
        except VersionConflict:
            pause(attempt)
            continue
        return new, "created" if old is None else "unchanged" if new.version == known else "changed"
    raise TransientError("this offer is changing too fast; try again in a moment")
