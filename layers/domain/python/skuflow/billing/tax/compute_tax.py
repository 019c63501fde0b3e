"""What a sale owes in taxes.

Each tax is taken on the sum of its lines and rounded once, half up, to the currency's minor unit: the rule of the Excise Tax
Act s. 165.2(2) and of Revenu Québec for totals; CGST and SGST likewise. QST is on the price before GST. Where prices contain the
taxes, each tax is its share r / (100 + all rates) of the price, rounded the same way, and what is left is the net, so that the
parts sum to the price.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction

from skuflow.billing.tax import canada, india
from skuflow.billing.tax.checks import checked
from skuflow.billing.tax.model import Levy, Place, Relief, Sale, SaleLine, TaxedLine, TaxLine, TaxResult
from skuflow.billing.tax.places import local_day, supplied_at
from skuflow.billing.tax.reliefs import Collected, Given, collected
from skuflow.billing.tax.rounding import half_up, shared_out
from skuflow.billing.tax.us import STATE_TABLE, UsTaxes
from skuflow.kernel.errors import Invalid
from skuflow.kernel.money import Money


@dataclass(frozen=True, slots=True)
class _Placed:
    """A line at its place of supply, and the taxes that are collected on it."""

    line: SaleLine
    place: Place
    day: date
    outcome: Collected


def compute_tax(sale: Sale, *, us: UsTaxes = STATE_TABLE) -> TaxResult:
    """The taxes of `sale`, the reliefs that apply, and each line without taxes. Raises Invalid with every problem of the input,
    a tax date before our tables included."""
    sale = checked(sale)
    placed = [_placed(index, line, sale, us) for index, line in enumerate(sale.lines)]
    amounts = _amounts(placed, inclusive=sale.price_mode == "inclusive")
    tax = sum(amounts.values())
    listed = sum(line.amount.minor for line in sale.lines)
    net = listed - tax if sale.price_mode == "inclusive" else listed
    nets = _nets(placed, net) if sale.price_mode == "inclusive" else [one.line.amount.minor for one in placed]
    money = _in(sale.currency)
    used_us = any(one.place.country == "US" and one.outcome.levies for one in placed)
    return TaxResult(
        net=money(net),
        tax=money(tax),
        gross=money(net + tax),
        taxes=tuple(_tax_line(levy, amount, placed, nets, sale) for levy, amount in amounts.items()),
        lines=tuple(
            TaxedLine(one.line.line_id, money(minor), one.place, one.line.hsn)
            for one, minor in zip(placed, nets, strict=True)
        ),
        reliefs=_reliefs(placed),
        estimate=us.estimate if used_us else "",
        tax_dates={_jurisdiction(one.place): one.day for one in placed},
    )


def _placed(index: int, line: SaleLine, sale: Sale, us: UsTaxes) -> _Placed:
    place = supplied_at(line, sale.customer, sale.ship_to)
    day = local_day(sale.at, place)
    try:
        levies = () if line.tax_code == "exempt" else _levies(place, line.tax_code, day, sale.seller.place, us)
    except Invalid as error:
        faults = [
            replace(fault, field=f"lines[{index}].tax_code") if fault.field == "tax_code" else fault
            for fault in error.problems
        ]
        raise Invalid(error.detail, problems=faults) from None
    return _Placed(line, place, day, collected(levies, line, place, sale, day))


def _levies(place: Place, tax_code: str, day: date, seller: Place, us: UsTaxes) -> tuple[Levy, ...]:
    if place.country == "CA":
        return canada.levies(place, tax_code, day)
    if place.country == "IN":
        return india.levies(place, tax_code, day, seller=seller)
    return us.levies(place, tax_code, day) if place.country == "US" else ()


def _amounts(placed: Sequence[_Placed], *, inclusive: bool) -> dict[Levy, int]:
    """Levy -> its amount in minor units, federal taxes first."""
    exact: dict[Levy, Fraction] = defaultdict(Fraction)
    for one in placed:
        price = Fraction(one.line.amount.minor)
        parts = 100 + (_rate_of(one) if inclusive else 0)
        for levy in one.outcome.levies:
            exact[levy] += price * Fraction(levy.rate) / parts
    order = sorted(exact, key=lambda levy: (levy.jurisdiction, levy.tax, -levy.rate))
    return {levy: half_up(exact[levy]) for levy in order}


def _nets(placed: Sequence[_Placed], net: int) -> list[int]:
    """Each line's share of `net`, by what it is worth without its taxes."""
    worth = [Fraction(one.line.amount.minor) * 100 / (100 + _rate_of(one)) for one in placed]
    return shared_out(net, worth, [one.line.line_id for one in placed])


def _rate_of(one: _Placed) -> Fraction:
    return sum((Fraction(levy.rate) for levy in one.outcome.levies), Fraction(0))


def _tax_line(levy: Levy, amount: int, placed: Sequence[_Placed], nets: Sequence[int], sale: Sale) -> TaxLine:
    bearing = [(one, minor) for one, minor in zip(placed, nets, strict=True) if levy in one.outcome.levies]
    money = _in(sale.currency)
    return TaxLine(
        tax=levy.tax,
        name=levy.tax if levy.tax != "sales tax" else f"Sales tax {levy.jurisdiction.removeprefix('US-')}",
        regime=levy.regime,
        jurisdiction=levy.jurisdiction,
        rate=levy.rate,
        base=money(sum(minor for _, minor in bearing)),
        amount=money(amount),
        registration=(sale.seller.registrations or {}).get(levy.regime, ""),
        line_ids=tuple(one.line.line_id for one, _ in bearing),
    )


def _reliefs(placed: Iterable[_Placed]) -> tuple[Relief, ...]:
    """One for each reason, with all lines that it concerns."""
    lines: dict[Given, list[str]] = defaultdict(list)
    for one in placed:
        for given in one.outcome.given:
            lines[given].append(one.line.line_id)
    order = sorted(lines, key=lambda given: (given.jurisdiction, given.regime, given.why, given.certificate))
    return tuple(
        Relief(given.why, given.regime, given.jurisdiction, tuple(lines[given]), given.certificate) for given in order
    )


def _jurisdiction(place: Place) -> str:
    return f"{place.country}-{place.region}" if place.region else place.country


def _in(currency: str) -> Callable[[int], Money]:
    return lambda minor: Money(minor, currency)
