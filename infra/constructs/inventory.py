"""What the constructs of a stage made, by context, as they made it: names, which dashboards and the deep health check go by.

Names and not resources, so that whoever shows or asks after something depends on no other stack.
"""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Parts:
    """The things of one context, by their names in AWS. `ends`: queues of what was given up. `tables`: name -> its indexes.
    `routes`: (method, path) served through the HTTP API. `providers`: outside services that have a circuit."""

    functions: list[str] = field(default_factory=list)
    readers: list[str] = field(default_factory=list)
    queues: list[str] = field(default_factory=list)
    ends: list[str] = field(default_factory=list)
    tables: dict[str, tuple[str, ...]] = field(default_factory=dict)
    routes: list[tuple[str, str]] = field(default_factory=list)
    providers: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Inventory:
    """Everything of one stage."""

    _parts: dict[str, Parts] = field(default_factory=dict)

    def of(self, context: str) -> Parts:
        """What there is of `context` so far."""
        return self._parts.setdefault(context, Parts())

    @property
    def contexts(self) -> tuple[str, ...]:
        return tuple(sorted(self._parts))

    @property
    def tables(self) -> tuple[str, ...]:
        return tuple(sorted(name for parts in self._parts.values() for name in parts.tables))

    @property
    def queues(self) -> tuple[str, ...]:
        """Those that are worked off; not the ends of the line."""
        return tuple(sorted(name for parts in self._parts.values() for name in parts.queues))

    @property
    def providers(self) -> tuple[str, ...]:
        return tuple(sorted({name for parts in self._parts.values() for name in parts.providers}))

    @property
    def ends(self) -> tuple[str, ...]:
        return tuple(sorted(name for parts in self._parts.values() for name in parts.ends))
