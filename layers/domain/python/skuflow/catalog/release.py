"""End a reservation: give the goods back, hand them over, or take back what ran out. Exactly one of these happens."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from skuflow.catalog.inventory import ProductStock
from skuflow.catalog.inventory_store import ATTEMPTS, Written
from skuflow.catalog.reservation import Outcome, Reservation
from skuflow.catalog.reservation_store import Pieces, ReservationStore
from skuflow.catalog.store_errors import Pause, no_pause
from skuflow.kernel.errors import Conflict, NotFound, TransientError, VersionConflict
from skuflow.kernel.tenancy import ClientId

_DONE = {"committed": "is committed: the goods have left", "released": "is released", "expired": "ran out"}


def release(
    store: ReservationStore, client_id: ClientId, reservation_id: str, written: Written, *, pause: Pause = no_pause
) -> Reservation:
    """Give the goods back. Doing it again, or after the reservation ran out, changes nothing. Raises Conflict if the goods have
    left, NotFound."""
    reservation, _ = _ended(store, client_id, reservation_id, "released", written=written, pause=pause)
    if reservation.status == "committed":
        raise Conflict(f"the reservation {_DONE['committed']}")
    return reservation


def commit(
    store: ReservationStore, client_id: ClientId, reservation_id: str, written: Written, *, pause: Pause = no_pause
) -> Reservation:
    """Hand the goods over: they are reserved no longer, and gone. Doing it again changes nothing. Raises Conflict if they were
    given back, or if the time is over (even if nobody has taken them back yet: they may be promised to another); NotFound."""
    reservation, _ = _ended(store, client_id, reservation_id, "committed", written=written, pause=pause)
    if reservation.status != "committed":
        raise Conflict(f"the reservation {_DONE[reservation.status]}; reserve again")
    return reservation


def expire(
    store: ReservationStore, client_id: ClientId, reservation_id: str, written: Written, *, pause: Pause = no_pause
) -> bool:
    """Take back a reservation whose time is over. Returns whether this call did it."""
    known = store.get(client_id, reservation_id)
    if known is None or not known.ran_out(written.at):
        return False
    _, did = _ended(store, client_id, reservation_id, "expired", written=written, pause=pause)
    return did


def release_ran_out(
    store: ReservationStore,
    client_id: ClientId,
    product_ids: Iterable[str],
    written: Written,
    *,
    pause: Pause = no_pause,
) -> int:
    """Take back what ran out of these products, without waiting for the sweep. Returns how many reservations that ended."""
    over = {name for product_id in product_ids for name in store.ran_out(client_id, product_id, written.at)}
    return sum(expire(store, client_id, name, written, pause=pause) for name in sorted(over))


def _ended(
    store: ReservationStore,
    client_id: ClientId,
    reservation_id: str,
    outcome: Outcome,
    *,
    written: Written,
    pause: Pause,
) -> tuple[Reservation, bool]:
    """The reservation after `outcome`, and whether this call ended it. One whose time is over can only expire."""
    for attempt in range(1, ATTEMPTS + 1):
        known = store.get(client_id, reservation_id)
        if known is None:
            raise NotFound("there is no such reservation")
        if known.status != "held":
            return known, False
        became: Outcome = "expired" if known.ran_out(written.at) else outcome
        ended = known.ended(became, written.at)
        pieces = known.pieces()
        back = returnable(pieces, store.stocks(client_id, pieces))
        try:
            store.end(client_id, ended, became, back, written)
        except VersionConflict:
            pause(attempt)
            continue
        return ended, True
    raise TransientError("the stock of this reservation is changing too fast; try again in a moment")


def returnable(
    pieces: Mapping[str, Pieces], stocks: Mapping[str, ProductStock]
) -> dict[str, dict[tuple[str, str], int]]:
    """Those of `pieces` whose level is still kept. Stock that was removed altogether cannot take anything back."""
    kept: dict[str, dict[tuple[str, str], int]] = {}
    for product_id, of_product in pieces.items():
        levels = {
            (v.variant_id, level.location): level.reserved
            for v in (stocks[product_id].variants if product_id in stocks else ())
            for level in v.levels
        }
        there = {key: units for key, units in of_product.items() if levels.get(key, 0) >= units}
        if there:
            kept[product_id] = there
    return kept
