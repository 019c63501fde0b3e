"""The bill of a month: units of work and what is held, at list prices, by context and by service."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from local.costs.assumptions import Assumptions
from local.costs.charging import charges, logged_bytes
from local.costs.fixed import holdings, storage
from local.costs.ledger import Ledger
from local.costs.prices import Price
from local.costs.retailer import Retailer

Amount = tuple[str, str, Decimal]
"""Context, name of a price, how much of it."""


@dataclass(frozen=True, slots=True)
class Line:
    """One kind of charge of one context. `fixed`: paid whether anybody works or not, storage included. `usd` is not rounded."""

    context: str
    service: str
    what: str
    quantity: Decimal
    usd: Decimal
    fixed: bool


@dataclass(frozen=True, slots=True)
class Bill:
    """US dollars a month at list prices; the dearest line first."""

    region: str
    lines: tuple[Line, ...]

    def total(self, *, fixed: bool | None = None) -> Decimal:
        """Of all lines, or of the fixed or the variable ones."""
        return sum((line.usd for line in self.lines if fixed in (None, line.fixed)), Decimal(0))

    def by(self, name: Callable[[Line], str]) -> dict[str, tuple[Decimal, Decimal]]:
        """Name -> (variable, fixed), the dearest first."""
        found: dict[str, tuple[Decimal, Decimal]] = {}
        for line in self.lines:
            variable, fixed = found.get(name(line), (Decimal(0), Decimal(0)))
            found[name(line)] = (variable, fixed + line.usd) if line.fixed else (variable + line.usd, fixed)
        return dict(sorted(found.items(), key=lambda item: -sum(item[1])))

    def dominant(self, most: int = 3) -> tuple[Line, ...]:
        """The dearest lines."""
        return self.lines[:most]


@dataclass(frozen=True, slots=True)
class Tariff:
    """What a bill is made with."""

    ledger: Ledger
    prices: Mapping[str, Price]
    assumed: Assumptions
    region: str


def bill(retailer: Retailer, tariff: Tariff) -> Bill:
    """The retailer's bill. Raises LocalProblem if the ledger lacks a unit or a request has no price."""
    worked = list(retailer.work(tariff.assumed))
    variable = list(_variable(worked, tariff))
    logged = _logged(worked, tariff)
    fixed = [
        *holdings(tariff.ledger, tariff.assumed),
        *storage(retailer, worked, tariff.ledger, tariff.assumed, logged),
        *_ticks(tariff),
    ]
    lines = [*_lines(variable, tariff, fixed=False), *_lines(fixed, tariff, fixed=True)]
    return Bill(tariff.region, tuple(sorted(lines, key=lambda line: -line.usd)))


def unit_price(name: str, tariff: Tariff) -> Decimal:
    """US dollars of one unit of work."""
    return sum((line.usd for line in _lines(_variable([(name, Decimal(1))], tariff), tariff, fixed=False)), Decimal(0))


def _variable(worked: Iterable[tuple[str, Decimal]], tariff: Tariff) -> Iterable[Amount]:
    functions = tariff.ledger.deployment.functions
    for name, times in worked:
        for door, taken in tariff.ledger.unit(name).doors.items():
            for price, amount in charges(taken, functions[door].memory_mb, tariff.assumed).items():
                yield door.split("/")[0], price, amount * times


def _ticks(tariff: Tariff) -> Iterable[Amount]:
    """What schedules start, whatever there is to do: each as often as it goes off, and the work of those of every minute."""
    minutes = tariff.assumed.month["minutes"]
    ticks = [(name, minutes) for name in tariff.ledger.measured.units if name.startswith("minute_of_")]
    yield from _variable(ticks, tariff)
    for context, held in tariff.ledger.deployment.holdings.items():
        yield context, "schedules", held.get("daily_starts", 0) * tariff.assumed.month["days"]


def _logged(worked: Iterable[tuple[str, Decimal]], tariff: Tariff) -> dict[str, Decimal]:
    """Context -> bytes of logs in a month."""
    found: dict[str, Decimal] = defaultdict(Decimal)
    for name, times in worked:
        for door, taken in tariff.ledger.unit(name).doors.items():
            found[door.split("/")[0]] += logged_bytes(taken, tariff.assumed) * times
    return found


def _lines(amounts: Iterable[Amount], tariff: Tariff, *, fixed: bool) -> list[Line]:
    """One line for each context and price."""
    added: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for context, name, amount in amounts:
        added[context, name] += amount
    return [
        _line(context, tariff.prices[name], amount, tariff.region, fixed=fixed)
        for (context, name), amount in added.items()
        if amount
    ]


def _line(context: str, price: Price, amount: Decimal, region: str, *, fixed: bool) -> Line:
    return Line(context, price.service, price.what, amount, price.of(amount, region), fixed)
