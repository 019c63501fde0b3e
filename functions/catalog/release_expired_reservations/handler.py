"""Every minute: stock that nobody came for goes back on sale."""

from __future__ import annotations

from typing import Any

from skuflow.platform.entrypoint import LambdaContext, entrypoint
from skuflow.catalog.deps import ReleaseExpiredReservationsDeps
from skuflow.catalog.release_expired import release_expired
from skuflow.catalog.wiring import build_release_expired_reservations
from skuflow.kernel.errors import TransientError
from skuflow.kernel.events import Cause
from skuflow.platform.observability import count_many, logger

RESERVE_MS = 5_000
"""Time left for what was begun when the sweep stops, in milliseconds."""


def handle(event: Any, context: LambdaContext, deps: ReleaseExpiredReservationsDeps) -> dict[str, Any]:
    """Raises TransientError at the end if any reservation could not be ended: the alarm should see it."""
    swept = release_expired(
        deps.reservations,
        clock=deps.clock,
        has_time=lambda: context.get_remaining_time_in_millis() > RESERVE_MS,
        cause=Cause(context.aws_request_id, str(event.get("id", ""))),
        pause=deps.pause,
    )
    count_many(ReservationsExpired=swept.released, ReservationsStuck=len(swept.failed))
    for reason in swept.failed:
        logger().error("a reservation could not be ended", extra={"reason": reason})
    logger().info("swept", extra={"released": swept.released, "finished": swept.finished})
    if swept.failed:
        raise TransientError(f"{len(swept.failed)} reservations could not be ended; see the log")
    return {"released": swept.released, "finished": swept.finished}


lambda_handler = entrypoint(handle, build_release_expired_reservations)
