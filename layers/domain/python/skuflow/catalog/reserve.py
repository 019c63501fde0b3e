"""Reserve goods: all lines or none, never more than there is, once per reservation id."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from skuflow.catalog.inventory import ProductStock
from skuflow.catalog.inventory_store import ATTEMPTS, Written
from skuflow.catalog.model import visible
from skuflow.catalog.product_store import ProductStore
from skuflow.catalog.release import release_ran_out
from skuflow.catalog.reservation import Line, Reservation, Wanted, allocate
from skuflow.catalog.reservation_store import ReservationStore
from skuflow.catalog.store_errors import Pause, no_pause
from skuflow.kernel.clock import iso
from skuflow.kernel.errors import Conflict, Invalid, Problem, TransientError, VersionConflict
from skuflow.kernel.tenancy import ClientId


def reserve(
    store: ReservationStore,
    client_id: ClientId,
    reservation_id: str,
    wanted: Sequence[Wanted],
    *,
    hold: timedelta,
    reference: str,
    written: Written,
    products: ProductStore,
    pause: Pause = no_pause,
) -> Reservation:
    """The reservation of `wanted`, held for `hold` from `written.at`; the one that was made before, if the same was asked for
    under this id already (whatever became of it). Where stock is short, reservations that ran out are released first.

    Raises Conflict that names each line that cannot be served, or if the id belongs to something else; Invalid for products or
    variants that there are not, or units that lie too scattered; TransientError if others are faster all the time.
    """
    for attempt in range(1, ATTEMPTS + 1):
        known = store.get(client_id, reservation_id)
        if known is not None:
            return _same(known, wanted, reference)
        if attempt == 1:
            check_known(products, client_id, wanted)
        lines, stocks = _allocated(store, client_id, wanted, written, pause)
        reservation = Reservation(reservation_id, lines, "held", iso(written.at), iso(written.at + hold), reference)
        try:
            store.hold(client_id, reservation, stocks, written)
        except VersionConflict:
            pause(attempt)
            continue
        return reservation
    raise TransientError("this stock is in great demand; try again in a moment")


def check_known(products: ProductStore, client_id: ClientId, wanted: Sequence[Wanted]) -> None:
    """Raises Invalid that names every line of a product or variant that there is not."""
    found = products.get_many(client_id, {want.product_id for want in wanted})
    problems = []
    for index, want in enumerate(wanted):
        product = visible(found.get(want.product_id))
        if product is None or product.variant(want.variant_id) is None:
            what = "product" if product is None else "variant"
            problems.append(Problem(f"lines.{index}.{what}_id", f"there is no such {what}", "list the catalogue again"))
    if problems:
        raise Invalid("some lines name things that are not in the catalogue", problems=problems)


def _allocated(
    store: ReservationStore, client_id: ClientId, wanted: Sequence[Wanted], written: Written, pause: Pause
) -> tuple[tuple[Line, ...], dict[str, ProductStock]]:
    product_ids = sorted({want.product_id for want in wanted})
    stocks = store.stocks(client_id, product_ids)
    try:
        return allocate(stocks, wanted), stocks
    except Conflict:
        if not release_ran_out(store, client_id, product_ids, written, pause=pause):
            raise
    stocks = store.stocks(client_id, product_ids)
    return allocate(stocks, wanted), stocks


def _same(known: Reservation, wanted: Sequence[Wanted], reference: str) -> Reservation:
    if tuple(line.wanted for line in known.lines) != tuple(wanted) or known.reference != reference:
        raise Conflict("this reservation id belongs to a reservation of something else")
    return known
