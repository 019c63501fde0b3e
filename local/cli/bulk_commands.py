"""`skuflow bulk`: any result of a bulk operation, through the deployed platform."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from local.cli.application import HERE, AsJson, InstanceName, group, instance_named
from local.cli.output import console
from local.cli.parameters import checked_currency

app = group("Results of bulk operations.")

File = Annotated[
    Path,
    typer.Argument(exists=True, dir_okay=False, readable=True, metavar="FILE.jsonl", help="A bulk operation's result."),
]


@app.command()
def bulk(
    jsonl: File,
    *,
    shop: Annotated[str, typer.Option(help="Its domain, ….myshopify.com; a new one if left out.")] = "",
    currency: Annotated[
        str, typer.Option(help="The shop's currency, ISO 4217: prices in the file do not name one.")
    ] = "CAD",
    again: Annotated[bool, typer.Option("--again", help="Take the file a second time: nothing is to change.")] = False,
    down: Annotated[bool, typer.Option("--down", help="Stop the platform at the end.")] = False,
    instance: InstanceName = HERE,
    as_json: AsJson = False,
) -> None:
    """Bring the platform up and take the result of a Shopify bulk operation through it: a shop of the sandbox hosts the
    file, and our app connects to that shop and reads it.

    The last line on stdout is one JSON object. With --json it is the only one, and the rest goes to stderr.
    """
    # Half a second of imports that no other command should wait for.
    from local.demo.bulk_pass import BulkPass, BulkSummary, new_domain
    from local.demo.frame import on_the_platform
    from local.demo.screen import Screen

    found = instance_named(instance)
    checked_currency(currency)
    screen, summary = Screen(console(stderr=as_json)), BulkSummary()
    with on_the_platform(found, screen, summary, down=down) as found:
        BulkPass(jsonl, shop or new_domain(), currency, again, found, screen, summary).run()
