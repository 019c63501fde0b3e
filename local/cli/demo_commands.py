"""The demo, and sample data for a platform to work on."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Annotated

import typer

from local.aws import embedded
from local.cli.application import HERE, AsJson, InstanceName, group, instance_named
from local.cli.operator_commands import checked_currency
from local.cli.output import Output, console
from local.operations import clients
from local.platform import bring_up
from local.problems import LocalProblem
from local.progress import ConsoleSteps
from local.stage import process
from local.workspace import Workspace

app = group("Demo.")

SAMPLE = Path(__file__).resolve().parents[1] / "samples" / "catalogue.csv"
File = Annotated[
    Path,
    typer.Argument(exists=True, dir_okay=False, readable=True, show_default="our own sample", help="A product file."),
]
Currency = Annotated[str, typer.Option(help="Currency of prices that do not name one, ISO 4217.")]


Columns = Annotated[
    list[str] | None,
    typer.Option(
        "--map", metavar="FIELD=HEADER", help="Which column is what, such as price='Our price'. May be repeated."
    ),
]


@app.command()
def demo(
    csv: File = SAMPLE,
    *,
    currency: Currency = "CAD",
    columns: Columns = None,
    down: Annotated[bool, typer.Option("--down", help="Stop the platform at the end.")] = False,
    instance: InstanceName = HERE,
    as_json: AsJson = False,
) -> None:
    """Bring the platform up, import a catalogue twice, and show what happened.

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
    mapping = _mapping(columns or [])
    try:
        screen.title("Bringing the platform up")
        found = bring_up(Workspace.here(), found, ConsoleSteps(screen.console))
        Demo(csv, currency, found, screen, summary, mapping).run()
    except LocalProblem as problem:
        summary.problem = problem.detail
        raise
    finally:
        if down:
            process.stop(found)
        screen.console.print()
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
    from local.demo.api import Api
    from local.demo.importing import import_file

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
    output.say(f"client {client_id}\nkey    {issued.key}\nAPI    {api.base}")
    output.result({"client_id": client_id, "key": issued.key, "api": api.base, "import": done.seen})


def _mapping(columns: list[str]) -> dict[str, str]:
    pairs = [column.partition("=") for column in columns]
    for field, equals, header in pairs:
        if not (field and equals and header):
            raise typer.BadParameter("give FIELD=HEADER, such as price='Our price'", param_hint="--map")
    return {field.strip(): header for field, _, header in pairs}
