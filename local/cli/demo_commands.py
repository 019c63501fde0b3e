"""The demo, and sample data for a platform to work on."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from local.api.calling import Api
from local.api.importing import import_file
from local.aws import embedded
from local.cli.application import HERE, AsJson, InstanceName, group, instance_named
from local.cli.output import Output, console
from local.cli.parameters import Columns, checked_currency, mapping
from local.operations import clients
from local.problems import LocalProblem

app = group("Demo.")

SAMPLE = Path(__file__).resolve().parents[1] / "samples" / "catalogue.csv"
File = Annotated[
    Path,
    typer.Argument(exists=True, dir_okay=False, readable=True, show_default="our own sample", help="A product file."),
]
Currency = Annotated[str, typer.Option(help="Currency of prices that do not name one, ISO 4217.")]


@app.command()
def demo(
    csv: File = SAMPLE,
    *,
    currency: Currency = "CAD",
    columns: Columns = None,
    shop: Annotated[bool, typer.Option("--shop/--no-shop", help="Connect a shop of the sandbox, too.")] = True,
    down: Annotated[bool, typer.Option("--down", help="Stop the platform at the end.")] = False,
    instance: InstanceName = HERE,
    as_json: AsJson = False,
) -> None:
    """Bring the platform up, import a catalogue twice, connect a shop, and show what happened.

    The last line on stdout is one JSON object. With --json it is the only one, and the rest goes to stderr.
    """
    # Half a second of imports that no other command should wait for.
    from local.demo.frame import on_the_platform
    from local.demo.run import Demo
    from local.demo.screen import Screen
    from local.demo.summary import Summary

    found = instance_named(instance)
    checked_currency(currency)
    fields = mapping(columns)
    screen, summary = Screen(console(stderr=as_json)), Summary()
    with on_the_platform(found, screen, summary, down=down) as found:
        Demo(csv, currency, found, screen, summary, fields, shop).run()


@app.command()
def seed(
    csv: File = SAMPLE,
    currency: Currency = "CAD",
    name: Annotated[str, typer.Option(help="The new client's name.")] = "Sample shop",
    instance: InstanceName = HERE,
    as_json: AsJson = False,
) -> None:
    """Make a client with a key and a catalogue on the running platform."""
    output = Output(as_json)
    found = instance_named(instance)
    aws = embedded(found)
    client_id = clients.create(
        aws,
        name=name,
        currency=checked_currency(currency),
        time_zone=clients.TIME_ZONES[found.residency],
        residency=found.residency,
    )
    issued = clients.issue_key(aws, client_id, kind="secret", label="seed")
    api = Api(aws.api_url(), issued.key)
    with output.steps.step(f"Importing {csv.name}") as note:
        done = import_file(api, csv.name, csv.read_bytes(), lambda seen: note(str(seen["status"])))
    if done.status != "completed":
        raise LocalProblem(
            f"the import ended as '{done.status}': {done.seen.get('refusal') or ''}", "try: skuflow demo"
        )
    look = f"skuflow catalog products --client {client_id}{found.flag}"
    output.say(f"client {client_id}\nkey    {issued.key}\nAPI    {api.base}\nsee    {look}")
    output.result({"client_id": client_id, "key": issued.key, "api": api.base, "import": done.seen})
