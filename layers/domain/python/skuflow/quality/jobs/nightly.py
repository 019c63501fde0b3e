"""Every night: a job for each client that has products and wants one.

The schedule sends one message, for the night. Whoever takes it up sends one for each shard of clients; whoever takes up one of
those starts the clients' jobs. The id of a job is derived from client and night, so work that is taken up again, or twice at once,
meets the jobs that it has started already. A night is a day in UTC.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import msgspec

from skuflow.kernel.clock import Clock
from skuflow.kernel.errors import Malformed, PermanentError
from skuflow.kernel.events import Cause
from skuflow.kernel.ids import derived_id
from skuflow.kernel.tenancy import ClientId
from skuflow.platform.observability import logger, tell_apart
from skuflow.quality.deps import RunQualityJobDeps
from skuflow.quality.jobs.model import Job
from skuflow.quality.jobs.start_job import begin
from skuflow.quality.jobs.work import JobWork
from skuflow.quality.nightly_store import SHARDS

LATEST = timedelta(days=1)
"""How long after its night work is still worth doing: the next night has come by then."""


@dataclass(frozen=True, slots=True)
class NightWork:
    """A night to be planned; `shard` None: all of its clients, else those of one shard behind the client `after`."""

    night: date
    shard: int | None = None
    after: str = ""


def ask_for_night(work: JobWork, clock: Clock) -> date:
    """Have tonight's jobs started. One message, so all of them or none are asked for; twice does no harm."""
    night = clock().date()
    work.send(_message(NightWork(night)))
    return night


def night_in(body: Any) -> NightWork:
    """The night that a message names. Raises Malformed."""
    try:
        found = msgspec.convert(body, NightWork)
    except msgspec.ValidationError as error:
        raise Malformed(f"no work of a night: {error}") from None
    if found.shard is not None and not 0 <= found.shard < SHARDS:
        raise Malformed(f"there is no shard {found.shard}")
    return found


def plan_night(wanted: NightWork, *, using: RunQualityJobDeps, has_time: Callable[[], bool]) -> None:
    """Start the jobs of a night, as far as time allows; the rest goes back into the queue. Safe to repeat, and to do twice at
    once."""
    if wanted.night < using.clock().date() - LATEST:
        logger().warning("a night that is long over", extra={"night": wanted.night.isoformat()})
        return
    if wanted.shard is None:
        for shard in range(SHARDS):
            using.work.send(_message(NightWork(wanted.night, shard)))
        return
    for client in using.nightly.clients(wanted.shard, wanted.after):
        _start(client, wanted.night, using)
        if not has_time():
            using.work.send(_message(NightWork(wanted.night, wanted.shard, client)))
            return


def _start(client: ClientId, night: date, using: RunQualityJobDeps) -> None:
    """One client's fault keeps nobody else from its job."""
    tell_apart(client_id=client)
    try:
        job = _nightly_job(client, night, using)
    except PermanentError as error:
        reason = f"{error.code}: {error.detail}"
        logger().error("a nightly job could not be started", extra={"reason": reason})
        return
    if job is not None:
        logger().info("nightly job started", extra={"job_id": job.job_id, "status": job.status})


def _nightly_job(client: ClientId, night: date, using: RunQualityJobDeps) -> Job | None:
    """The client's job of that night, started; None if it wants none, or has no product."""
    nightly = using.nightly.get(client)
    if not (nightly.enabled and using.products.has_any(client)):
        return None
    now = using.clock()
    job_id = derived_id("qjb", client, "night", night.isoformat())
    job = Job(job_id, nightly.mode, "queued", now, now, Cause(job_id), check_images=nightly.check_images, nightly=True)
    return begin(client, job, using.rules.wishes(client), using)


def _message(work: NightWork) -> dict[str, Any]:
    plain: dict[str, Any] = msgspec.to_builtins(work)
    return plain
