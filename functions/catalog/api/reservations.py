"""HTTP: reservations."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from functions.catalog.api.versions import path_id
from skuflow.catalog.deps import ApiDeps
from skuflow.catalog.inventory_store import Written
from skuflow.catalog.release import commit, release
from skuflow.catalog.release_expired import SOURCE
from skuflow.catalog.reservation import Line, Reservation, Wanted
from skuflow.catalog.reserve import reserve
from skuflow.kernel.errors import NotFound
from skuflow.kernel.ids import derived_id
from skuflow.platform.http_api import Request, Response, Routes

ROUTES = Routes("reservations")
_VIEW = "functions.catalog.api.views_inventory:ReservationView"


@ROUTES.add(
    "POST",
    "/v1/reservations",
    scope="inventory:write",
    summary="Reserve goods for a while",
    description="All lines are reserved, or none; never more than there is, but of variants that take backorders. The same "
    "`reservation_id` or `Idempotency-Key` reserves once. What is neither committed nor released in time goes back on sale.",
    status=201,
    body="functions.catalog.api.bodies_inventory:ReserveBody",
    response=_VIEW,
    idempotent=True,
)
def create_reservation(request: Request, deps: ApiDeps) -> Response:
    body, key = request.body, request.headers.get("idempotency-key")
    reservation = reserve(
        deps.reservations,
        request.client_id,
        body.reservation_id or (derived_id("res", key) if key else deps.new_id("res")),
        [Wanted(line.product_id, line.variant_id, line.quantity, line.location) for line in body.lines],
        hold=timedelta(seconds=body.hold_seconds),
        reference=body.reference,
        written=_written(request, deps),
        products=deps.products,
        pause=deps.pause,
    )
    return Response(_view(reservation, deps), 201)


@ROUTES.add(
    "GET",
    "/v1/reservations/{reservation_id}",
    scope="catalog:read",
    summary="A reservation",
    description="Ended ones can be read for 30 days. Not by publishable keys: others could guess an id.",
    response=_VIEW,
)
def get_reservation(request: Request, deps: ApiDeps) -> Response:
    reservation = deps.reservations.get(request.client_id, path_id(request, "reservation_id"))
    if reservation is None or request.is_public:
        raise NotFound("there is no such reservation")
    return Response(_view(reservation, deps))


@ROUTES.add(
    "POST",
    "/v1/reservations/{reservation_id}/release",
    scope="inventory:write",
    summary="Give reserved goods back",
    description="Doing it again changes nothing. Goods that were committed do not come back (409).",
    response=_VIEW,
    errors=(409,),
)
def release_reservation(request: Request, deps: ApiDeps) -> Response:
    reservation_id = path_id(request, "reservation_id")
    ended = release(deps.reservations, request.client_id, reservation_id, _written(request, deps), pause=deps.pause)
    return Response(_view(ended, deps))


@ROUTES.add(
    "POST",
    "/v1/reservations/{reservation_id}/commit",
    scope="inventory:write",
    summary="Hand reserved goods over",
    description="They leave the stock. Doing it again changes nothing; after the time is over, or once they were given back, it is "
    "refused (409): reserve again.",
    response=_VIEW,
    errors=(409,),
)
def commit_reservation(request: Request, deps: ApiDeps) -> Response:
    reservation_id = path_id(request, "reservation_id")
    ended = commit(deps.reservations, request.client_id, reservation_id, _written(request, deps), pause=deps.pause)
    return Response(_view(ended, deps))


def _written(request: Request, deps: ApiDeps) -> Written:
    return Written(deps.clock(), SOURCE, request.cause)


def _view(reservation: Reservation, deps: ApiDeps) -> dict[str, Any]:
    return {
        "reservation_id": reservation.reservation_id,
        "status": "expired" if reservation.ran_out(deps.clock()) else reservation.status,
        "reference": reservation.reference,
        "created_at": reservation.created_at,
        "expires_at": reservation.expires_at,
        "ended_at": reservation.ended_at or None,
        "lines": [_line_view(line) for line in reservation.lines],
    }


def _line_view(line: Line) -> dict[str, Any]:
    return {
        "product_id": line.wanted.product_id,
        "variant_id": line.wanted.variant_id,
        "quantity": line.wanted.quantity,
        "location": line.wanted.location,
        "taken": [{"location": taken.location, "units": taken.units} for taken in line.taken],
    }
