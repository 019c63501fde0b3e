"""What a month costs, before there is a bill: the measured ledger at AWS's list prices."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from typing import Annotated, Any

import typer

from local.cli.application import AsJson, group
from local.cli.output import Output
from local.costs.assumptions import assumptions
from local.costs.bill_screen import by_context, by_service, document, headline, lines, notes
from local.costs.billing import Tariff, bill
from local.costs.ledger import load
from local.costs.prices import prices, regions
from local.costs.retailer import DEFAULT, Retailer

app = group("What the platform costs.")

MOST = 10**12
"""Beyond it a number is a slip of the keyboard."""


def counted(option: str) -> Callable[[str | int], int]:
    """Reads a whole number as people write it: 100000, 100_000, 1e6, 2.5e6. `option` is what a complaint names."""

    def count(text: str | int) -> int:
        try:
            number = Decimal(str(text).replace("_", "").replace(",", ""))
        except InvalidOperation:
            raise typer.BadParameter(
                f"'{text}' is no number; give one such as 100000 or 1e6", param_hint=option
            ) from None
        if not number.is_finite() or not 0 <= number <= MOST:
            raise typer.BadParameter(f"'{text}' is not between 0 and {MOST:,}", param_hint=option)
        if number != int(number):
            raise typer.BadParameter(f"'{text}' is not a whole number", param_hint=option)
        return int(number)

    return count


def volume(option: str, explained: str) -> Any:
    return typer.Option(option, metavar="NUMBER", parser=counted(option), help=explained)


@app.command("cost")
def cost(
    *,
    skus: Annotated[int, volume("--skus", "Variants in the catalogue.")] = DEFAULT.skus,
    variants: Annotated[int, volume("--variants", "Variants of a product, on average.")] = DEFAULT.variants,
    shops: Annotated[
        int, volume("--shops", "Connected Shopify shops; among them they hold the catalogue, read again each night.")
    ] = DEFAULT.shops,
    webhooks: Annotated[int, volume("--webhooks", "Webhooks a month.")] = DEFAULT.webhooks,
    imports_per_month: Annotated[
        int, volume("--imports-per-month", "Files of the whole catalogue a month.")
    ] = DEFAULT.imports_per_month,
    api_requests: Annotated[
        int, volume("--api-requests", "Products read, searched, price histories, a month.")
    ] = DEFAULT.api_requests,
    reservations: Annotated[int, volume("--reservations", "Reservations of stock a month.")] = DEFAULT.reservations,
    product_changes: Annotated[
        int, volume("--product-changes", "Products changed over HTTP a month.")
    ] = DEFAULT.product_changes,
    quality_checks: Annotated[
        int, volume("--quality-checks", "Checks of the whole catalogue's quality a month.")
    ] = DEFAULT.quality_checks,
    usage_events: Annotated[int, volume("--usage-events", "Events of usage a month.")] = DEFAULT.usage_events,
    subscriptions: Annotated[int, volume("--subscriptions", "Subscriptions billed a month.")] = DEFAULT.subscriptions,
    region: Annotated[str, typer.Option(help="AWS region: ca-central-1 or us-east-1.")] = "ca-central-1",
    as_json: AsJson = False,
) -> None:
    """What a month costs at AWS's list prices, by context and by service."""
    try:
        retailer = Retailer(
            *(skus, variants, shops, webhooks, imports_per_month, api_requests, reservations, product_changes),
            *(quality_checks, usage_events, subscriptions),
        )
    except ValueError as error:
        raise typer.BadParameter(str(error)) from None
    show(retailer, tariff_of(region), Output(as_json))


def tariff_of(region: str) -> Tariff:
    """What a bill in `region` is made with."""
    listed = prices()
    if region not in regions(listed):
        known = ", ".join(regions(listed))
        raise typer.BadParameter(f"no prices for '{region}'; choose one of {known}", param_hint="--region")
    return Tariff(load(), listed, assumptions(), region)


def show(retailer: Retailer, tariff: Tariff, output: Output) -> None:
    found = bill(retailer, tariff)
    output.say(headline(found, tariff))
    for headers, rows in (by_context(found), by_service(found), lines(found)):
        output.say("")
        output.table(headers, rows)
    output.say("")
    output.say(notes(found, tariff))
    output.result(document(found, retailer, tariff))
