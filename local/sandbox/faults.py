"""Fault switches: what goes wrong, where, how often. Chance has a seed, so that a run can be repeated."""

from __future__ import annotations

import random
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

HTTP_KINDS = ("latency", "rate_limited", "server_error", "cut", "malformed")
"""Of any provider: applied around its answers."""

ANY = "*"


@dataclass
class Fault:
    """One switch. `scope` is a shop's domain (an account, with another provider) and `place` a part of its interface such as
    `graphql`; `*` is any. `count` None means until cleared. `seconds` is the latency or the Retry-After, `status` that of a server
    error, `mode` a variant that the kind explains."""

    id: str
    kind: str
    provider: str = ANY
    scope: str = ANY
    place: str = ANY
    count: int | None = None
    probability: float = 1.0
    seed: int = 0
    seconds: float = 1.0
    status: int = 503
    mode: str = ""
    struck: int = 0
    _chance: random.Random = field(default_factory=random.Random, repr=False)

    def __post_init__(self) -> None:
        self._chance = random.Random(self.seed)  # noqa: S311 - has to be repeatable

    def concerns(self, kind: str, provider: str, scope: str, place: str) -> bool:
        if self.kind != kind or self.count == 0:
            return False
        pairs = ((self.provider, provider), (self.scope, scope), (self.place, place))
        return all(wanted in (ANY, given) for wanted, given in pairs)

    def strikes(self) -> bool:
        """Whether it does so this time; counts it."""
        if self.probability < 1 and self._chance.random() >= self.probability:
            return False
        if self.count is not None:
            self.count -= 1
        self.struck += 1
        return True

    def shown(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self.__dataclass_fields__ if not name.startswith("_")}


class UnknownFault(ValueError):
    """There is no such switch; the text says what there is."""


class Faults:
    """All switches. `kinds` grows with what each provider can do wrong."""

    def __init__(self) -> None:
        self.kinds: dict[str, tuple[str, ...]] = {}
        self._set: dict[str, Fault] = {}
        self._made = 0

    def offer(self, provider: str, kinds: Iterable[str]) -> None:
        self.kinds[provider] = (*HTTP_KINDS, *kinds)

    def set(self, wanted: dict[str, Any]) -> Fault:
        """A new switch from a request's body. Raises UnknownFault that names the field."""
        self._check(wanted)
        self._made += 1
        fault = Fault(id=f"flt_{self._made}", **wanted)
        self._set[fault.id] = fault
        return fault

    def clear(self, fault_id: str | None = None) -> int:
        """Switch one off, or all; returns how many there were."""
        gone = [fault_id] if fault_id in self._set else [] if fault_id else list(self._set)
        for each in gone:
            del self._set[each]
        return len(gone)

    def listed(self) -> list[Fault]:
        return list(self._set.values())

    def strike(self, kind: str, provider: str, scope: str, place: str = ANY) -> Fault | None:
        """The first switch that strikes here and now, if any."""
        for fault in self._set.values():
            if fault.concerns(kind, provider, scope, place) and fault.strikes():
                return fault
        return None

    def _check(self, wanted: dict[str, Any]) -> None:
        known = set(Fault.__dataclass_fields__) - {"id", "struck", "_chance"}
        if unknown := set(wanted) - known:
            raise UnknownFault(f"{sorted(unknown)[0]}: no such field; there are {', '.join(sorted(known))}")
        kinds = {kind for offered in self.kinds.values() for kind in offered}
        if wanted.get("kind") not in kinds:
            raise UnknownFault(f"kind: give one of {', '.join(sorted(kinds))}")
        if not 0 <= float(wanted.get("probability", 1)) <= 1:
            raise UnknownFault("probability: give a number from 0 to 1")
        count = wanted.get("count")
        if count is not None and (not isinstance(count, int) or count < 1):
            raise UnknownFault("count: give a whole number from 1, or leave it out")
