"""The generated part of docs/costs.md: the ledger, two bills, the prices."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal

from local.costs.bill_screen import by_context, by_service, headline, lines, usd
from local.costs.billing import Tariff, bill, unit_price
from local.costs.ledger import Unit
from local.costs.retailer import DEFAULT, Retailer
from local.workspace import Workspace

BEGIN, END = "<!-- made by `make costs` -->", "<!-- end of what `make costs` makes -->"
LARGE = Retailer(
    skus=100_000,
    webhooks=1_000_000,
    imports_per_month=4,
    api_requests=5_000_000,
    reservations=50_000,
    product_changes=5_000,
    usage_events=100_000,
    subscriptions=5_000,
)
_MILLION = 1_000_000
_WIDTH = 130
_TENTH = Decimal("0.001")


def path() -> str:
    """The document's path within the checkout."""
    return "docs/costs.md"


def renewed(text: str, tariff: Tariff) -> str:
    """The document with its generated part made anew. Raises ValueError if it has no place for it."""
    if text.count(BEGIN) != 1 or text.count(END) != 1:
        raise ValueError(f"{path()} needs the lines {BEGIN} and {END}, once each")
    before, _, rest = text.partition(BEGIN)
    return f"{before}{BEGIN}\n\n{made(tariff)}\n{END}{rest.partition(END)[2]}"


def made(tariff: Tariff) -> str:
    parts = [
        *_units(tariff),
        *_bill("The default retailer", DEFAULT, tariff),
        *_bill("A large one", LARGE, tariff),
        *_prices(tariff),
    ]
    return "\n".join([*parts, ""])


def _units(tariff: Tariff) -> Iterator[str]:
    yield f"### Units of work, {tariff.region}\n"
    headers = ("unit", "what", "AWS requests", "read units", "write units", "events", "invocations", "USD a million")
    units = tariff.ledger.measured.units
    yield _table(headers, (_row(name, unit, tariff) for name, unit in units.items()))
    yield ""


def _row(name: str, unit: Unit, tariff: Tariff) -> tuple[str, ...]:
    total = unit.total()
    requests = sum((amount for key, amount in total.items() if ":" in key), Decimal(0))
    counted = [total.get(key, Decimal(0)) for key in ("read_units", "write_units", "events", "invocations")]
    return (f"`{name}`", unit.what, *map(_short, (requests, *counted)), usd(unit_price(name, tariff) * _MILLION))


def _bill(title: str, retailer: Retailer, tariff: Tariff) -> Iterator[str]:
    found = bill(retailer, tariff)
    yield f"### {title}\n"
    yield _wrapped(
        f"{retailer.skus:,} SKUs in {retailer.products:,.0f} products, {retailer.shops} shop, and a month of "
        f"{retailer.webhooks:,} webhooks, {retailer.imports_per_month} files, {retailer.api_requests:,} requests, "
        f"{retailer.reservations:,} reservations, {retailer.product_changes:,} changes, "
        f"{retailer.quality_checks} checks of quality, {retailer.usage_events:,} events of usage, "
        f"{retailer.subscriptions:,} subscriptions: {headline(found, tariff)}.\n"
    )
    for headers, rows in (by_context(found), by_service(found), lines(found)):
        yield _table(headers, rows)
        yield ""


def _prices(tariff: Tariff) -> Iterator[str]:
    yield "### Prices\n"
    regions = sorted({region for price in tariff.prices.values() for region in price.usd})
    headers = ("name", "service", "what", "per", *regions, "confirmed for", "page", "date")
    rows = [
        (
            f"`{name}`",
            price.service,
            price.what,
            f"{price.per:,}",
            *(f"{price.usd[region]}" for region in regions),
            ", ".join(price.confirmed) or "-",
            f"[page]({price.source})",
            price.date.isoformat(),
        )
        for name, price in tariff.prices.items()
    ]
    yield _table(headers, rows)


def _table(headers: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table in Markdown."""
    shown = [headers, ["---"] * len(headers), *rows]
    return "\n".join(f"| {' | '.join(cell.replace('|', '/') for cell in row)} |" for row in shown)


def _wrapped(text: str) -> str:
    return textwrap.fill(text.strip(), _WIDTH, break_long_words=False, break_on_hyphens=False) + "\n"


def _short(amount: Decimal) -> str:
    return f"{amount.quantize(_TENTH).normalize():f}"


def write(tariff: Tariff, workspace: Workspace) -> None:
    """Bring the document into step."""
    place = workspace.root / path()
    place.write_text(renewed(place.read_text(encoding="utf-8"), tariff), encoding="utf-8")
