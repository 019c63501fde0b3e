"""Several tasks at once, in an order that the test decides: at each request to AWS a task stops and another may go on.

Threads alone hardly ever meet where it hurts. Here one task runs at a time, from one request to the next, and who is next is
drawn from a seed: the same seed gives the same course of events.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from threading import Condition
from typing import Any, TypeVar

from tests.calls import Answer, Call, Watcher, watched

T = TypeVar("T")


@dataclass(slots=True)
class _Turns:
    """Who stands at a request, and who may make it."""

    _alive: set[int]
    _standing: set[int] = field(default_factory=set)
    _next: int | None = None
    _changed: Condition = field(default_factory=Condition)

    def stand(self, task: int) -> None:
        with self._changed:
            self._standing.add(task)
            self._changed.notify_all()
            self._changed.wait_for(lambda: self._next == task)
            self._next = None

    def leave(self, task: int) -> None:
        with self._changed:
            self._alive.discard(task)
            self._changed.notify_all()

    def deal(self, chance: random.Random) -> None:
        """Give turns until every task has left."""
        with self._changed:
            while True:
                self._changed.wait_for(lambda: self._next is None and self._standing == self._alive)
                if not self._alive:
                    return
                self._next = chance.choice(sorted(self._standing))
                self._standing.discard(self._next)
                self._changed.notify_all()


def interleaved(seed: int, tasks: Sequence[Callable[[], T]], *, watcher: Watcher | None = None) -> list[T]:
    """Run `tasks` at once, in the order that `seed` gives; their results. `watcher` sees each request when its turn has come."""
    turns = _Turns(set(range(len(tasks))))

    def run(number: int) -> T:
        def at_request(call: Call, answer: Answer) -> Any:
            turns.stand(number)
            return watcher(call, answer) if watcher is not None else answer()

        try:
            with watched(at_request):
                return tasks[number]()
        finally:
            turns.leave(number)

    with ThreadPoolExecutor(len(tasks)) as pool:
        running: list[Future[T]] = [pool.submit(run, number) for number in range(len(tasks))]
        turns.deal(random.Random(seed))
    return [one.result() for one in running]
