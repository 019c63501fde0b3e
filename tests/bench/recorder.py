"""Runs the functions of a stage as Lambda and its event sources would, and keeps account of each: what they ask of AWS, how often
they are started, what they log.

The pump that moves what lies between the functions hands over more at once than AWS does. Here messages come in batches of the
deployed size, and stream readers are woken only by records that pass their filters, so that invocations can be counted.
"""

from __future__ import annotations

import io
import json
import math
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass, field
from importlib import import_module
from importlib.util import find_spec
from typing import Any
from unittest.mock import patch

from skuflow.platform.entrypoint import entrypoint
from local.costs.ledger import Function
from skuflow.platform.observability import logger
from tests.bench.metering import Meter
from tests.calls import Answer, Call, watched
from tests.doubles import FakeLambdaContext
from tests.http import http_event
from tests.scenarios.stage import Stage, module_of
from tests.scenarios.wires import QUEUES, STREAMS, UPLOADS

CHUNK = 64 * 1024
"""SQS and EventBridge count each 64 KB of a payload as one request or event."""

_ENTRY_TIME = 14
"""Bytes that EventBridge counts for an entry's time."""


@dataclass(slots=True)
class Use:
    """What one function took. `counts`: see `local.costs.ledger.QUANTITIES`."""

    meter: Meter = field(default_factory=Meter)
    counts: Counter[str] = field(default_factory=Counter)

    def __call__(self, call: Call, answer: Answer) -> Any:
        """A watcher of `tests.calls`."""
        given = self.meter(call, answer)
        if (call.service, call.operation) == ("eventbridge", "PutEvents"):
            self._publish(json.loads(call.body)["Entries"])
        elif call.service == "sqs" and call.operation.startswith("SendMessage"):
            self.counts["queue_requests"] += chunks(len(call.body))
        elif call.service == "sqs":
            self.counts["queue_requests"] += 1
        return given

    def _publish(self, entries: list[dict[str, str]]) -> None:
        for entry in entries:
            texts = (entry["Detail"], entry["Source"], entry["DetailType"])
            size = _ENTRY_TIME + sum(len(text.encode()) for text in texts)
            self.counts.update(events=chunks(size), event_bytes=size)

    def amounts(self) -> Counter[str]:
        """Everything that was counted."""
        found: Counter[str] = Counter(self.meter.requests)
        found.update(self.counts)
        found.update(read_units=self.meter.read_units, write_units=sum(self.meter.write_units.values()))
        return +found


def chunks(size: int) -> int:
    return max(1, math.ceil(size / CHUNK))


@dataclass(slots=True)
class Recorder:
    """`uses` by function since `begin`; `metrics`: those of our own that were written, as (function, name and dimensions)."""

    stage: Stage
    functions: Mapping[str, Function]
    uses: dict[str, Use] = field(default_factory=dict)
    metrics: set[tuple[str, str]] = field(default_factory=set)
    _handlers: dict[str, Callable[[Any, Any], Any]] = field(default_factory=dict)
    _running: list[str] = field(default_factory=list)

    def begin(self) -> None:
        self.uses = {}

    def taken(self) -> dict[str, Counter[str]]:
        """Function -> amounts since `begin`."""
        return {door: use.amounts() for door, use in sorted(self.uses.items())}

    def use(self, door: str) -> Use:
        return self.uses.setdefault(door, Use())

    def ask(self, door: str, method: str, path: str, **how: Any) -> Any:
        """One HTTP request at the function, past the authorizer; the answer's body. Raises RuntimeError if it is refused."""
        answer = self.invoke(door, http_event(method, path, **how))
        body = answer.get("body") or ""
        if answer["statusCode"] >= 400:
            raise RuntimeError(f"{method} {path} was answered with {answer}")
        self.use(door).counts.update(gateway_requests=1, response_bytes=len(body.encode()))
        return json.loads(body) if "json" in str(answer.get("headers")) and not answer.get("isBase64Encoded") else body

    @contextmanager
    def apart(self) -> Iterator[dict[str, Use]]:
        """What happens inside the block is kept in a book of its own, which is what the block gets."""
        before, self.uses = self.uses, {}
        try:
            yield self.uses
        finally:
            self.uses = before

    def outbound(self) -> None:
        """Count a request that the running function makes to a service outside."""
        if self._running:
            self.use(self._running[-1]).counts["outbound_requests"] += 1

    def invoke(self, door: str, event: Any) -> Any:
        """Hand `event` to the function as its source does; the answer, of all batches together."""
        if door not in STREAMS and door not in QUEUES:
            return self._once(door, event)
        function = self.functions[door]
        records = [one for one in event["Records"] if passes(function, one)]
        failed: list[Any] = []
        for start in range(0, len(records), function.batch_size):
            batch = records[start : start + function.batch_size]
            self._count_delivery(door, len(batch))
            failed += (self._once(door, {"Records": batch}) or {}).get("batchItemFailures", [])
        return {"batchItemFailures": failed}

    def _count_delivery(self, door: str, size: int) -> None:
        counts = self.use(door).counts
        if door in STREAMS:
            counts["stream_records"] += size
            return
        counts["queue_requests"] += 2  # Lambda receives a batch and deletes it
        if QUEUES[door] is not None or door == UPLOADS[0]:
            counts["queue_requests"] += size  # the bus, or the bucket, sent each

    def _once(self, door: str, event: Any) -> Any:
        if door not in self._handlers:
            deps = self.stage.deps(door) if _is_wired(door) else None
            self._handlers[door] = entrypoint(module_of(door).handle, lambda: deps)
        use, said = self.use(door), io.StringIO()
        use.counts["invocations"] += 1
        context = FakeLambdaContext(function_name=f"skuflow-test-{door}", remaining_ms=300_000)
        self._running.append(door)
        try:
            with heard(said), watched(use):
                return self._handlers[door](event, context)
        finally:
            self._running.pop()
            self._read(door, said.getvalue())

    def _read(self, door: str, said: str) -> None:
        self.use(door).counts["log_bytes"] += len(said.encode())
        for line in said.splitlines():
            if '"_aws"' in line:
                self.metrics |= {(door, name) for name in metrics_in(json.loads(line))}


def metrics_in(line: Mapping[str, Any]) -> Iterator[str]:
    """The metrics of a line in CloudWatch's embedded format, with the values of their dimensions: each combination is paid for."""
    for told in line["_aws"]["CloudWatchMetrics"]:
        for names in told["Dimensions"]:
            where = " ".join(str(line[name]) for name in names if name != "function")
            yield from (f"{metric['Name']} {where}" for metric in told["Metrics"])


def _is_wired(door: str) -> bool:
    """Whether the function is given anything; what serves documentation alone needs nothing."""
    context, trigger = door.split("/")
    wiring = f"skuflow.{context}.wiring"
    return find_spec(wiring) is not None and hasattr(import_module(wiring), f"build_{trigger}")


@contextmanager
def recorded(stage: Stage, functions: Mapping[str, Function]) -> Iterator[Recorder]:
    """Whoever invokes a function of the stage inside the block, the pump too, has it recorded."""
    recorder = Recorder(stage, functions)

    def invoke(_stage: Stage, door: str, event: Any, **_how: Any) -> Any:
        return recorder.invoke(door, event)

    with patch.object(Stage, "invoke", invoke):
        yield recorder


@contextmanager
def heard(said: io.StringIO) -> Iterator[None]:
    """What is logged, and the metrics, go to `said`, at the level of a deployed function."""
    handler: Any = logger().registered_handler
    stream, level = handler.stream, logger().log_level
    handler.stream = said
    logger().setLevel("INFO")
    try:
        with redirect_stdout(said):
            yield
    finally:
        handler.stream = stream
        logger().setLevel(level)
        sys.stdout.flush()


def passes(function: Function, record: Mapping[str, Any]) -> bool:
    """Whether an event source mapping's filters let the record through."""
    return not function.filters or any(matches(pattern, record) for pattern in function.filters)


def matches(pattern: Mapping[str, Any], record: Mapping[str, Any]) -> bool:
    """Lambda's event filtering, as far as our patterns use it: nested fields, equal values, prefixes."""
    return all(name in record and _holds(wanted, record[name]) for name, wanted in pattern.items())


def _holds(wanted: Any, value: Any) -> bool:
    if isinstance(wanted, Mapping):
        return isinstance(value, Mapping) and matches(wanted, value)
    return any(value.startswith(one["prefix"]) if isinstance(one, Mapping) else value == one for one in wanted)
