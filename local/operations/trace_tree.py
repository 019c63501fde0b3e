"""A trace as a tree of causes, and what is missing from it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from local.operations.replay import Consumer
from local.operations.trace import Carried, Step, Trace

_SAID_ELSEWHERE = frozenset(
    {
        "level", "message", "timestamp", "service", "function", "location", "cold_start", "request_id", "message_id",
        "client_id", "correlation_id", "causation_id", "exception", "exception_name", "stack_trace", "key",
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the tree. `count`: how many events alike it stands for, which nothing is known to have followed from."""

    depth: int
    node: Step | Carried
    count: int = 1


def rows(trace: Trace) -> list[Row]:
    """The tree, top down: what followed from something stands below it, indented, in the order of time."""
    nodes: list[Step | Carried] = sorted((*trace.steps, *(trace.events or ())), key=lambda node: node.at)
    parents = _named(nodes)
    children: dict[int, list[Step | Carried]] = {}
    for node in nodes:
        parent = parents.get(node.causation_id)
        children.setdefault(id(parent) if parent is not None and parent is not node else 0, []).append(node)
    return list(_flat(children, 0, 0))


def missing(trace: Trace, consumers: Sequence[Consumer]) -> list[str]:
    """What one would expect to see and does not, in words."""
    nodes: list[Step | Carried] = [*trace.steps, *(trace.events or ())]
    known = _named(nodes).keys() | set(trace.correlation_ids)
    found = [
        f"what caused {_name(node)}, {node.causation_id}: older than what was read, or not on the bus"
        for node in nodes
        if node.causation_id.startswith("evt_") and node.causation_id not in known and trace.events is not None
    ]
    found += [
        f"the end of {step.function} ({step.request_id}): it still runs, or it was stopped"
        for step in trace.steps
        if step.duration_ms is None
    ]
    if trace.events is None:
        found.append("the events between the steps: --events reads them from the bus archive, which takes minutes")
    return [*dict.fromkeys(found), *_unheard(trace, consumers)]


def told(fields: Mapping[str, Any]) -> str:
    """A log line in words, without what a trace tells anyway."""
    if "method" in fields and "path" in fields:
        more = "".join(f" {fields[name]}" for name in ("topic", "reason") if fields.get(name))
        return f"{fields['method']} {fields['path']} {fields.get('status', '')}{more}".strip()
    extra = " ".join(
        f"{name}={value}"
        for name, value in fields.items()
        if name not in _SAID_ELSEWHERE and not name.startswith(("function_", "xray")) and value is not None
    )
    return f"{fields.get('message', '')} {extra}".strip()


def _named(nodes: Sequence[Step | Carried]) -> dict[str, Step | Carried]:
    """Who answers to an id that others give as their cause: an event to its own, a webhook's receiver to the webhook's, the first
    call to its own."""
    found: dict[str, Step | Carried] = {}
    for node in sorted(nodes, key=lambda node: node.at):
        if isinstance(node, Carried):
            found.setdefault(node.event_id, node)
        elif any("method" in line for line in node.lines):
            found.setdefault(node.causation_id, node)
            for line in node.lines:
                if line.get("webhook_id"):
                    found.setdefault(str(line["webhook_id"]), node)
    return found


def _flat(children: Mapping[int, Sequence[Step | Carried]], parent: int, depth: int) -> Iterator[Row]:
    alike = Counter(
        (node.name, node.causation_id)
        for node in children.get(parent, ())
        if isinstance(node, Carried) and id(node) not in children
    )
    for node in children.get(parent, ()):
        if isinstance(node, Carried) and id(node) not in children:
            if count := alike.pop((node.name, node.causation_id), 0):
                yield Row(depth, node, count)
            continue
        yield Row(depth, node)
        yield from _flat(children, id(node), depth + 1)


def _unheard(trace: Trace, consumers: Sequence[Consumer]) -> Iterator[str]:
    """Events that a consumer listens to and has said nothing about."""
    heard = {(step.function, step.causation_id) for step in trace.steps}
    silent: Counter[tuple[str, str]] = Counter()
    example: dict[tuple[str, str], str] = {}
    for event in trace.events or ():
        for consumer in consumers:
            if _listens(consumer, event) and (consumer.name, event.event_id) not in heard:
                silent[(consumer.name, event.name)] += 1
                example.setdefault((consumer.name, event.name), event.event_id)
    for (consumer_name, name), count in silent.items():
        yield f"a word of {consumer_name} about {count} {name}, such as {example[(consumer_name, name)]}"


def _listens(consumer: Consumer, event: Carried) -> bool:
    """By name alone: an event's name is its publisher's only."""
    return event.name in consumer.pattern.get("detail-type", ())


def _name(node: Step | Carried) -> str:
    return node.name if isinstance(node, Carried) else node.function
