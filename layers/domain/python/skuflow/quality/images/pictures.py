"""The pictures of some products: what is known of them, and a look at those of which nothing is."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta

from skuflow.kernel.clock import Clock
from skuflow.kernel.tenancy import ClientId
from skuflow.platform.observability import count
from skuflow.quality.images.facts_store import ImageFactsStore
from skuflow.quality.model import ImageFact, Snapshot

FRESH = timedelta(days=7)
MOST_LOOKS = 60
"""Of one chunk of products: the other addresses pass, and are looked at by a later job."""
RESERVE_MS = 45_000
"""No look is begun with less time than this left to the function."""

Look = Callable[[str], ImageFact | None]


@dataclass(frozen=True, slots=True)
class Pictures:
    """`look` says what there is at an address, None if nothing can be said just now."""

    facts: ImageFactsStore
    look: Look
    clock: Clock

    def known(
        self, client_id: ClientId, products: Iterable[Snapshot], remaining_ms: Callable[[], int]
    ) -> Mapping[str, ImageFact]:
        """Facts by address, none older than FRESH, as far as time allows."""
        urls = addresses(products)
        old = self.clock() - FRESH
        found = {url: fact for url, fact in self.facts.get_many(client_id, urls).items() if fact.checked_at > old}
        seen: dict[str, ImageFact] = {}
        for url in [url for url in urls if url not in found][:MOST_LOOKS]:
            if remaining_ms() < RESERVE_MS:
                break
            fact = self.look(url)
            if fact is not None:
                seen[url] = fact
        if seen:
            self.facts.put_many(client_id, seen)
            count("PicturesLookedAt", len(seen))
        return {**found, **seen}


def addresses(products: Iterable[Snapshot]) -> list[str]:
    """The addresses of all pictures, each once."""
    found: dict[str, None] = {}
    for product in products:
        found.update(dict.fromkeys(image.url for image in product.images))
        found.update(dict.fromkeys(variant.image for variant in product.variants if variant.image))
    return list(found)
