"""The context access: clients of the platform and their keys, as operators make them."""

from __future__ import annotations

from typing import Annotated

import typer

from local.cli.application import HERE, AsJson, InstanceName, StageName, group, target
from local.cli.output import Output
from local.cli.parameters import checked_currency
from local.operations import clients

app = group("Clients and API keys.")
clients_app = group("Clients of the platform.")
keys_app = group("API keys of clients.")
app.add_typer(clients_app, name="clients")
app.add_typer(keys_app, name="keys")

ClientId = Annotated[str, typer.Option("--client", help="The client's id, cli_…")]


@clients_app.command("create")
def create_client(
    name: Annotated[str, typer.Argument(help="What people call it.")],
    *,
    currency: Annotated[str, typer.Option(help="Its home currency, ISO 4217.")] = "CAD",
    time_zone: Annotated[str, typer.Option(help="Its time zone, IANA.")] = "America/Toronto",
    residency: Annotated[str, typer.Option(help="Where its data lives: ca, us, eu or in.")] = "ca",
    instance: InstanceName = HERE,
    stage: StageName = None,
    as_json: AsJson = False,
) -> None:
    """Make a client."""
    output = Output(as_json)
    client_id = clients.create(
        target(instance, stage),
        name=name,
        currency=checked_currency(currency),
        time_zone=time_zone,
        residency=residency,
    )
    output.say(f"{client_id}\nissue a key with: skuflow access keys issue --client {client_id}")
    output.result({"client_id": client_id})


@clients_app.command("list")
def list_clients(instance: InstanceName = HERE, stage: StageName = None, as_json: AsJson = False) -> None:
    """All clients."""
    output = Output(as_json)
    found = clients.listed(target(instance, stage))
    columns = ("client_id", "name", "status", "home_currency", "residency", "created_at")
    output.table(columns, [[each.get(column, "") for column in columns] for each in found])
    output.result(found)


@keys_app.command("issue")
def issue_key(
    client: ClientId,
    *,
    label: Annotated[str, typer.Option(help="What the key is for.")] = "issued by an operator",
    kind: Annotated[str, typer.Option(help="secret (for servers) or publishable (for browsers).")] = "secret",
    scope: Annotated[list[str] | None, typer.Option(help="May be repeated.", show_default="all of the kind")] = None,
    instance: InstanceName = HERE,
    stage: StageName = None,
    as_json: AsJson = False,
) -> None:
    """Issue an API key. It is shown this once."""
    output = Output(as_json)
    if kind not in ("secret", "publishable"):
        raise typer.BadParameter("choose secret or publishable", param_hint="--kind")
    issued = clients.issue_key(target(instance, stage), client, kind=kind, label=label, scopes=tuple(scope or ()))
    output.say(issued.key)
    output.result({"client_id": issued.client_id, "key_id": issued.key_id, "key": issued.key})
