"""Has a unit of work become dearer than the ledger says? Requests, units and invocations are held to the letter, bytes to a
hundredth."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from local.costs.ledger import REMEDY, Amounts, Measured, Unit

_SLACK = Decimal("0.01")
_NOTHING: Mapping[str, Decimal] = {}


@dataclass(frozen=True, slots=True)
class Change:
    """A quantity of one unit of work, in the ledger and as measured now. `where`: the function, or where bytes are kept."""

    unit: str
    where: str
    name: str
    before: Decimal
    now: Decimal

    @property
    def rose(self) -> bool:
        return self.now > self.before

    def __str__(self) -> str:
        return f"{self.unit}: {self.where} {self.name} {self.before:f} → {self.now:f}"


def changes(ledger: Measured, now: Measured) -> list[Change]:
    """Every quantity that is not as the ledger has it, new and missing ones among them (0 on the other side)."""
    names = sorted({*ledger.units, *now.units})
    return [change for name in names for change in _unit_changes(name, ledger.units.get(name), now.units.get(name))]


def _unit_changes(name: str, before: Unit | None, now: Unit | None) -> Iterator[Change]:
    old, new = before.doors if before else {}, now.doors if now else {}
    for door in sorted({*old, *new}):
        yield from _differing(name, door, old.get(door, _NOTHING), new.get(door, _NOTHING))
    yield from _differing(name, "keeps", before.kept if before else _NOTHING, now.kept if now else _NOTHING)


def _differing(unit: str, where: str, before: Amounts, now: Amounts) -> Iterator[Change]:
    for name in sorted({*before, *now}):
        was, is_now = before.get(name, Decimal(0)), now.get(name, Decimal(0))
        slack = was * _SLACK if name.endswith("_bytes") or where == "keeps" else Decimal(0)
        if abs(is_now - was) > slack:
            yield Change(unit, where, name, was, is_now)


def verdict(found: list[Change]) -> str:
    """What to tell who ran the check; nothing if there is nothing to tell."""
    risen = [str(change) for change in found if change.rose]
    fallen = [str(change) for change in found if not change.rose]
    if risen:
        listed = "\n  ".join(risen)
        return (
            f"dearer than the cost ledger says:\n  {listed}\n"
            f"Take it back, or, if it is worth its price, {REMEDY}, look at the diff, and say why in the change"
        )
    if fallen:
        listed = "\n  ".join(fallen)
        return f"cheaper than the cost ledger says, which is good:\n  {listed}\nTo keep it so, {REMEDY}"
    return ""
