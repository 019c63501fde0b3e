"""Everything about a stage that an operator wants to see at one glance, and what of it needs a look."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from botocore.exceptions import BotoCoreError, ClientError

from local.aws import Aws
from local.operations.circuits import Circuit, all_circuits
from local.operations.functions import Function, all_functions
from local.operations.queues import Queue, all_queues
from local.operations.runs import LastRuns, last_runs
from local.operations.schedules import Schedule, all_schedules
from local.problems import LocalProblem

T = TypeVar("T")

RUNS_SHOWN = 10
OLD_SECONDS = 30 * 60
"""An alarm sounds at the same age."""

_FAILED = frozenset({"failed"})


@dataclass(frozen=True, slots=True)
class Concern:
    """What needs a look, and how to look."""

    what: str
    look: str


@dataclass(frozen=True, slots=True)
class StageStatus:
    """`unread` are the parts that could not be read, with the reason."""

    functions: Sequence[Function]
    queues: Sequence[Queue]
    circuits: Sequence[Circuit]
    runs: LastRuns
    schedules: Sequence[Schedule]
    unread: Sequence[Concern] = ()

    @property
    def concerns(self) -> tuple[Concern, ...]:
        """Nothing, if all is well."""
        found = (_queues, _functions, _circuits, _schedules, _runs)
        return (*self.unread, *(concern for look in found for concern in look(self)))


def stage_status(aws: Aws, now: datetime) -> StageStatus:
    """The stage as it is. What one may not read, or what fails, leaves the other parts alone."""
    unread: list[Concern] = []

    def part(name: str, read: Callable[[], T], nothing: T) -> T:
        try:
            return read()
        except (ClientError, BotoCoreError, LocalProblem) as error:
            unread.append(
                Concern(f"{name} could not be read: {error}", "check what your credentials allow, and the region")
            )
            return nothing

    functions: list[Function] = part("functions", lambda: all_functions(aws, now), [])
    queues: list[Queue] = part("queues", lambda: all_queues(aws, now), [])
    circuits: list[Circuit] = part("circuits", lambda: all_circuits(aws, now), [])
    schedules: list[Schedule] = part("schedules", lambda: all_schedules(aws, now), [])
    runs = part("last runs", lambda: last_runs(aws, RUNS_SHOWN), LastRuns(()))
    return StageStatus(functions, queues, circuits, runs, schedules, unread)


def _queues(status: StageStatus) -> Iterator[Concern]:
    for queue in status.queues:
        if queue.is_dead_end and queue.waiting + queue.in_flight:
            yield Concern(f"{queue.waiting + queue.in_flight} in {queue.name}", f"skuflow dlq show {queue.name}")
        elif not queue.is_dead_end and (queue.oldest_seconds or 0) > OLD_SECONDS:
            yield Concern(
                f"the oldest message of {queue.name} waits for {(queue.oldest_seconds or 0) // 60} min",
                f"skuflow logs --function {queue.name} --level warning --since 1h",
            )


def _functions(status: StageStatus) -> Iterator[Concern]:
    for function in status.functions:
        counts = (
            (function.errors, "errors logged"),
            (function.failed or 0, "runs failed"),
            (function.throttled or 0, "runs throttled"),
        )
        if told := ", ".join(f"{count} {what}" for count, what in counts if count):
            look = f"skuflow logs --function {function.name} --level error --since 1h"
            yield Concern(f"{function.name}: {told} within the hour", look)


def _circuits(status: StageStatus) -> Iterator[Concern]:
    for circuit in status.circuits:
        if circuit.state != "closed":
            whose = f" for {circuit.account or circuit.client}" if circuit.client else ""
            yield Concern(
                f"the circuit of {circuit.service}{whose} is {circuit.state.replace('_', '-')} until {circuit.retry_at}",
                "nothing at first; if it stays so, the service's own status page, then: skuflow logs --level warning",
            )


def _schedules(status: StageStatus) -> Iterator[Concern]:
    for schedule in status.schedules:
        look = f"skuflow logs --function {schedule.name} --since 1d"
        if not schedule.enabled:
            yield Concern(f"the schedule {schedule.name} is switched off", look)
        elif schedule.is_late:
            yield Concern(f"{schedule.name} has not run since {schedule.last_run or 'it was deployed'}", look)


def _runs(status: StageStatus) -> Iterator[Concern]:
    for run in status.runs.runs:
        if run.status in _FAILED:
            yield Concern(f"{run.kind} {run.run_id} failed: {run.reason}", f"skuflow trace {run.run_id}")
