"""Two workers on the same work at the same time, taking turns at every request: races, but the same ones on every run."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from tests.calls import Answer, Call, Watcher

Work = Callable[[Watcher], Any]
"""Does something with its requests shown to the watcher."""


@dataclass(slots=True)
class Turns:
    """Exactly one worker runs at any time; before each request it waits until it is drawn."""

    chance: random.Random
    _change: threading.Condition = field(default_factory=threading.Condition)
    _waiting: set[int] = field(default_factory=set)
    _done: set[int] = field(default_factory=set)
    _turn: int | None = None

    def watcher(self, worker: int) -> Watcher:
        def wait_and_ask(_call: Call, answer: Answer) -> Any:
            self.wait(worker)
            return answer()

        return wait_and_ask

    def wait(self, worker: int) -> None:
        with self._change:
            self._waiting.add(worker)
            self._change.notify_all()
            self._change.wait_for(lambda: self._turn == worker)
            self._turn = None
            self._waiting.discard(worker)

    def finish(self, worker: int) -> None:
        with self._change:
            self._done.add(worker)
            self._change.notify_all()

    def draw(self, workers: int) -> bool:
        """Let one of those that wait go on, once all of them do. False when nobody is left."""
        with self._change:
            self._change.wait_for(lambda: self._turn is None and len(self._waiting) + len(self._done) == workers)
            if not self._waiting:
                return False
            self._turn = self.chance.choice(sorted(self._waiting))
            self._change.notify_all()
            return True


def at_once(works: Sequence[Work], chance: random.Random) -> list[Any]:
    """What each work returned. The first exception of any is raised."""
    turns = Turns(chance)
    results: dict[int, Any] = {}
    failures: list[BaseException] = []

    def run(worker: int, work: Work) -> None:
        try:
            turns.wait(worker)
            results[worker] = work(turns.watcher(worker))
        except BaseException as error:
            failures.append(error)
        finally:
            turns.finish(worker)

    threads = [threading.Thread(target=run, args=pair, daemon=True) for pair in enumerate(works)]
    for thread in threads:
        thread.start()
    while turns.draw(len(threads)):
        pass
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]
    return [results[worker] for worker in sorted(results)]
