"""The demo, and sample data for a platform to work on."""

from __future__ import annotations

import time
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
from local.platform import bring_up, take_down
from local.problems import LocalProblem
from local.progress import ConsoleSteps
from local.workspace import Workspace

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
    from local.demo.run import Demo
    from local.demo.screen import Screen
    from local.demo.summary import Summary

    start = time.monotonic()
    screen = Screen(console(stderr=as_json))
    summary = Summary()
    found = instance_named(instance)
    checked_currency(currency)
    fields = mapping(columns)
    try:
        screen.title("Bringing the platform up")
        found = bring_up(Workspace.here(), found, ConsoleSteps(screen.console))
        Demo(csv, currency, found, screen, summary, fields, shop).run()
    except LocalProblem as problem:
        summary.problem = problem.detail
        raise
    finally:
        if down:
            take_down(found)
        screen.console.print(f"\n{time.monotonic() - start:.1f} s in all", highlight=False)
        print(summary.line(time.monotonic() - start), flush=True)


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
